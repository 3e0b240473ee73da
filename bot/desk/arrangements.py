"""What both sides arrange on a ticket beside its priority: times, and when the customer hears next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.desk.sla import ClockName
from bot.desk.terms import Priority

# Of these clocks a time can be agreed (contract 2.1); AGREED is the time of action.
AGREEABLE = (ClockName.RESPONSE, ClockName.ONSITE, ClockName.AGREED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A time that support proposes; it holds once the customer has agreed."""

    clock: ClockName
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AgreedTime:
    """A time that both sides agreed on; it replaces the computed one.

    Attributes:
        held: the priority under which it was agreed: a graver one brings the computed time back.
        who: who agreed for the customer.
        how: chat, or what staff recorded: 电话.
        recorded_by: who of staff recorded that they agreed; None: they did so by their own hand.
        due_before: the deadline that it replaced, if there was one.
        replaced: the agreed time that it replaced: that holds again if the customer refuses this one.
    """

    clock: ClockName
    until: datetime
    agreed_at: datetime
    held: Priority
    who: str
    how: str
    due_before: datetime | None
    recorded_by: str | None = None
    replaced: AgreedTime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """That the customer will hear from support by ``until``."""

    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody of the customer agreed outside the chat, as staff record it: who, how, when."""

    who: str
    how: str
    at: datetime

    def to_dict(self) -> dict[str, str]:
        """Return JSON types."""
        return {"who": self.who, "how": self.how, "at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, str]) -> Consent:
        """Read what `to_dict` gave."""
        return cls(raw["who"], raw["how"], datetime.fromisoformat(raw["at"]))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A view that the customer gave outside the chat: their consent, and who of staff recorded it."""

    consent: Consent
    by: str

    def to_dict(self) -> dict[str, str]:
        """Return JSON types."""
        return {**self.consent.to_dict(), "by": self.by}

    @classmethod
    def from_dict(cls, raw: Mapping[str, str]) -> Recorded:
        """Read what `to_dict` gave."""
        return cls(Consent.from_dict(raw), raw["by"])

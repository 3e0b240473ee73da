"""A deadline of the contract that was missed, with the whole days of penalty that makes (contract 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.desk.penalty import late_service_days
from bot.desk.sla import ClockName


@dataclass(frozen=True, slots=True)
class Late:
    """A missed deadline.

    Attributes:
        until: when what it asked for happened; while it has not, when somebody looks.
        fee: CNY a year, of the contract under which it was missed; None where none is on record.
        ticket: the ticket that it was missed on, where that was merged into this one.
    """

    clock: ClockName
    due: datetime
    until: datetime
    fee: Decimal | None
    ticket: int | None = None

    @property
    def span(self) -> timedelta:
        """How long it is overdue; shown, not charged."""
        return self.until - self.due

    @property
    def days(self) -> int:
        """Whole late days, which are charged."""
        return late_service_days(self.due, self.until)

    def to_dict(self) -> dict[str, str | int | None]:
        """Return JSON types."""
        return {
            "clock": self.clock.value,
            "due": self.due.isoformat(),
            "until": self.until.isoformat(),
            "fee": str(self.fee) if self.fee is not None else None,
            "ticket": self.ticket,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Late:
        """Read what `to_dict` gave."""
        return cls(
            ClockName(raw["clock"]),
            datetime.fromisoformat(raw["due"]),
            datetime.fromisoformat(raw["until"]),
            Decimal(raw["fee"]) if raw["fee"] is not None else None,
            raw.get("ticket"),
        )

"""Joint determination of the priority (contract 2.1): two views, one that holds.

Raising needs one side, lowering needs both. Until both agree the stricter priority holds; what was in doubt
is held as priority 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.desk.events import Side
from bot.desk.terms import Priority


class Standing(StrEnum):
    """How far the determination is."""

    PROPOSED = "proposed"  # the bot has proposed; at most one side has spoken
    AGREED = "agreed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The priority of a ticket and how it came about.

    Attributes:
        proposed: what the bot proposes by the rules, with the evidence that the ticket records.
        held: the priority by which the clock runs now.
        customer: the customer's view, None while they have said nothing.
        vendor: support's view.
    """

    proposed: Priority
    held: Priority
    customer: Priority | None = None
    vendor: Priority | None = None

    @classmethod
    def open(cls, proposed: Priority, *, certain: bool) -> Agreement:
        """Start from the bot's proposal; what is in doubt holds as priority 1 (contract 2.1, our reading)."""
        return cls(proposed=proposed, held=proposed if certain else Priority.ONE)

    @property
    def standing(self) -> Standing:
        """Agreed when both views are there and equal, disputed when they differ."""
        if self.customer is None or self.vendor is None:
            return Standing.PROPOSED
        return Standing.AGREED if self.customer == self.vendor else Standing.DISPUTED

    def propose(self, priority: Priority) -> Agreement:
        """Take the bot's new reading: it may raise what holds, never lower it.

        It rests on new facts. What is graver than either side has judged nobody has judged yet: both must
        speak anew.
        """
        if any(view is not None and priority < view for view in (self.held, self.customer, self.vendor)):
            return Agreement(proposed=priority, held=min(priority, self.held))
        return replace(self, proposed=priority)

    def view(self, side: Side, priority: Priority) -> Agreement:
        """Record one side's view; only a view that both share may lower what holds."""
        if side is Side.CUSTOMER:
            spoken = replace(self, customer=priority)
        elif side is Side.VENDOR:
            spoken = replace(self, vendor=priority)
        else:
            raise ValueError("the bot proposes; it has no view")
        agreed = spoken.standing is Standing.AGREED
        return replace(spoken, held=priority if agreed else min(spoken.held, priority))

    def joined(self, other: Agreement) -> Agreement:
        """Return what two tickets' determinations are together, where both hold the same priority.

        Of each side the stricter view counts; who has not judged both faults has not judged the joined one.
        """
        return replace(
            self,
            customer=_stricter(self.customer, other.customer),
            vendor=_stricter(self.vendor, other.vendor),
        )

    def to_dict(self) -> dict[str, int | None]:
        """Return JSON types."""
        return {
            "proposed": self.proposed,
            "held": self.held,
            "customer": self.customer,
            "vendor": self.vendor,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Agreement:
        """Read what `to_dict` gave."""
        customer, vendor = raw["customer"], raw["vendor"]
        return cls(
            proposed=Priority(raw["proposed"]),
            held=Priority(raw["held"]),
            customer=Priority(customer) if customer else None,
            vendor=Priority(vendor) if vendor else None,
        )


def _stricter(one: Priority | None, other: Priority | None) -> Priority | None:
    return None if one is None or other is None else min(one, other)

"""Our own rules about tickets; nothing of them is in the contract, each is a setting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class TicketPolicy:
    """What the operator may set.

    Attributes:
        reopen_within: so long after the closing a customer reopens a ticket; later it becomes a new one.
        follow_up_minutes: an answered ticket for which nothing is due is brought to its owner's mind when
            support has done nothing about it for so long, in the daytime; 0: no such rule.
        update_minutes: after the response to a priority 1 the customer hears from support at least so often,
            in the hours of the response clock; 0: no such rule.
    """

    reopen_within: timedelta = timedelta(days=7)
    update_minutes: int = 60
    follow_up_minutes: int = 9 * 60


DEFAULT_RULES = TicketPolicy()

"""What the watch must do for a ticket, and when: computed from its state, so no timer needs cancelling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.ticket import Ticket, Work


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """Our own times (nothing of them is in the contract).

    Attributes:
        silence: after a fault was reported as solved, the customer's silence for so long closes the ticket.
    """

    silence: timedelta = timedelta(hours=24)


def next_alarm(ticket: Ticket, policy: WatchPolicy) -> datetime | None:
    """Return the earliest instant at which something must happen to the ticket, None if nothing must."""
    if ticket.work is Work.RESOLVED and ticket.resolved_at is not None:
        return ticket.resolved_at + policy.silence
    return None

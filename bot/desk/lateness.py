"""What was missed, by how much, and how many whole days of penalty that makes (contract 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.case import Case
from bot.desk.penalty import late_service_days
from bot.desk.sla import ClockName, Deadline


@dataclass(frozen=True, slots=True)
class Late:
    """A deadline of the contract that was missed.

    Attributes:
        span: from the deadline to what it asked for, or to now; shown, not charged.
        days: whole late days, which are charged.
    """

    clock: ClockName
    span: timedelta
    days: int


def missed(case: Case, now: datetime) -> tuple[Late, ...]:
    """Return the missed deadlines of a ticket; a target that is not in the contract is none."""
    ticket, due = case.ticket, case.deadlines
    over = ticket.resolved_at or ticket.closed_at or now
    clocks: tuple[tuple[ClockName, Deadline | None, datetime | None], ...] = (
        (ClockName.RESPONSE, due.response, ticket.responded_at),
        (ClockName.ONSITE, due.onsite, ticket.arrived_at),
        (ClockName.AGREED, due.action, ticket.acted_at),
    )
    found = []
    for name, deadline, met_at in clocks:
        done = min(met_at or over, now)
        if deadline is not None and deadline.in_contract and done > deadline.due:
            found.append(Late(name, done - deadline.due, late_service_days(deadline.due, done)))
    return tuple(found)

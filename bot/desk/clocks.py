"""The clocks of a ticket: what is due, in which hours it is counted, and whether it was met.

Closed, merged and withdrawn tickets have no clock. Everything is computed from the ticket's state and its
terms, so that nothing must be cancelled when they change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.calendar import AroundTheClock, ServiceHours, Workdays, as_utc, due
from bot.desk.case import Case
from bot.desk.contract import Coverage, hours_of
from bot.desk.deadlines import coverage_at
from bot.desk.pauses import working_hours
from bot.desk.sla import ClockName, Deadline, clock_hours
from bot.desk.terms import Priority
from bot.errors import UnknownYear

# Our own times to look at a report; nothing of them is in the contract, nobody outside is told.
CONFIRMATION_MINUTES = {Priority.ONE: 10, Priority.TWO: 30, Priority.NOT_A_FAULT: 60}


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of a ticket.

    Attributes:
        hours: the hours in which it is counted.
        met_at: when what it waits for happened; met in time means ``met_at <= deadline.due``.
        acknowledged_at: when somebody took notice; that ends this clock's chain of alarms, no other's.
    """

    name: ClockName
    deadline: Deadline
    hours: ServiceHours
    met_at: datetime | None
    acknowledged_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.met_at is None


def clocks(case: Case, workdays: Workdays) -> tuple[ClockState, ...]:
    """Return the clocks of a live ticket, open and met.

    None for one that is resolved, closed, merged or withdrawn; a clock that an agreed pause holds is not
    among them until the pause ends.

    Raises:
        UnknownYear: never for the response clock of a case (see `Case.calendar_gap`).
    """
    ticket, due_on = case.ticket, case.deadlines
    if not ticket.is_live:
        return ()
    waiting_for = (
        (ClockName.RESPONSE, due_on.response, ticket.responded_at),
        (ClockName.ONSITE, due_on.onsite, ticket.arrived_at),
        (ClockName.AGREED, due_on.action, ticket.acted_at),
        (ClockName.NEXT_UPDATE, due_on.next_update, None),  # the answer that meets it starts the next one
    )
    found = [_confirmation(case, workdays)]
    found += [
        ClockState(
            name, deadline, _hours(name, deadline, case, workdays), met_at, ticket.acknowledged.get(name)
        )
        for name, deadline, met_at in waiting_for
        if deadline is not None
    ]
    return tuple(found)


def _hours(name: ClockName, deadline: Deadline, case: Case, workdays: Workdays) -> ServiceHours:
    """Return the hours in which a deadline was counted, without the agreed pauses."""
    if name is ClockName.NEXT_UPDATE and case.ticket.promise:
        return AroundTheClock()  # a time of day that was said: no pause moves it
    if case.terms is None or coverage_at(case.terms, case.ticket.clock_from) is not Coverage.ACTIVE:
        hours: ServiceHours = AroundTheClock()
    else:
        hours = clock_hours(deadline.clock, case.terms, workdays)
    return working_hours(hours, case.ticket.pauses)


def _confirmation(case: Case, workdays: Workdays) -> ClockState:
    minutes = CONFIRMATION_MINUTES[case.ticket.held]
    covered = case.terms is not None and case.calendar_gap is None
    hours = hours_of(case.terms, workdays) if covered and case.terms else AroundTheClock()
    start = as_utc(case.ticket.clock_from)
    try:
        instant, segments = due(start, timedelta(minutes=minutes), hours)
    except UnknownYear:  # our own target: better asked for at night than never
        hours = AroundTheClock()
        instant, segments = due(start, timedelta(minutes=minutes), hours)
    deadline = Deadline(ClockName.CONFIRMATION, start, instant, minutes, segments, in_contract=False)
    acknowledged_at = case.ticket.acknowledged.get(ClockName.CONFIRMATION)
    return ClockState(ClockName.CONFIRMATION, deadline, hours, case.ticket.vendor_view_at, acknowledged_at)

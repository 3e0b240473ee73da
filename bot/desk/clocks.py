"""The clocks of a ticket: what is due, in which hours it is counted, and whether it was met.

Closed and withdrawn tickets have no open clock. Everything is computed from the ticket's state and its terms,
so that nothing must be cancelled when they change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.calendar import AroundTheClock, ServiceHours, Workdays, as_utc, due
from bot.desk.case import Case
from bot.desk.contract import hours_of
from bot.desk.sla import ClockName, Deadline, clock_hours
from bot.desk.terms import Priority

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
    """Return the clocks of a live ticket, open and met; none for one that is resolved, closed or withdrawn.

    Raises:
        UnknownYear: never for the response clock of a case (see `Case.calendar_gap`).
    """
    if not case.ticket.is_live:
        return ()
    found = [_confirmation(case, workdays)]
    if case.response is not None and case.terms is not None:
        hours = clock_hours(case.response.clock, case.terms, workdays)
        found.append(ClockState(ClockName.RESPONSE, case.response, hours, case.ticket.responded_at))
    return tuple(found)


def _confirmation(case: Case, workdays: Workdays) -> ClockState:
    minutes = CONFIRMATION_MINUTES[case.ticket.held]
    covered = case.terms is not None and case.calendar_gap is None
    hours = hours_of(case.terms, workdays) if covered and case.terms else AroundTheClock()
    start = as_utc(case.ticket.clock_from)
    instant, segments = due(start, timedelta(minutes=minutes), hours)
    deadline = Deadline(ClockName.CONFIRMATION, start, instant, minutes, segments, in_contract=False)
    return ClockState(ClockName.CONFIRMATION, deadline, hours, case.ticket.vendor_view_at)

"""The clocks of a ticket: what is due, in which hours it is counted, and whether it was met.

Closed, merged and withdrawn tickets have no clock. Where the contract gives no deadline for the response our
own target stands for it: it rings, and nobody outside is told. Everything is computed from the ticket's state
and its terms, so that nothing must be cancelled when they change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk import tables
from bot.desk.calendar import AroundTheClock, ServiceHours, Workdays, as_utc, due, next_opening
from bot.desk.case import Case
from bot.desk.contract import Coverage, hours_of
from bot.desk.deadlines import coverage_at
from bot.desk.pauses import rest, until_met, working_hours
from bot.desk.reminders import DAY_MINUTES, HOURS, UNHEARD_MINUTES, reminder
from bot.desk.sla import ClockName, Deadline, clock_hours
from bot.desk.terms import Level, Priority
from bot.desk.ticket import Work
from bot.errors import UnknownYear

# Our own times to look at a report; nothing of them is in the contract, nobody outside is told.
CONFIRMATION_MINUTES = {Priority.ONE: 10, Priority.TWO: 30, Priority.NOT_A_FAULT: 60}


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of a ticket.

    Attributes:
        hours: the hours in which it is counted.
        met_at: when what it waits for happened; met in time means ``met_at <= deadline.due``.
        acknowledged_at: when somebody last took notice of this clock's alarms. That ends its warnings; an
            overdue clock climbs anew from there: who takes notice has the times of the chain to do more.
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
    """Return the clocks of a ticket, open and met.

    None for one that is closed, merged or withdrawn; a clock that an agreed pause holds is not among them
    until the pause ends. Of a resolved one only the words are awaited, as long as none has arrived.

    Raises:
        UnknownYear: never for the response clock of a case (see `Case.calendar_gap`).
    """
    ticket, due_on = case.ticket, case.deadlines
    waiting_for = (
        (ClockName.RESPONSE, due_on.response, ticket.responded_at),
        (ClockName.ONSITE, due_on.onsite, ticket.arrived_at),
        (ClockName.AGREED, due_on.action, ticket.acted_at),
        (ClockName.NEXT_UPDATE, due_on.next_update, None),  # the answer that meets it starts the next one
    )
    found = [
        ClockState(
            name, deadline, _hours(name, deadline, case, workdays), met_at, ticket.acknowledged.get(name)
        )
        for name, deadline, met_at in waiting_for
        if deadline is not None
    ]
    found += _our_response(case, workdays)
    found += _reminder(case, is_awaited=any(clock.is_open for clock in found))
    if ticket.is_live:
        return (_confirmation(case, workdays), *found)
    is_unheard = ticket.work is Work.RESOLVED and ticket.asked_at is None
    return _words(case, found) if is_unheard else ()


def _words(case: Case, found: Sequence[ClockState]) -> tuple[ClockState, ...]:
    """Return what waits for words of support; our own clock where nothing else makes sure that they come."""
    words = tuple(clock for clock in found if clock.name in (ClockName.RESPONSE, ClockName.NEXT_UPDATE))
    if any(clock.is_open for clock in words):
        return words
    since = case.ticket.resolved_at or case.ticket.clock_from
    deadline = reminder(ClockName.NEXT_UPDATE, since, UNHEARD_MINUTES)
    return (*words, _reminding(case, deadline))


def _reminder(case: Case, *, is_awaited: bool) -> Iterator[ClockState]:
    """Yield the clock of an agreed pause that goes on, or of what was answered while nothing is due."""
    if case.ticket.pause is not None:
        yield _reminding(case, reminder(ClockName.PAUSE, case.ticket.pause.since, DAY_MINUTES))
    elif case.deadlines.follow_up is not None and not is_awaited:
        yield _reminding(case, case.deadlines.follow_up)


def _reminding(case: Case, deadline: Deadline) -> ClockState:
    name = ClockName(deadline.clock)
    return ClockState(name, deadline, HOURS, None, case.ticket.acknowledged.get(name))


def _our_response(case: Case, workdays: Workdays) -> Iterator[ClockState]:
    """Yield our own clock where the contract gives none: who asked about no fault waits for words too."""
    ticket, due_on = case.ticket, case.deadlines
    if due_on.response or ClockName.RESPONSE in due_on.resting:
        return
    contract_hours = hours_of(case.terms, workdays) if case.terms else AroundTheClock()
    for hours in (contract_hours, AroundTheClock()):
        try:
            computed = rest(_our_target(case, hours), hours, until_met(ticket.pauses, ticket.responded_at))
        except UnknownYear:
            continue  # better asked for at night than never
        if isinstance(computed, Deadline):
            hours = working_hours(hours, ticket.pauses)
            acknowledged_at = ticket.acknowledged.get(ClockName.RESPONSE)
            yield ClockState(ClockName.RESPONSE, computed, hours, ticket.responded_at, acknowledged_at)
        return


def _our_target(case: Case, hours: ServiceHours) -> Deadline:
    start = as_utc(case.ticket.clock_from)
    if case.terms and case.terms.level is Level.DIAMOND:
        opening = next_opening(start, hours)
        return Deadline(ClockName.RESPONSE, start, opening, None, (), in_contract=False)
    minutes = tables.INTERNAL_RESPONSE_MINUTES[min(case.ticket.held, Priority.TWO)]
    instant, segments = due(start, timedelta(minutes=minutes), hours)
    return Deadline(ClockName.RESPONSE, start, instant, minutes, segments, in_contract=False)


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
    ticket = case.ticket
    start = as_utc(max(ticket.clock_from, ticket.unjudged_since or ticket.clock_from))
    try:
        instant, segments = due(start, timedelta(minutes=minutes), hours)
    except UnknownYear:  # our own target: better asked for at night than never
        hours = AroundTheClock()
        instant, segments = due(start, timedelta(minutes=minutes), hours)
    deadline = Deadline(ClockName.CONFIRMATION, start, instant, minutes, segments, in_contract=False)
    acknowledged_at = case.ticket.acknowledged.get(ClockName.CONFIRMATION)
    return ClockState(ClockName.CONFIRMATION, deadline, hours, case.ticket.vendor_view_at, acknowledged_at)

"""Deadlines: when the vendor must have responded, and when it must be on site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.desk import tables
from bot.desk.calendar import AroundTheClock, Segment, ServiceHours, Workdays, as_utc, due, next_opening
from bot.desk.contract import ServiceTerms, hours_of
from bot.desk.terms import Level, Priority, Zone
from bot.errors import BadInput


class ClockName(StrEnum):
    """The clocks of a ticket."""

    CONFIRMATION = "confirmation"
    RESPONSE = "response"
    ONSITE = "onsite"
    NEXT_UPDATE = "next_update"
    AGREED = "agreed"
    PAUSE = "pause"  # an agreed pause goes on: a reminder
    FOLLOW_UP = "follow_up"  # it was answered, and nothing else is awaited: a reminder


_WALL_CLOCKS = (ClockName.ONSITE, ClockName.AGREED)
REMINDERS = frozenset({ClockName.PAUSE, ClockName.FOLLOW_UP})  # they ring in the daytime, and do not climb


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant by which something must have happened, with the counting that led to it; met means ``<=``.

    Attributes:
        clock: a ``ClockName``.
        started_at: when the clock started, aware UTC.
        duration_minutes: of the clock's own hours; ``None`` for 'at once'.
        segments: the time that was counted, in order.
        in_contract: false for a target of ours that the contract does not promise.
    """

    clock: str
    started_at: datetime
    due: datetime
    duration_minutes: int | None
    segments: tuple[Segment, ...]
    in_contract: bool = True

    def is_met_at(self, instant: datetime) -> bool:
        """Tell whether what happens at ``instant`` is in time; the deadline itself still is.

        'At once' is no figure: what nobody can do within the same second is in time for some minutes (ours).
        """
        grace = timedelta(minutes=tables.UNTAKEN_ALARM_MINUTES if self.duration_minutes is None else 0)
        return as_utc(instant) <= self.due + grace


def response_deadline(
    reported_at: datetime, priority: Priority, terms: ServiceTerms, workdays: Workdays
) -> Deadline | None:
    """Return when an engineer's first answer is due; ``None`` for what is not a fault.

    Counts from the report, never from the confirmation, inside the contract's service hours. Diamond: at once
    in the customer's office hours, else at the next opening.

    Raises:
        NaiveTimestamp: ``reported_at`` carries no time zone.
        UnknownYear: a diamond deadline needs a day that the calendar does not know.

    Source: contract 1 (response time), 2.1.
    """
    if priority is Priority.NOT_A_FAULT:
        return None
    hours = hours_of(terms, workdays)
    if terms.level is Level.DIAMOND:
        reported_at = as_utc(reported_at)
        return Deadline(ClockName.RESPONSE, reported_at, next_opening(reported_at, hours), None, ())
    minutes = tables.RESPONSE_MINUTES[terms.level][priority]
    return _counted(ClockName.RESPONSE, reported_at, minutes, hours)


def onsite_deadline(remote_failed_at: datetime, terms: ServiceTerms, workdays: Workdays) -> Deadline | None:
    """Return when an engineer must be on site, counted by the wall clock; ``None`` for the regular level.

    The clock starts when the fault is declared not solvable remotely. Beijing beyond the 5th ring is not in
    the contract's table: the hours agreed in the record, else a target that says so (``in_contract`` false).

    Source: contract 1 (on-site service).
    """
    del workdays  # arrival is counted by the wall clock at every level
    if terms.level is Level.REGULAR:
        return None
    if terms.level is Level.DIAMOND:
        at_once = as_utc(remote_failed_at)
        return Deadline(ClockName.ONSITE, at_once, at_once, None, ())
    minutes, in_contract = _onsite_minutes(terms)
    return _counted(ClockName.ONSITE, remote_failed_at, minutes, AroundTheClock(), in_contract=in_contract)


def agreed_deadline(agreed_at: datetime, until: datetime) -> Deadline:
    """Return the deadline that both sides agreed on, which replaces the computed one; by the wall clock.

    Raises:
        BadInput: the agreed time is not after the agreement.

    Source: contract 2.1 (the time of action is agreed by both sides when the fault is reported).
    """
    agreed_at, until = as_utc(agreed_at), as_utc(until)
    if until <= agreed_at:
        raise BadInput(f"the agreed time {until.isoformat()} has already passed")
    minutes = (until - agreed_at) // timedelta(minutes=1)
    return Deadline(ClockName.AGREED, agreed_at, until, minutes, (Segment(agreed_at, until),))


def clock_hours(clock: str, terms: ServiceTerms, workdays: Workdays) -> ServiceHours:
    """Return when a clock runs: day and night for arrivals and agreed times, else the level's hours."""
    return AroundTheClock() if clock in _WALL_CLOCKS else hours_of(terms, workdays)


def percent_instants(
    deadline: Deadline, hours: ServiceHours, percents: Sequence[int] = (50, 75, 90)
) -> tuple[datetime, ...]:
    """Return the instants at which these shares of the clock's business time are used up.

    None for a clock without a duration ('at once').
    """
    if deadline.duration_minutes is None:
        return ()
    whole = timedelta(minutes=deadline.duration_minutes)
    return tuple(due(deadline.started_at, whole * percent / 100, hours)[0] for percent in percents)


def _onsite_minutes(terms: ServiceTerms) -> tuple[int, bool]:
    if terms.zone is not Zone.BEYOND:
        return tables.ONSITE_MINUTES[terms.zone], True
    if terms.onsite_agreed_hours is not None:
        return int(terms.onsite_agreed_hours * 60), True
    return tables.ONSITE_TARGET_BEYOND_MINUTES, False


def _counted(
    clock: ClockName, start: datetime, minutes: int, hours: ServiceHours, *, in_contract: bool = True
) -> Deadline:
    instant, segments = due(start, timedelta(minutes=minutes), hours)
    return Deadline(clock, as_utc(start), instant, minutes, segments, in_contract)

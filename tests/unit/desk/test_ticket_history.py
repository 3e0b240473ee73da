"""Random legal lives of a ticket: the fold, the clocks and the pauses hold whatever happens."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.desk.calendar import elapsed
from bot.desk.case import Case, Contact, Customer
from bot.desk.clocks import clocks
from bot.desk.contract import Terms, hours_of
from bot.desk.deadlines import Deadlines, deadlines
from bot.desk.events import Event, Kind, Side
from bot.desk.history import apply, fold, opened
from bot.desk.pauses import working_hours
from bot.desk.sla import ClockName
from bot.desk.tables import RESPONSE_MINUTES
from bot.desk.terms import Level, Priority, Role, Zone
from bot.desk.ticket import Ticket, Work
from bot.desk.transitions import is_possible
from bot.workdays import PrcWorkdays
from tests.support.actions import event, reported

from .samples import at, terms

WORKDAYS = PrcWorkdays()
START = at("2026-03-02T10:00")
CHOICES = [(kind, side) for kind in Kind for side in Side if kind is not Kind.REPORTED]
COVERED = terms(starts_on=START.date(), ends_on=START.date().replace(year=2027), paid_on=START.date())

steps = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 600), st.integers(0, 30)), max_size=25)
priorities = st.sampled_from([Priority.ONE, Priority.TWO])
minutes = st.integers(0, 20_000)


def life(first: Event, choices: list[tuple[int, int, int]]) -> list[Event]:
    """Return legal events: each choice picks one of those possible, minutes later, and what it says."""
    events, ticket, now = [first], opened(1, first), first.at
    for pick, passed, number in choices:
        now += timedelta(minutes=passed)
        possible = [(kind, side) for kind, side in CHOICES if is_possible(ticket, kind, side)]
        kind, side = possible[pick % len(possible)]
        events.append(event(kind, side, now, ticket, number))
        ticket = apply(ticket, events[-1])
    return events


def case_of(ticket: Ticket, contract: Terms) -> Case:
    found = deadlines(ticket, contract, WORKDAYS)
    reporter = Contact(1, "陈班长", Role.CUSTOMER, 1, None)
    return Case(ticket, Customer(1, "示例"), contract, 1, reporter, "", frozenset(), found)


def played(*happened: tuple[Kind, Side, datetime], priority: Priority = Priority.ONE) -> Ticket:
    ticket = opened(1, reported(START, priority))
    for kind, side, instant in happened:
        ticket = apply(ticket, event(kind, side, instant, ticket))
    return ticket


def due(ticket: Ticket, contract: Terms = COVERED) -> Deadlines:
    return deadlines(ticket, contract, WORKDAYS)


@given(steps, priorities)
def test_the_fold_is_what_one_event_after_the_other_makes(
    choices: list[tuple[int, int, int]], priority: Priority
) -> None:
    events = life(reported(START, priority), choices)
    ticket = opened(1, events[0])
    for happened in events[1:]:
        ticket = apply(ticket, happened)

    stored = [replace(e, data=json.loads(json.dumps(dict(e.data)))) for e in events]

    assert fold(1, events) == fold(1, stored) == ticket
    assert ticket.revision == len(events)


@settings(deadline=None)
@given(steps, priorities, st.sampled_from(Level), st.sampled_from(Zone))
def test_clocks_run_only_on_live_tickets_and_rest_while_both_agreed_to_a_pause(
    choices: list[tuple[int, int, int]], priority: Priority, level: Level, zone: Zone
) -> None:
    contract = replace(COVERED, level=level, zone=zone)
    ticket = fold(1, life(reported(START, priority), choices))
    case = case_of(ticket, contract)
    names = [clock.name for clock in clocks(case, WORKDAYS)]

    words = {ClockName.RESPONSE, ClockName.NEXT_UPDATE}
    assert bool(names) == ticket.is_live or (ticket.work is Work.RESOLVED and set(names) <= words)
    assert len(names) == len(set(names))
    assert not set(names) & set(case.deadlines.resting)
    assert bool(case.deadlines.resting) <= (ticket.pause is not None)
    for left in case.deadlines.resting.values():
        assert left > timedelta()
    for clock in clocks(case, WORKDAYS):
        if ticket.pause and clock.name in (ClockName.RESPONSE, ClockName.ONSITE, ClockName.AGREED):
            assert not clock.is_open or clock.deadline.due <= ticket.pause.since


@settings(deadline=None)
@given(steps, priorities)
def test_the_time_counted_to_a_response_deadline_is_the_contracts_whatever_was_paused(
    choices: list[tuple[int, int, int]], priority: Priority
) -> None:
    ticket = fold(1, life(reported(START, priority), choices))
    response = due(ticket).response
    assume(response is not None and response.clock == ClockName.RESPONSE and not ticket.responded_at)
    assert response is not None

    counted = elapsed(
        ticket.clock_from, response.due, working_hours(hours_of(COVERED, WORKDAYS), ticket.pauses)
    )

    assert counted == timedelta(minutes=RESPONSE_MINUTES[Level.REGULAR][ticket.held])


@given(minutes, minutes, priorities)
def test_a_later_report_has_no_earlier_deadline(first: int, later: int, priority: Priority) -> None:
    early, late = (
        opened(1, reported(START + timedelta(minutes=m), priority)) for m in sorted((first, later))
    )
    assume(max(first, later) < 300 * 24 * 60)
    early_due, late_due = due(early).response, due(late).response
    assert early_due is not None
    assert late_due is not None
    assert early_due.due <= late_due.due


@given(st.integers(7 * 60, 22 * 60), st.integers(0, 3))
def test_a_pause_without_business_time_changes_nothing(length: int, nights: int) -> None:
    reported_at = at("2026-03-02T16:00")
    ticket = opened(1, reported(reported_at, Priority.ONE))
    since = at("2026-03-02T17:00") + timedelta(days=nights)
    until = min(since + timedelta(minutes=length), since + timedelta(hours=16))
    rested = ticket
    for kind, side, instant in (
        (Kind.PAUSE_ASKED, Side.VENDOR, since),
        (Kind.PAUSED, Side.CUSTOMER, since),
        (Kind.RESUMED, Side.CUSTOMER, until),
    ):
        rested = apply(rested, event(kind, side, instant, rested))
    assert due(rested).response == due(ticket).response


@given(st.integers(1, 119), st.integers(0, 7 * 24 * 60))
def test_a_pause_moves_the_deadline_by_its_business_time_not_by_the_wall_clock(
    begin: int, length: int
) -> None:
    since = START + timedelta(minutes=begin)
    until = since + timedelta(minutes=length)
    rested = played(
        (Kind.PAUSE_ASKED, Side.VENDOR, START),
        (Kind.PAUSED, Side.CUSTOMER, since),
        (Kind.RESUMED, Side.VENDOR, until),
    )
    plain, moved = due(played()).response, due(rested).response
    assert plain is not None
    assert moved is not None
    hours = hours_of(COVERED, WORKDAYS)
    assert elapsed(plain.due, moved.due, hours) == elapsed(since, until, hours)


def test_a_pause_that_is_resolved_in_one_step_ends_there() -> None:
    resolved_at = START + timedelta(minutes=30)
    ticket = played(
        (Kind.PAUSE_ASKED, Side.VENDOR, START),
        (Kind.PAUSED, Side.CUSTOMER, START + timedelta(minutes=10)),
        (Kind.RESOLVED, Side.VENDOR, resolved_at),
    )
    assert ticket.pause is None
    assert ticket.pauses[0].until == resolved_at
    assert due(ticket).resting == {}


def test_what_was_overdue_before_a_pause_stays_overdue() -> None:
    late = START + timedelta(hours=3)
    ticket = played((Kind.PAUSE_ASKED, Side.VENDOR, late), (Kind.PAUSED, Side.CUSTOMER, late))
    response = due(ticket).response
    assert response is not None
    assert response.due == START + timedelta(hours=2)
    assert due(ticket).resting == {}


def test_a_clock_that_was_met_is_moved_by_no_later_pause() -> None:
    answered = START + timedelta(minutes=30)
    before = played((Kind.RESPONDED, Side.VENDOR, answered))
    after = played(
        (Kind.RESPONDED, Side.VENDOR, answered),
        (Kind.PAUSE_ASKED, Side.VENDOR, answered),
        (Kind.PAUSED, Side.CUSTOMER, answered),
    )
    assert due(after).response == due(before).response


def test_reopening_starts_everything_anew() -> None:
    again = START + timedelta(hours=1)
    ticket = played(
        (Kind.RESPONDED, Side.VENDOR, START),
        (Kind.REMOTE_FAILED, Side.VENDOR, START),
        (Kind.RESOLVED, Side.VENDOR, START),
        (Kind.REOPENED, Side.CUSTOMER, again),
    )
    assert (ticket.clock_from, ticket.responded_at, ticket.remote_failed_at) == (again, None, None)
    assert due(ticket).onsite is None

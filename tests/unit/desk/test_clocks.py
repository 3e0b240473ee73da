"""The clocks of a ticket: which there are, in which hours they run, when they are met."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.desk.calendar import AroundTheClock, DailyHours
from bot.desk.case import Case, Contact, Customer
from bot.desk.clocks import ClockState, clocks
from bot.desk.contract import Terms
from bot.desk.deadlines import deadlines
from bot.desk.events import Kind, Side
from bot.desk.history import apply, opened
from bot.desk.lateness import missed
from bot.desk.policy import TicketPolicy
from bot.desk.sla import ClockName
from bot.desk.terms import Level, Priority, Role, Zone
from bot.desk.ticket import Work
from bot.workdays import PrcWorkdays
from tests.support.actions import event, reported

from .samples import at, terms

WORKDAYS = PrcWorkdays()
START = at("2026-03-02T10:00")
COVERED = terms(starts_on=START.date(), ends_on=START.date().replace(year=2027), paid_on=START.date())
ENHANCED = replace(COVERED, level=Level.ENHANCED, zone=Zone.BEYOND)
Happened = tuple[Kind, Side, datetime]


def case(
    *happened: Happened,
    contract: Terms | None = COVERED,
    priority: Priority = Priority.ONE,
    policy: TicketPolicy | None = None,
) -> Case:
    ticket = opened(1, reported(START, priority))
    for kind, side, instant in happened:
        ticket = apply(ticket, event(kind, side, instant, ticket, number=2))
    found = deadlines(ticket, contract, WORKDAYS, policy)
    reporter = Contact(1, "陈班长", Role.CUSTOMER, 1, None)
    return Case(ticket, Customer(1, "示例"), contract, 1, reporter, "", frozenset(), found)


def named(made: Case) -> dict[ClockName, ClockState]:
    return {clock.name: clock for clock in clocks(made, WORKDAYS)}


def test_a_new_fault_has_a_confirmation_and_a_response_in_the_service_hours() -> None:
    found = named(case())
    assert set(found) == {ClockName.CONFIRMATION, ClockName.RESPONSE}
    assert isinstance(found[ClockName.RESPONSE].hours, DailyHours)
    assert found[ClockName.RESPONSE].deadline.due == START + timedelta(hours=2)


def test_what_is_no_fault_waits_for_an_answer_by_our_own_clock() -> None:
    response = named(case(priority=Priority.NOT_A_FAULT))[ClockName.RESPONSE]
    assert response.is_open
    assert not response.deadline.in_contract
    assert response.deadline.due == START + timedelta(hours=4)


@pytest.mark.parametrize(("priority", "hours"), [(Priority.ONE, 2), (Priority.TWO, 4)])
def test_without_a_contract_our_own_target_stands_for_the_response(priority: Priority, hours: int) -> None:
    made = case(contract=None, priority=priority)
    clock = named(made)[ClockName.RESPONSE]

    assert made.deadlines.response is None
    assert (clock.deadline.due, clock.deadline.in_contract) == (START + timedelta(hours=hours), False)
    assert missed(made, START + timedelta(days=9)) == ()
    answered = case((Kind.RESPONDED, Side.VENDOR, START), contract=None)
    assert not named(answered)[ClockName.RESPONSE].is_open


def test_a_pause_holds_our_own_target_too() -> None:
    pause = ((Kind.PAUSE_ASKED, Side.VENDOR, START), (Kind.PAUSED, Side.CUSTOMER, START))
    assert ClockName.RESPONSE not in named(case(*pause, contract=None))
    later = START + timedelta(hours=5)
    clock = named(case(*pause, (Kind.RESUMED, Side.CUSTOMER, later), contract=None))[ClockName.RESPONSE]
    assert clock.deadline.due == later + timedelta(hours=2)


def test_a_met_clock_says_when() -> None:
    answered = START + timedelta(minutes=20)
    clock = named(case((Kind.RESPONDED, Side.VENDOR, answered)))[ClockName.RESPONSE]
    assert (clock.is_open, clock.met_at) == (False, answered)


def test_arrival_is_counted_day_and_night_and_beyond_the_ring_it_is_a_target() -> None:
    declared = at("2026-03-02T20:00")
    clock = named(case((Kind.REMOTE_FAILED, Side.VENDOR, declared), contract=ENHANCED))[ClockName.ONSITE]
    assert isinstance(clock.hours, AroundTheClock)
    assert clock.deadline.due == declared + timedelta(hours=12)
    assert not clock.deadline.in_contract


def test_a_target_that_is_not_in_the_contract_costs_nothing() -> None:
    made = case(
        (Kind.REMOTE_FAILED, Side.VENDOR, START), (Kind.RESPONDED, Side.VENDOR, START), contract=ENHANCED
    )
    assert missed(made, START + timedelta(days=9)) == ()


def test_whole_late_days_are_charged_until_it_was_done() -> None:
    (late,) = missed(case(), START + timedelta(days=3, hours=1))
    assert (late.clock, late.days, late.span) == (ClockName.RESPONSE, 2, timedelta(days=2, hours=23))
    answered = case((Kind.RESPONDED, Side.VENDOR, START + timedelta(hours=3)))
    assert [one.days for one in missed(answered, START + timedelta(days=9))] == [0]
    assert missed(case(), START + timedelta(hours=2)) == ()


@pytest.mark.parametrize(
    ("minutes", "expected"), [(60, timedelta(hours=1)), (30, timedelta(minutes=30)), (0, None)]
)
def test_after_the_response_the_next_update_is_due_as_the_policy_says(
    minutes: int, expected: timedelta | None
) -> None:
    made = case((Kind.RESPONDED, Side.VENDOR, START), policy=TicketPolicy(update_minutes=minutes))
    clock = named(made).get(ClockName.NEXT_UPDATE)
    assert (clock.deadline.due - START if clock else None) == expected


def test_priority_2_has_no_rule_for_updates() -> None:
    made = case((Kind.RESPONDED, Side.VENDOR, START), priority=Priority.TWO)
    assert ClockName.NEXT_UPDATE not in named(made)


def test_what_is_answered_and_awaits_nothing_is_followed_up_from_what_support_did_last() -> None:
    """No deadline, a reminder: it would be forgotten for ever."""
    answered = (Kind.RESPONDED, Side.VENDOR, START)
    followed = named(case(answered, priority=Priority.TWO))[ClockName.FOLLOW_UP]
    assert followed.deadline.due == START + timedelta(days=1)  # nine hours of the daytime
    assert not followed.deadline.in_contract

    two_hours = START + timedelta(hours=2)
    asked_again = (Kind.DETAIL, Side.CUSTOMER, two_hours)
    done = (Kind.ACTED, Side.VENDOR, two_hours)
    for later, due in (
        (asked_again, followed.deadline.due),
        (done, followed.deadline.due + timedelta(hours=2)),
    ):
        made = case(answered, later, priority=Priority.TWO)
        assert named(made)[ClockName.FOLLOW_UP].deadline.due == due


@pytest.mark.parametrize(
    "happened",
    [
        (),
        ((Kind.RESPONDED, Side.VENDOR, START), (Kind.UPDATE_PROMISED, Side.VENDOR, START)),
        (
            (Kind.RESPONDED, Side.VENDOR, START),
            (Kind.PAUSE_ASKED, Side.VENDOR, START),
            (Kind.PAUSED, Side.CUSTOMER, START),
        ),
        ((Kind.RESPONDED, Side.VENDOR, START), (Kind.RESOLVED, Side.VENDOR, START)),
    ],
)
def test_what_waits_for_something_else_is_not_followed_up(happened: tuple[Happened, ...]) -> None:
    assert ClockName.FOLLOW_UP not in named(case(*happened, priority=Priority.TWO))


def test_without_the_rule_nothing_is_followed_up() -> None:
    policy = TicketPolicy(update_minutes=0, follow_up_minutes=0)
    made = case((Kind.RESPONDED, Side.VENDOR, START), policy=policy)
    assert ClockName.FOLLOW_UP not in named(made)


def test_a_promise_goes_before_the_rule_and_no_pause_moves_it() -> None:
    promised = START + timedelta(minutes=15)  # what the test's event says
    made = case(
        (Kind.RESPONDED, Side.VENDOR, START),
        (Kind.UPDATE_PROMISED, Side.VENDOR, START),
        (Kind.PAUSE_ASKED, Side.VENDOR, START),
        (Kind.PAUSED, Side.CUSTOMER, START),
    )
    assert named(made)[ClockName.NEXT_UPDATE].deadline.due == promised


def test_a_resting_clock_is_no_clock_and_runs_on_with_what_was_left() -> None:
    since = START + timedelta(minutes=30)
    pause = ((Kind.PAUSE_ASKED, Side.VENDOR, since), (Kind.PAUSED, Side.CUSTOMER, since))
    resting = case(*pause)
    assert ClockName.RESPONSE not in named(resting)
    assert resting.deadlines.resting == {ClockName.RESPONSE: timedelta(minutes=90)}

    until = since + timedelta(hours=1)
    running = case(*pause, (Kind.RESUMED, Side.CUSTOMER, until))
    assert named(running)[ClockName.RESPONSE].deadline.due == until + timedelta(minutes=90)


def test_merged_and_closed_tickets_have_no_clock() -> None:
    made = case()
    for work in (Work.CLOSED, Work.WITHDRAWN, Work.MERGED):
        assert clocks(replace(made, ticket=replace(made.ticket, work=work)), WORKDAYS) == ()


def test_a_diamond_answer_after_some_minutes_is_not_late_but_one_after_days_costs() -> None:
    diamond = replace(COVERED, level=Level.DIAMOND)
    answered = START + timedelta(minutes=9)
    made = case((Kind.RESPONDED, Side.VENDOR, answered), contract=diamond)
    assert missed(made, START + timedelta(days=9)) == ()
    (late,) = missed(case(contract=diamond), START + timedelta(days=3, minutes=1))
    assert late.days == 3


def test_what_was_solved_without_a_word_that_arrived_still_waits_for_words_only() -> None:
    made = case((Kind.REMOTE_FAILED, Side.VENDOR, START), (Kind.RESOLVED, Side.VENDOR, START))
    assert set(named(made)) == {ClockName.RESPONSE}
    (late,) = missed(made, START + timedelta(days=1, hours=3))
    assert late.clock is ClockName.RESPONSE

    told = case((Kind.RESOLVED, Side.VENDOR, START), (Kind.RESPONDED, Side.VENDOR, START))
    assert named(replace(told, ticket=replace(told.ticket, asked_at=START))) == {}

"""Merging moves no deadline back, whatever the two tickets' contracts, agreed times and pauses are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.case import Case, Contact, Customer
from bot.desk.contract import Terms
from bot.desk.deadlines import deadlines
from bot.desk.events import Event, Kind, Side
from bot.desk.history import apply, opened
from bot.desk.lateness import missed
from bot.desk.merging import merge_events
from bot.desk.sla import ClockName
from bot.desk.terms import Level, Priority, Role
from bot.desk.ticket import Ticket
from bot.desk.transitions import is_possible
from bot.dialogue.clock_words import cost_lines
from bot.errors import Refused
from bot.workdays import PrcWorkdays
from tests.support.actions import actor, event, reported

from .samples import at, terms

WORKDAYS = PrcWorkdays()
MONDAY, TUESDAY = at("2026-03-02T10:00"), at("2026-03-03T10:00")
ENDING = terms(
    contract_number="R", starts_on=date(2025, 3, 3), ends_on=date(2026, 3, 2), paid_on=date(2025, 3, 3)
)
RENEWED = replace(
    ENDING, version=2, starts_on=date(2026, 3, 3), ends_on=date(2027, 3, 2), paid_on=date(2026, 3, 1)
)
PAID_TUESDAY = replace(ENDING, contract_number="P", ends_on=date(2027, 3, 2), paid_on=date(2026, 3, 3))
CONTRACTS = [ENDING, RENEWED, PAID_TUESDAY, replace(RENEWED, contract_number="E", level=Level.ENHANCED), None]
RENEWED_BEFORE = replace(RENEWED, starts_on=date(2026, 3, 1))
REPORTER = Contact(1, "陈班长", Role.CUSTOMER, 1, None)


def around(ticket: Ticket, contract: Terms | None) -> Case:
    found = deadlines(ticket, contract, WORKDAYS)
    return Case(ticket, Customer(1, "示例"), contract, 1, REPORTER, "", frozenset(), found)


def case(
    number: int, since: datetime, contract: Terms | None, priority: Priority = Priority.ONE, *after: Event
) -> Case:
    first = reported(since, priority)
    named = {"number": contract.contract_number, "version": contract.version} if contract else None
    ticket = opened(number, replace(first, data={**first.data, "contract": named}))
    for happened in after:
        ticket = apply(ticket, happened)
    return around(ticket, contract)


def merged(source: Case, target: Case, now: datetime) -> Case:
    """Return the target after the merge, by the contract that it then names."""
    _, absorbed = merge_events(source, target, actor(Side.VENDOR), now, WORKDAYS)
    ticket = apply(target.ticket, absorbed)
    contracts = {one.ticket.contract: one.terms for one in (source, target)}
    return around(ticket, contracts[ticket.contract])


def agreed(since: datetime, until: datetime) -> Event:
    data = {
        "clock": "response",
        "until": until.isoformat(),
        "agreed_at": since.isoformat(),
        "who": "陈班长",
        "how": "聊天",
        "held": 1,
        "due_before": None,
    }
    return Event(Kind.TIME_AGREED, since, actor(Side.CUSTOMER), data)


def paused(since: datetime, until: datetime) -> tuple[Event, ...]:
    asked = Event(Kind.PAUSE_ASKED, since, actor(Side.VENDOR), {"reason": "等客户"})
    agreed = Event(Kind.PAUSED, since, actor(Side.CUSTOMER))
    return asked, agreed, Event(Kind.RESUMED, until, actor(Side.VENDOR))


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(
    ("since", "before", "after", "due"),
    [
        (at("2026-03-02T16:50"), ENDING, RENEWED, at("2026-03-03T10:50")),  # the last minutes of the old term
        (MONDAY, PAID_TUESDAY, PAID_TUESDAY, at("2026-03-03T12:00")),  # the day before the payment
        (MONDAY, ENDING, PAID_TUESDAY, at("2026-03-02T12:00")),
        (MONDAY, None, RENEWED, at("2026-03-03T12:00")),
    ],
)
def test_across_a_change_of_coverage_the_stricter_clock_holds(
    since: datetime, before: Terms | None, after: Terms, due: datetime, is_reversed: bool
) -> None:
    tickets = (case(1, since, before), case(2, TUESDAY, after))
    source, target = reversed(tickets) if is_reversed else tickets

    joined = merged(source, target, TUESDAY)

    assert joined.response is not None
    assert joined.response.due == due
    assert joined.ticket.reported_at == since


@pytest.mark.parametrize(
    "loose",
    [
        (agreed(MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=5)),),
        paused(MONDAY + timedelta(minutes=10), MONDAY + timedelta(minutes=100)),
    ],
)
def test_what_was_agreed_for_one_fault_does_not_loosen_another(loose: tuple[Event, ...]) -> None:
    strict = case(1, MONDAY, ENDING)
    agreed_to = case(2, MONDAY, ENDING, Priority.ONE, *loose)

    with pytest.raises(Refused, match="合并会推迟 T1 的期限，不能并入 T2；两张工单请分别处理"):
        merge_events(strict, agreed_to, actor(Side.VENDOR), MONDAY + timedelta(minutes=100), WORKDAYS)


def test_an_agreed_time_that_is_earlier_stays() -> None:
    sooner = case(2, MONDAY, ENDING, Priority.ONE, agreed(MONDAY, MONDAY + timedelta(minutes=30)))

    joined = merged(case(1, MONDAY, ENDING), sooner, MONDAY)

    assert joined.response is not None
    assert joined.response.due == MONDAY + timedelta(minutes=30)


def test_an_answer_to_an_earlier_report_is_none_to_a_later_one() -> None:
    said = event(Kind.RESPONDED, Side.VENDOR, MONDAY, opened(1, reported(MONDAY)))
    answered = case(1, MONDAY, ENDING, Priority.TWO, said)
    later = case(2, MONDAY + timedelta(hours=1), ENDING)

    for source, target in ((answered, later), (later, answered)):
        with pytest.raises(Refused, match="T1 的响应早于 T2 的报修，请先回复 T2，再合并"):
            merge_events(source, target, actor(Side.VENDOR), MONDAY + timedelta(hours=1), WORKDAYS)


def test_a_merge_recorded_without_its_clock_still_takes_the_earliest() -> None:
    ticket = opened(1, reported(MONDAY))

    joined = apply(ticket, event(Kind.ABSORBED, Side.VENDOR, MONDAY, ticket, number=20))

    assert joined.clock_from == MONDAY - timedelta(minutes=20)
    assert joined.contract == ticket.contract


def updated(at: datetime) -> Event:
    return Event(Kind.UPDATED, at, actor(Side.VENDOR), {"at": at.isoformat(), "inbox": 5})


def responded(at: datetime) -> Event:
    data = {"how": "call", "at": at.isoformat(), "note": "王经理"}
    return Event(Kind.RESPONDED, at, actor(Side.VENDOR), data)


def promised(at: datetime, until: datetime) -> Event:
    return Event(Kind.UPDATE_PROMISED, at, actor(Side.VENDOR), {"until": until.isoformat()})


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_promised_times_the_earlier_holds(*, is_reversed: bool) -> None:
    one, other = (
        case(number, MONDAY, ENDING, Priority.ONE, promised(MONDAY, MONDAY + timedelta(hours=hours)))
        for number, hours in ((1, 2), (2, 3))
    )

    joined = merged(*((other, one) if is_reversed else (one, other)), MONDAY)

    assert joined.deadlines.next_update is not None
    assert joined.deadlines.next_update.due == MONDAY + timedelta(hours=2)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_who_has_waited_longer_for_word_of_support_waits_no_longer_by_a_merge(*, is_reversed: bool) -> None:
    heard = [responded(MONDAY), updated(MONDAY + timedelta(minutes=40))]
    one, other = (
        case(1, MONDAY, ENDING, Priority.ONE, *heard),
        case(2, MONDAY, ENDING, Priority.ONE, heard[0]),
    )

    joined = merged(*((other, one) if is_reversed else (one, other)), MONDAY + timedelta(minutes=50))

    assert joined.deadlines.next_update is not None
    assert joined.deadlines.next_update.due == MONDAY + timedelta(hours=1)


def test_what_was_missed_on_the_merged_ticket_is_not_lost() -> None:
    """T1 was answered three days late; T2, reported before it, in time."""
    answered = responded(MONDAY + timedelta(days=3, hours=3))
    late = case(1, MONDAY + timedelta(hours=1), RENEWED_BEFORE, Priority.ONE, answered)
    kept = case(2, MONDAY, RENEWED_BEFORE, Priority.ONE, responded(MONDAY + timedelta(hours=1, minutes=30)))
    now = MONDAY + timedelta(days=4)

    joined = merged(late, kept, now)

    assert [(one.ticket, one.clock, one.days) for one in missed(joined, now)] == [(1, ClockName.RESPONSE, 3)]
    assert "响应超期 3 天（T1 并入前）" in "".join(cost_lines(joined, now))
    again = merged(joined, case(3, MONDAY, RENEWED_BEFORE, Priority.ONE, answered), now)
    assert (1, 3) in [(one.ticket, one.days) for one in missed(again, now)]


def test_what_is_still_awaited_is_counted_once_after_a_merge() -> None:
    one, other = case(1, MONDAY, RENEWED_BEFORE), case(2, MONDAY + timedelta(hours=1), RENEWED_BEFORE)
    now = MONDAY + timedelta(days=2)

    assert [late.due for late in missed(merged(one, other, now), now)] == [MONDAY + timedelta(hours=2)]


def said(kind: Kind, side: Side, number: int = 0) -> Callable[[datetime], tuple[Event, ...]]:
    """Return what makes that event at an instant."""
    return lambda at: (event(kind, side, at, opened(1, reported(at)), number),)


things = st.one_of(
    st.integers(1, 9).map(lambda hours: lambda at: (agreed(at, at + timedelta(hours=hours)),)),
    st.integers(10, 300).map(lambda minutes: lambda at: paused(at, at + timedelta(minutes=minutes))),
    st.sampled_from(
        [
            said(Kind.VIEW, Side.VENDOR, 1),
            said(Kind.VIEW, Side.CUSTOMER, 1),
            said(Kind.RESPONDED, Side.VENDOR),
            said(Kind.REMOTE_FAILED, Side.VENDOR),
        ]
    ),
)
priorities = st.sampled_from([Priority.ONE, Priority.ONE, Priority.TWO, Priority.NOT_A_FAULT])
starts = st.sampled_from([10, 11, 16, 34, 35]).map(
    lambda hours: at("2026-03-02T00:00") + timedelta(hours=hours)
)


@st.composite
def lives(draw: st.DrawFn, number: int, most: int) -> Case:
    """Draw a ticket to which up to ``most`` things happened, each soon after the one before."""
    now = draw(starts)
    made = case(number, now, draw(st.sampled_from(CONTRACTS)), draw(priorities))
    ticket = made.ticket
    for thing in draw(st.lists(things, max_size=most)):
        for happened in thing(now):
            if is_possible(ticket, happened.kind, happened.actor.side):
                ticket = apply(ticket, happened)
                now = happened.at + timedelta(minutes=10)
    return around(ticket, made.terms)


@settings(max_examples=400)
@given(lives(1, most=1), lives(2, most=2))
def test_after_a_merge_the_deadline_is_no_later_than_the_earlier_of_both(one: Case, other: Case) -> None:
    try:
        joined = merged(one, other, at("2026-03-05T09:00"))
    except Refused:
        return

    dues = [each.response.due for each in (one, other) if each.response]
    assert not dues or joined.response is not None
    assert joined.response is None or not dues or joined.response.due <= min(dues)
    assert joined.ticket.held == min(one.ticket.held, other.ticket.held)

"""No record without the customer's later word loosens a deadline (contract 2.1), whatever came before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.arrangements import AGREEABLE, Consent
from bot.desk.arranging import time_agreed, time_refused
from bot.desk.case import Case, Contact, Customer, view_event
from bot.desk.consents import check_lower
from bot.desk.deadlines import deadlines
from bot.desk.events import BOT, Event, Kind, Side
from bot.desk.history import apply, opened
from bot.desk.reopening import reopened
from bot.desk.sla import ClockName, Deadline
from bot.desk.terms import Level, Priority, Role, Zone
from bot.desk.transitions import check
from bot.errors import Refused
from bot.workdays import PrcWorkdays
from tests.support.actions import actor, reported

from .samples import at, terms

WORKDAYS = PrcWorkdays()
START = at("2026-03-02T10:00")
REGULAR = terms(starts_on=START.date(), ends_on=START.date().replace(year=2027), paid_on=START.date())
CONTRACTS = [REGULAR, replace(REGULAR, level=Level.ENHANCED, zone=Zone.INSIDE)]
REPORTER = Contact(1, "陈班长", Role.CUSTOMER, 1, None)
CUSTOMER, SUPPORT = actor(Side.CUSTOMER), actor(Side.VENDOR)
FAULTS = (Priority.ONE, Priority.TWO)

Act = Callable[[Case, datetime], Iterator[Event]]


def around(case: Case, event: Event) -> Case:
    ticket = apply(case.ticket, event)
    return replace(case, ticket=ticket, deadlines=deadlines(ticket, case.terms, WORKDAYS))


# --- what the customer does by their own hand


def judges(priority: Priority) -> Act:
    def act(case: Case, now: datetime) -> Iterator[Event]:
        yield view_event(case, priority, CUSTOMER, "", now, WORKDAYS)

    return act


def reports(priority: Priority) -> Act:
    """As the dialogue does: a word of the ticket or its reopening, and a new reading where that is graver."""

    def act(case: Case, now: datetime) -> Iterator[Event]:
        said = {"inbox": 2, "priority": int(priority)}
        if case.ticket.is_live:
            yield Event(Kind.DETAIL, now, CUSTOMER, said)
        else:
            yield reopened(case, CUSTOMER, "", now, case.terms)
        views = case.ticket.agreement
        if priority < max(views.held, views.customer or views.held):
            reading = {**said, "certain": True, "rule": "r", "clause": None, "words": []}
            yield Event(Kind.PROPOSED, now, BOT, reading)

    return act


def agrees_to_a_time(case: Case, now: datetime) -> Iterator[Event]:
    if not case.ticket.offers:
        raise Refused("")
    offer = case.ticket.offers[-1]
    yield time_agreed(case, offer.clock, offer.until, CUSTOMER, now)


def refuses_a_time(clock: ClockName) -> Act:
    def act(case: Case, now: datetime) -> Iterator[Event]:
        yield time_refused(case, clock, CUSTOMER, now)

    return act


# --- what support does and records


def finds(priority: Priority) -> Act:
    def act(case: Case, now: datetime) -> Iterator[Event]:
        yield view_event(case, priority, SUPPORT, "", now, WORKDAYS)

    return act


def records_a_consent(priority: Priority, ago: int) -> Act:
    def act(case: Case, now: datetime) -> Iterator[Event]:
        given = Consent("王经理", "电话", now - timedelta(minutes=ago))
        check_lower(case, priority, given)
        yield view_event(case, priority, SUPPORT, "", now, WORKDAYS, consent=given.to_dict())

    return act


def records_a_time(clock: ClockName, hours: int, ago: int) -> Act:
    def act(case: Case, now: datetime) -> Iterator[Event]:
        given = Consent("王经理", "电话", now - timedelta(minutes=ago))
        yield time_agreed(case, clock, now + timedelta(hours=hours), SUPPORT, now, given)

    return act


def offers(clock: ClockName, hours: int) -> Act:
    def act(_: Case, now: datetime) -> Iterator[Event]:
        until = now + timedelta(hours=hours)
        yield Event(Kind.TIME_OFFERED, now, SUPPORT, {"clock": clock.value, "until": until.isoformat()})

    return act


def does(kind: Kind, **data: object) -> Act:
    def act(_: Case, now: datetime) -> Iterator[Event]:
        yield Event(kind, now, SUPPORT, {"at": now.isoformat(), **data})

    return act


def opens_again(case: Case, now: datetime) -> Iterator[Event]:
    yield reopened(case, SUPPORT, "", now, case.terms)


priorities = st.sampled_from([*FAULTS, Priority.TWO, Priority.NOT_A_FAULT])
lower = st.just(Priority.TWO)
clocks = st.sampled_from(AGREEABLE)
agos = st.sampled_from([0, 1, 3, 10, 40])
hours = st.sampled_from([1, 3, 9])
own = st.one_of(
    priorities.map(judges),
    st.just(reports(Priority.ONE)),
    st.sampled_from(FAULTS).map(reports),
    st.just(agrees_to_a_time),
    clocks.map(refuses_a_time),
)
theirs = st.one_of(
    lower.map(finds),
    st.builds(records_a_consent, lower, agos),
    st.builds(records_a_consent, priorities, agos),
    st.builds(records_a_time, clocks, hours, agos),
    st.builds(offers, clocks, hours),
    st.sampled_from(
        [
            opens_again,
            does(Kind.REMOTE_FAILED, reason="", inbox=3),
            does(Kind.RESPONDED, how="call", note=""),
            does(Kind.RESOLVED, inbox=4),
        ]
    ),
)


@dataclass(frozen=True)
class Step:
    """What somebody does after some minutes."""

    is_own: bool
    act: Act
    minutes: int


def lives(own: st.SearchStrategy[Act], theirs: st.SearchStrategy[Act]) -> st.SearchStrategy[list[Step]]:
    minutes = st.sampled_from([0, 2, 30])
    step = st.one_of(
        st.builds(Step, st.just(value=True), own, minutes),
        st.builds(Step, st.just(value=False), theirs, minutes),
    )
    return st.lists(step, min_size=2, max_size=8)


def about_one_time(clock: ClockName) -> st.SearchStrategy[list[Step]]:
    """Both sides bargain for the time of one clock, which among all other acts they would seldom do."""
    bargaining = lives(
        st.sampled_from([agrees_to_a_time, refuses_a_time(clock)]),
        st.one_of(
            st.builds(offers, st.just(clock), hours),
            st.builds(records_a_time, st.just(clock), hours, agos),
        ),
    )
    gone_on_site = Step(is_own=False, act=does(Kind.REMOTE_FAILED, reason="", inbox=3), minutes=2)
    before = [gone_on_site] if clock is ClockName.ONSITE else []
    return bargaining.map(lambda life: before + life)


steps = st.one_of(lives(own, theirs), clocks.flatmap(about_one_time))


def waiting(case: Case) -> dict[ClockName, Deadline]:
    """Return what is due and still waited for."""
    due, ticket = case.deadlines, case.ticket
    found = (
        (ClockName.RESPONSE, due.response, ticket.responded_at),
        (ClockName.ONSITE, due.onsite, ticket.arrived_at),
        (ClockName.AGREED, due.action, ticket.acted_at),
    )
    return {name: deadline for name, deadline, met_at in found if deadline and met_at is None}


def loosened(before: Case, after: Case) -> set[ClockName]:
    now = {
        ClockName.RESPONSE: after.deadlines.response,
        ClockName.ONSITE: after.deadlines.onsite,
        ClockName.AGREED: after.deadlines.action,
    }
    return {name for name, old in waiting(before).items() if (new := now[name]) is None or new.due > old.due}


def said_since(history: list[Event], since: datetime, lower: Priority) -> bool:
    """Tell whether the customer's latest word, by their own hand and later, is that it is graver."""
    views = [e for e in history if e.kind is Kind.VIEW and e.actor.side is Side.CUSTOMER]
    words = [
        e for e in history if e.kind in {Kind.DETAIL, Kind.PROPOSED} and (not views or e.at >= views[-1].at)
    ]
    late = [e for e in (*views[-1:], *words) if e.at.replace(second=0) > since]
    return any(Priority(e.data["priority"]) < lower for e in late)


def is_allowed(event: Event, before: Case, after: Case, history: list[Event]) -> bool:
    """Tell whether what support did may loosen what is due: by the customer's word that nothing overtook."""
    if event.kind is Kind.REOPENED:
        return before.ticket.responded_at is not None  # answered, and answered anew
    if event.kind is Kind.TIME_AGREED:
        since = datetime.fromisoformat(event.data["agreed_at"])
        clock = event.data["clock"]
        about = [e for e in history if e.data.get("clock") == clock and e.actor.side is Side.CUSTOMER]
        graver = [e for e in history if e.kind is Kind.VIEW and e.actor.side is Side.CUSTOMER]
        return all(e.at.replace(second=0) <= since for e in (*about, *graver))
    if event.kind is not Kind.VIEW:
        return False
    views, lower = after.ticket.agreement, Priority(event.data["priority"])
    if not views.customer == views.vendor == lower:
        return False
    consents = [e for e in (*history, event) if e.kind is Kind.VIEW and "consent" in e.data]
    recorded = [datetime.fromisoformat(e.data["consent"]["at"]) for e in consents]
    views_at = [e.at for e in history if e.kind is Kind.VIEW and e.actor.side is Side.CUSTOMER]
    return not said_since(history, max([*recorded, *views_at]), lower)


@settings(max_examples=600)
@given(steps, st.sampled_from(CONTRACTS), st.sampled_from([Priority.ONE, *FAULTS]))
def test_no_record_without_the_customers_later_word_loosens_a_deadline(
    life: list[Step], contract: object, priority: Priority
) -> None:
    assert isinstance(contract, type(REGULAR))
    ticket = opened(1, reported(START, priority))
    case = Case(
        ticket,
        Customer(1, "示例"),
        contract,
        1,
        REPORTER,
        "",
        frozenset(),
        deadlines(ticket, contract, WORKDAYS),
    )
    now, history = START, list[Event]()
    for step in life:
        now += timedelta(minutes=step.minutes)
        before = case
        try:
            for event in step.act(case, now):
                check(case.ticket, event.kind, event.actor)
                case = around(case, event)
                history.append(event)
        except Refused:
            continue
        clocks_loosened = loosened(before, case)
        if step.is_own or not clocks_loosened:
            continue
        assert is_allowed(history[-1], before, case, history[:-1]), (history[-1], clocks_loosened)

"""Random legal lives of tickets: what is stored is what the events make, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot import samples
from bot.desk.case import Case, Chat
from bot.desk.events import Kind, Side
from bot.desk.merging import merge_events
from bot.desk.terms import Level, Priority
from bot.desk.transitions import is_possible
from bot.errors import Refused
from bot.messages import Inbound, Sender
from bot.store.chats import contact_of
from bot.store.store import UnitOfWork
from bot.store.tables import ChatRow, ContactRow
from bot.watch.correction import recompute_open
from bot.workdays import load_workdays
from tests.support.actions import actor, event, reported
from tests.support.talk import CUSTOMER, REPORTS, STAFF
from tests.support.world import CHANNEL, MONDAY_10, World

# What joins two tickets concerns both: `joined`.
CHOICES = [(k, s) for k in Kind for s in Side if k not in (Kind.REPORTED, Kind.MERGED, Kind.ABSORBED)]
ENDING = {Kind.CLOSED, Kind.WITHDRAWN}

steps = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 600), st.integers(0, 30)), min_size=10, max_size=40
)


def joined(unit: UnitOfWork, cases: list[Case], now: datetime) -> list[Case]:
    """Merge the first of two tickets into the second, where that is possible."""
    try:
        merged, absorbed = merge_events(cases[0], cases[1], actor(Side.VENDOR), now, load_workdays())
    except Refused:
        return cases
    after = [unit.tickets.record(cases[0], merged), unit.tickets.record(cases[1], absorbed)]
    assert first_due(after[1:]) <= first_due(cases)
    return after


def first_due(cases: list[Case]) -> datetime:
    """Return when the first response of these tickets is due; the end of time where none is."""
    found = [case.response.due for case in cases if case.response]
    return min(found, default=datetime.max.replace(tzinfo=UTC))


def lived(unit: UnitOfWork, cases: list[Case], choices: list[tuple[int, int, int]]) -> Iterator[list[Case]]:
    """Let two tickets of one customer's live; yield both after each thing that happens."""
    now = MONDAY_10
    for pick, passed, number in choices:
        now += timedelta(minutes=passed)
        if pick % 17 == 0:
            cases = joined(unit, cases, now)
            yield cases
            continue
        case = cases[pick % 2]
        possible = [(kind, side) for kind, side in CHOICES if is_possible(case.ticket, kind, side)]
        kind, side = possible[pick // 2 % len(possible)]
        if kind in ENDING and number % 3:
            continue  # else most lives would be short
        happened = event(kind, side, now, case.ticket, number)
        after = unit.tickets.record(case, happened)
        cases = [after if one is case else one for one in cases]
        yield cases


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sampled_from([Priority.ONE, Priority.TWO]), st.sampled_from(Level))
def test_replay_equals_what_is_stored_after_any_legal_sequence(
    world: World, choices: list[tuple[int, int, int]], priority: Priority, level: Level
) -> None:
    number = f"DEMO-{level.value.upper()}"
    with world.app.store.begin(MONDAY_10) as unit:
        row = unit.session.get_one(ChatRow, 1)
        contact = contact_of(unit.session.get_one(ContactRow, 1))
        chat = Chat(row.id, row.kind, row.customer_id, {})
        cases = [
            unit.tickets.open(chat, contact, reported(MONDAY_10, one, contract=number), "故障", frozenset())
            for one in (priority, Priority.TWO)
        ]
        for after in lived(unit, cases, choices):
            for before, now in zip(cases, after, strict=True):
                views = now.ticket.agreement  # only both sides lower what holds (contract 2.1)
                is_lowered = now.ticket.held > before.ticket.held
                assert not is_lowered or views.customer == views.vendor == now.ticket.held
            cases = after

    with world.app.store.begin(MONDAY_10) as unit:
        for case in cases:
            assert unit.tickets.differences(case.ticket.id) == {}
            stored = unit.tickets.get(case.ticket.id)
            assert stored is not None
            assert (stored.ticket, stored.deadlines) == (case.ticket, case.deadlines)


talk = st.lists(
    st.tuples(st.sampled_from(STAFF + CUSTOMER), st.integers(1, 4), st.integers(1, 4), st.integers(0, 400)),
    min_size=8,
    max_size=20,
)


def told(world: World, text: str, words: str, chat: str, edited: Inbound | None) -> Inbound | None:
    """Say something in a chat; ``edited``: as what the sender changed it to. Return what can be changed."""
    if text in STAFF:
        world.staff(words, who="zhao")
        return None
    message = world.inbound(chat, Sender(chat, chat), words)
    if edited is not None and edited.address == message.address:
        message = replace(message, is_correction=True, external_id=edited.external_id)
    else:
        message = replace(message, external_id=message.dedupe_key)
    world.app.submit(message)
    world.app.deliver()
    return message


@settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk, st.sampled_from(["regular", "enhanced", "diamond"]), st.integers(9, 20))
def test_replay_equals_what_is_stored_after_any_conversation(
    world: World, said: list[tuple[str, int, int, int]], customer: str, closes: int
) -> None:
    colleague = f"colleague of {customer}"
    with world.app.store.begin(world.now) as unit:
        theirs = unit.session.scalars(select(ChatRow).filter_by(chat=customer)).one()
        samples.add_chat(unit.session, samples.address(CHANNEL, colleague), "private", theirs.customer_id)
    world.customer(REPORTS[0], who=customer)
    world.customer(REPORTS[1], who=colleague)
    newest, last = len(world.tickets()), None
    for number, (text, one, other, passed) in enumerate(said):
        world.wait(minutes=passed)
        words = text.format(t=f"T{max(newest - one + 1, 1)}", u=f"T{max(newest - other + 1, 1)}")
        who = customer if one % 2 else colleague
        chat = samples.STAFF_CHAT if text in STAFF else who
        heard = len(world.heard(chat))
        last = told(world, text, words, who, last if other == 4 else None)
        assert last is None or last.is_correction or len(world.heard(chat)) > heard, f"no answer to {words}"
        assert "没有执行成功" not in world.last(chat)  # refused with a sentence, or done; never broken
        if number == len(said) // 2 and closes > 9:  # a term was entered wrongly: all open tickets follow
            world.change_terms("DEMO-REGULAR", service_hours=(time(9), time(closes)))
            recompute_open(world.app.store, "服务时段登记有误", world.now, closed=True)
            world.app.deliver()

    assert world.differences() == {}
    # Whatever was done, what is over is looked at no more, and what the customer waits for always is.
    for ticket in world.tickets():
        over = ticket["work"] in {"closed", "withdrawn", "merged"}
        assert not (over and ticket["next_alarm_at"])
        waits = ticket["work"] == "open" and ticket["held"] != 3 and not ticket["paused_at"]
        assert ticket["next_alarm_at"] or not waits

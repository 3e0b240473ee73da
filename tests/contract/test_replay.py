"""Random legal lives of tickets: what is stored is what the events make, on both databases."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.case import Chat
from bot.desk.events import Kind, Side
from bot.desk.terms import Level, Priority
from bot.desk.transitions import is_possible
from bot.store.chats import contact_of
from bot.store.tables import ChatRow, ContactRow
from tests.support.actions import event, reported
from tests.support.world import MONDAY_10, World

# What joins two tickets is made by the dialogue (tests/contract/test_merge.py).
CHOICES = [(k, s) for k in Kind for s in Side if k not in (Kind.REPORTED, Kind.MERGED)]

steps = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 600), st.integers(0, 30)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.sampled_from([Priority.ONE, Priority.TWO]), st.sampled_from(Level))
def test_replay_equals_what_is_stored_after_any_legal_sequence(
    world: World, choices: list[tuple[int, int, int]], priority: Priority, level: Level
) -> None:
    first = reported(MONDAY_10, priority, contract=f"DEMO-{level.value.upper()}")
    now = MONDAY_10
    with world.app.store.begin(now) as unit:
        chat = unit.session.get_one(ChatRow, 1)
        contact = contact_of(unit.session.get_one(ContactRow, 1))
        case = unit.tickets.open(
            Chat(chat.id, chat.kind, chat.customer_id, {}), contact, first, "故障", frozenset()
        )
        for pick, passed, number in choices:
            now += timedelta(minutes=passed)
            ticket = case.ticket
            possible = [(kind, side) for kind, side in CHOICES if is_possible(ticket, kind, side)]
            kind, side = possible[pick % len(possible)]
            case = unit.tickets.record(case, event(kind, side, now, ticket, number))

    with world.app.store.begin(now) as unit:
        assert unit.tickets.differences(case.ticket.id) == {}
        stored = unit.tickets.get(case.ticket.id)
        assert stored is not None
        assert (stored.ticket, stored.deadlines) == (case.ticket, case.deadlines)

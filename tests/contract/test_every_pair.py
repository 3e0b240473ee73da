"""Everything that can be typed, in every situation of a ticket: it is done, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import samples
from bot.delivery.next_message import lock_chat, message_of
from bot.messages import Sender
from bot.store import tables as t
from tests.support.talk import CUSTOMER, REPORTS, SITUATIONS, STAFF
from tests.support.world import World

REPORTER = "enhanced"  # of the level that has on-site service
BROKEN = "没有执行成功"
WORK = {
    "responded": "responded",
    "on site": "onsite",
    "arrived": "onsite",
    "workaround": "workaround",
    "resolved": "resolved",
    "closed": "closed",
    "rated": "closed",
    "withdrawn": "withdrawn",
    "merged": "merged",
}  # what is not named is open


class Undone(Exception):
    """Takes back what was tried."""


def situated(world: World, steps: tuple[str, ...]) -> None:
    """Bring T1 into a situation, beside T2 of the same customer's."""
    world.customer(REPORTS[0], who=REPORTER)
    world.wait(minutes=6)
    world.customer(REPORTS[1], who=REPORTER)
    for step in steps:
        world.wait(minutes=1)
        if step.startswith("S"):
            world.staff(step[1:], who="zhao")
        else:
            world.customer(step[1:], who=REPORTER)
    world.wait(minutes=1)


def attempts(world: World) -> Iterator[tuple[str, str, Sender]]:
    """Yield everything that can be typed of T1, with the chat and who types it."""
    for words in STAFF:
        yield words.format(t="T1", u="T2"), samples.STAFF_CHAT, world.person("zhao")
    for words in CUSTOMER:
        yield words.format(t="T1", u="T2"), REPORTER, Sender(REPORTER, REPORTER)


def tried(world: World, words: str, chat: str, sender: Sender) -> tuple[list[str], list[str], int]:
    """Return what is said here and elsewhere, and how many events it made; nothing of it stays."""
    inbox_id, _ = world.app.inbox.receive(world.inbound(chat, sender, words), world.now)
    here: list[str] = []
    elsewhere: list[str] = []
    events = 0
    with suppress(Undone), world.app.store.begin(world.now) as unit:
        row = unit.session.get_one(t.InboxRow, inbox_id)
        before = len(unit.session.scalars(select(t.TicketEventRow.seq)).all())
        since = max(unit.session.scalars(select(t.OutboxRow.id)).all())
        unit.messages.answers(inbox_id)
        world.app._handle(unit, message_of(unit.session, row, lock_chat(unit, row.chat_id)))
        unit.session.flush()
        for sent in unit.session.scalars(select(t.OutboxRow).where(t.OutboxRow.id > since)):
            (here if sent.chat_id == row.chat_id else elsewhere).append(sent.text)
        events = len(unit.session.scalars(select(t.TicketEventRow.seq)).all()) - before
        tickets = unit.session.scalars(select(t.TicketRow.id)).all()
        assert {n: found for n in tickets if (found := unit.tickets.differences(n))} == {}, words
        raise Undone
    return here, elsewhere, events


@pytest.mark.parametrize("situation", SITUATIONS)
def test_whatever_is_typed_is_done_or_refused_with_a_sentence(
    sqlite_template: Path, tmp_path: Path, situation: str
) -> None:
    path = tmp_path / "pairs.db"
    path.write_bytes(sqlite_template.read_bytes())
    world = World(f"sqlite:///{path}", data=tmp_path)
    situated(world, SITUATIONS[situation])
    assert world.tickets()[0]["work"] == WORK.get(situation, "open")

    for words, chat, sender in attempts(world):
        here, elsewhere, events = tried(world, words, chat, sender)
        # The words that support says to a customer are answered here when they have arrived there.
        assert here or (events and elsewhere), f"{situation}: nothing was answered to {words}"
        for text in (*here, *elsewhere):
            assert text.strip(), f"{situation}: {words}"
            assert BROKEN not in text, f"{situation}: {words}"
    world.app.close()

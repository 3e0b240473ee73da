"""What order means in a chat that many write to at once, such as support's, with the real engine.

Ids are given when a message is written, and seen when it is committed. What one could know of when one began
to write comes first; what is written at the same moment may come either way.
"""

from __future__ import annotations

import random
import threading
import time

import pytest
from sqlalchemy import select

from bot.delivery.receiving import chat_id
from bot.messages import Address, Say
from bot.store import tables as t
from bot.store.store import UnitOfWork
from tests.support.engine import PATIENCE_S, Phone, delivering
from tests.support.order import out_of_order, witness
from tests.support.world import migrated

WRITERS, MESSAGES = 6, 8


@pytest.mark.postgres
def test_a_message_that_is_committed_late_holds_up_no_other_and_keeps_the_order_of_its_own(
    postgres_url: str,
) -> None:
    phone, has_written, may_commit = Phone(), threading.Event(), threading.Event()

    def slow(unit: UnitOfWork) -> None:
        place = chat_id(unit.session, Address("phone", "a", "staff"), "staff")
        unit.messages.say(place, Say("T1 card"))
        has_written.set()
        assert may_commit.wait(PATIENCE_S)
        unit.messages.say(place, Say("T1 line"))

    with delivering(migrated(postgres_url), phone=phone) as post:
        post.say("staff", "before")
        writer = threading.Thread(target=post.app.store.transact, args=(slow, post.app.now()))
        writer.start()
        assert has_written.wait(PATIENCE_S)
        post.say("staff", "T2 card")  # has the greater number, and is there first
        post.wait(lambda: len(phone.arrived) == 2)
        may_commit.set()
        writer.join()
        post.say("staff", "T2 line")
        post.wait(lambda: len(phone.arrived) == 5)
    assert phone.heard("staff") == ["before", "T2 card", "T1 card", "T1 line", "T2 line"]


def test_what_was_committed_before_another_was_written_arrives_before_it(migrated_url: str) -> None:
    phone = Phone()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(MESSAGES):
            post.say("staff", f"{writer}.{number}")
            time.sleep(chance.uniform(0, 0.1))

    with witness(migrated_url), delivering(migrated_url, phone=phone) as post:
        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        for writer in writers:
            writer.start()
        post.wait(lambda: len(phone.arrived) == WRITERS * MESSAGES)
        for writer in writers:
            writer.join()
        with post.app.store.read() as session:
            ids = {row.text: row.id for row in session.scalars(select(t.OutboxRow))}
        arrived = [ids[said] for said in phone.heard("staff")]
        assert len(set(arrived)) == WRITERS * MESSAGES
        assert out_of_order(post.app.store, arrived) == []


def test_what_arrived_the_wrong_way_round_is_seen(migrated_url: str) -> None:
    """What `out_of_order` finds, the crash test relies on."""
    with witness(migrated_url), delivering(migrated_url, phone=Phone()) as post:
        store = post.app.store
        first, second = post.say("staff", "first"), post.say("staff", "second")

        def both(unit: UnitOfWork) -> list[int]:
            place = chat_id(unit.session, Address("phone", "a", "staff"), "staff")
            mine = unit.messages.say(place, Say("mine"))
            if not store.writes_alone:  # else nobody writes beside it
                post.say("staff", "beside")
            return [mine, unit.messages.say(place, Say("mine too"))]

        mine, mine_too = store.transact(both, post.app.now())
        assert out_of_order(store, [first, second, mine, mine_too]) == []
        assert out_of_order(store, [second, first]) == [(first, second)]
        assert out_of_order(store, [mine_too, mine]) == [(mine, mine_too)]
        if not store.writes_alone:
            beside = mine + 1
            assert out_of_order(store, [beside, mine, mine_too]) == []
            assert out_of_order(store, [mine_too, beside]) == [(beside, mine_too)]

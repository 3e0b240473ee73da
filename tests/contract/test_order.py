"""What order means in a chat that many write to at once, such as support's, with the real engine.

Ids are given when a message is written, and seen when it is committed. What one could know of when one began
to write comes first; what is written at the same moment may come either way.
"""

from __future__ import annotations

import random
import threading
import time
from itertools import permutations
from typing import NamedTuple

import pytest

from bot.delivery.receiving import chat_id
from bot.messages import Address, Say
from bot.store.store import UnitOfWork
from tests.support.engine import PATIENCE_S, Phone, delivering
from tests.support.world import migrated

WRITERS, MESSAGES = 6, 8


class Written(NamedTuple):
    """When a message was begun to be written, and when it was committed."""

    text: str
    begun: float
    committed: float


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


def test_what_was_committed_before_another_was_begun_arrives_before_it(migrated_url: str) -> None:
    phone, written = Phone(), list[Written]()

    def write(writer: int) -> None:
        chance = random.Random(writer)
        for number in range(MESSAGES):
            said, begun = f"{writer}.{number}", time.monotonic()
            post.say("staff", said)
            written.append(Written(said, begun, time.monotonic()))
            time.sleep(chance.uniform(0, 0.1))

    with delivering(migrated_url, phone=phone) as post:
        post.say("staff", "first")
        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        for writer in writers:
            writer.start()
        post.wait(lambda: len(phone.arrived) == 1 + WRITERS * MESSAGES)
        for writer in writers:
            writer.join()
    place = {said: number for number, said in enumerate(phone.heard("staff"))}
    assert len(place) == 1 + WRITERS * MESSAGES
    for earlier, later in permutations(written, 2):
        if earlier.committed < later.begun:
            assert place[earlier.text] < place[later.text]

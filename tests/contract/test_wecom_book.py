"""What is kept of WeCom's cards and of how much each member was sent; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.delivery.wecom_book import WecomBook
from bot.messages import Address, Outbound
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.support.world import MONDAY_10

LI = Address("wecom", "default", "LiGong")
WANG = Address("wecom", "default", "WangGong")
CARD = Outbound(7, LI, "【T1】", card="ticket:1")


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = MONDAY_10

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(migrated_url: str, clock: Clock) -> Iterator[WecomBook]:
    store = Store(migrated_url, load_workdays())
    yield WecomBook(store, clock)
    store.close()


def test_thirty_a_minute_and_each_is_free_again_a_minute_after_it_was_sent(
    book: WecomBook, clock: Clock
) -> None:
    for _ in range(15):
        assert book.allow(LI, 1) is None
    clock.wait(seconds=20)
    assert book.allow(LI, 15) is None

    assert book.allow(LI, 1) == MONDAY_10 + timedelta(seconds=60)
    assert book.allow(LI, 16) == MONDAY_10 + timedelta(seconds=80)
    assert book.allow(WANG, 1) is None
    clock.wait(seconds=40)
    assert book.allow(LI, 15) is None
    assert book.allow(LI, 1) == MONDAY_10 + timedelta(seconds=80)


def test_no_minute_ever_holds_more_than_thirty_and_no_hour_more_than_a_thousand(
    book: WecomBook, clock: Clock
) -> None:
    sent: list[datetime] = []
    while len(sent) < 1050:
        wait = book.allow(LI, 10)
        if wait is None:
            sent += [clock.now] * 10
        else:
            assert wait > clock.now
            clock.now = wait

    for span, most in ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000)):
        for at in sent:
            assert sum(at <= other < at + span for other in sent) <= most


def test_more_than_a_minute_takes_at_once_is_never_promised_for_now(book: WecomBook, clock: Clock) -> None:
    assert book.allow(LI, 30) is None
    assert book.allow(LI, 30) == clock.now + timedelta(minutes=1)


def test_a_message_keeps_its_task_at_every_attempt(book: WecomBook) -> None:
    first = book.task(CARD)
    again = book.task(CARD)
    anew = book.task(CARD, anew=True)

    assert (first.is_new, again.is_new, anew.is_new) == (True, False, True)
    assert first.id == again.id != anew.id
    assert book.task(CARD).id == anew.id


def test_a_code_is_good_once_and_for_72_hours(book: WecomBook, clock: Clock) -> None:
    task = book.task(CARD).id
    book.sent(task, "one")
    clock.wait(hours=72, seconds=-1)
    found = book.current(CARD)
    assert found is not None
    assert found.code == "one"

    clock.wait(seconds=1)
    found = book.current(CARD)
    assert found is not None
    assert found.code is None

    book.pressed(task, "two")
    book.updated(task, "two", 9)
    found = book.current(CARD)
    assert found is not None
    assert found.code is None


def test_a_press_that_comes_before_the_answer_to_the_sending_is_the_newer_one(book: WecomBook) -> None:
    task = book.task(CARD).id
    book.pressed(task, "of the press")

    book.sent(task, "of the sending")

    found = book.current(CARD)
    assert found is not None
    assert found.code == "of the press"


def test_what_uses_up_a_code_leaves_a_newer_one(book: WecomBook) -> None:
    task = book.task(CARD).id
    book.sent(task, "one")
    book.pressed(task, "two")

    book.updated(task, "one", 9)

    found = book.current(CARD)
    assert found is not None
    assert found.code == "two"


def test_an_old_card_is_forgotten_when_its_member_is_sent_another(book: WecomBook, clock: Clock) -> None:
    book.task(CARD)
    clock.wait(days=31)

    book.task(Outbound(8, LI, "【T2】", card="ticket:2"))

    assert book.current(CARD) is None

"""What the relay hands to the engine: of each lane a little, in order, and no lane waits for another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.delivery.receiving import chat_id
from bot.delivery.relay import BATCH, IN_HAND, Parcel, Relay, messages_of
from bot.messages import Address, Say
from bot.store import tables as t
from bot.store.guests import guest_engine
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.support.world import migrated

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
MANY = BATCH + 30


class Post:
    """A store with messages, and what its relay has handed over."""

    def __init__(self, url: str, channel: str = "phone") -> None:
        self.store = Store(url, load_workdays())
        self.parcels: list[Parcel] = []
        self.database = guest_engine(self.store, lambda: NOW)
        self.relay = Relay(self.database, [channel], self._enqueue, self.store.check_schema)

    def _enqueue(self, _: Session, parcel: Parcel) -> None:
        self.parcels.append(parcel)

    def say(self, chat: str, count: int = 1, channel: str = "phone", *, urgent: bool = False) -> list[int]:
        """Write messages to a chat and return their ids."""
        with self.store.begin(NOW) as unit:
            place = chat_id(unit.session, Address(channel, "a", chat))
            return [unit.messages.say(place, Say(f"m{n}", urgent=urgent)) for n in range(count)]

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()
        self.store.close()

    def feed(self) -> list[int]:
        """Let the relay work; return what it handed over, in order."""
        self.parcels.clear()
        count = self.relay.feed(NOW)
        fed = [message.outbox_id for parcel in self.parcels for message in parcel.messages]
        assert count == len(fed)
        return fed

    def change(self, outbox_ids: list[int], **values: object) -> None:
        """Change messages, as their delivery does."""
        with self.store.begin(NOW) as unit:
            unit.session.execute(update(t.OutboxRow).where(t.OutboxRow.id.in_(outbox_ids)).values(values))


@pytest.fixture
def post(migrated_url: str) -> Iterator[Post]:
    made = Post(migrated_url)
    yield made
    made.close()


def test_a_lane_that_is_full_keeps_the_rest_and_holds_up_no_other(post: Post) -> None:
    cards, other = post.say("staff", MANY), post.say("customer")

    assert post.feed() == [*cards[:BATCH], *other]
    assert post.feed() == []

    post.change(cards[: BATCH - IN_HAND], status="sent")
    assert post.feed() == []
    post.change(cards[: BATCH - IN_HAND + 1], status="sent")
    assert post.feed() == cards[BATCH:]


def test_an_alarm_goes_beside_a_lane_that_is_full(post: Post) -> None:
    post.say("staff", MANY)
    post.feed()
    alarm = post.say("staff", urgent=True)

    assert post.feed() == alarm


def test_a_message_that_is_back_holds_up_what_follows_in_its_lane_only(post: Post) -> None:
    first, second, third = post.say("staff", 3)
    other = post.say("customer")
    post.change([second], attempts=1, try_at=NOW + timedelta(seconds=5))

    assert post.feed() == [first, *other]

    post.change([second], try_at=NOW)
    assert post.feed() == [second]

    post.change([second], status="sent")
    assert post.feed() == [third]


def test_what_no_channel_at_hand_takes_is_left(post: Post) -> None:
    post.say("1", channel="elsewhere")
    assert post.feed() == []


def test_what_is_due_in_a_lane_goes_as_one_parcel(post: Post) -> None:
    first, *rest = post.say("staff", 3)
    post.change([first], relays=1)
    other = post.say("customer")
    post.feed()

    assert [parcel.messages for parcel in post.parcels] == [
        ((first, 2), *((each, 1) for each in rest)),
        ((*other, 1),),
    ]
    assert messages_of("out:17") == [(17, 1)]
    assert [messages_of(parcel.workflow_id) for parcel in post.parcels] == [
        list(parcel.messages) for parcel in post.parcels
    ]


@pytest.mark.postgres
def test_what_somebody_holds_keeps_only_what_follows_it_in_its_lane(postgres_url: str) -> None:
    post = Post(migrated(postgres_url))
    first, held, *behind = post.say("staff", MANY)
    [alarm], [other] = post.say("staff", urgent=True), post.say("customer")
    with post.store.engine.connect() as handler:
        handler.execute(select(t.OutboxRow.id).where(t.OutboxRow.id == held).with_for_update())
        assert sorted(post.feed()) == [first, alarm, other]
    assert post.feed() == [held, *behind][:BATCH]
    post.close()


def test_what_a_limit_counts_goes_one_by_one(migrated_url: str) -> None:
    post = Post(migrated_url, "telegram")
    messages = post.say("7", 3, "telegram")
    post.feed()

    assert [parcel.messages for parcel in post.parcels] == [((each, 1),) for each in messages]
    post.close()

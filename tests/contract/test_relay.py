"""What the relay hands to the engine: of each lane a little, in order, and no lane waits for another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery.receiving import chat_id
from bot.delivery.relay import BATCH, IN_HAND, Parcel, Relay
from bot.messages import Address, Say
from bot.store import tables as t
from bot.store.guests import guest_engine
from bot.store.store import Store
from bot.workdays import load_workdays

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
MANY = BATCH + 30


class Post:
    """A store with messages, and what its relay has handed over."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, load_workdays())
        self.parcels: list[Parcel] = []
        self.database = guest_engine(self.store, lambda: NOW)
        self.relay = Relay(self.database, ["phone"], self._enqueue, self.store.check_schema)

    def _enqueue(self, _: Session, parcel: Parcel) -> None:
        self.parcels.append(parcel)

    def say(self, chat: str, count: int = 1, channel: str = "phone", *, urgent: bool = False) -> list[int]:
        """Write messages to a chat and return their ids."""
        with self.store.begin(NOW) as unit:
            place = chat_id(unit.session, Address(channel, "a", chat))
            return [unit.messages.say(place, Say(f"m{n}", urgent=urgent)) for n in range(count)]

    def feed(self) -> list[int]:
        """Let the relay work; return what it handed over, in order."""
        self.parcels.clear()
        assert self.relay.feed(NOW) == len(self.parcels)
        return [parcel.outbox_id for parcel in self.parcels]

    def change(self, outbox_ids: list[int], **values: object) -> None:
        """Change messages, as their delivery does."""
        with self.store.begin(NOW) as unit:
            unit.session.execute(update(t.OutboxRow).where(t.OutboxRow.id.in_(outbox_ids)).values(values))


@pytest.fixture
def post(migrated_url: str) -> Iterator[Post]:
    made = Post(migrated_url)
    yield made
    made.database.dispose()
    made.store.close()


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

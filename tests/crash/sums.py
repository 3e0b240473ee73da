"""What is written to the program, and what must have come of it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf

from sqlalchemy import func, select

from bot import samples
from bot.store import tables as t
from bot.store.store import Store
from tests.crash.platform import Arrival, Platform, Report
from tests.support.order import out_of_order

# Of these the samples' customers have contracts, and long since due deadlines: alarms ring all the time.
CHATS = tuple(sample.key for sample in samples.CUSTOMERS) + tuple(f"c{number}" for number in range(97))
LATE_S = 3 * 3600.0
STILL_S = 90  # without a step forward it is stuck; a slow machine is not
RECEIVING_S = 5.0  # at most, from a message's instant to its commit
# Two faults of different parts: whatever is lost, doubled or reordered in between, they are two tickets.
FAULTS = ("IVR挂了", "录音听不了")


@dataclass(frozen=True)
class Sum:
    """What the program has, and what the platform has of it.

    Attributes:
        doubled: messages that came more than once.
        unexcused: those of them whose outcome was known.
        by_kill: how many each killed process left in doubt, so that they came more than once.
    """

    received: int
    tickets: int
    sent: int
    alarms: int
    superseded: int
    doubled: int
    lost: int
    unexcused: list[list[Arrival]]
    by_kill: Counter[int]


def sum_up(store: Store, platform: Platform, killed: Mapping[int, float]) -> Sum:
    """Compare the store's books with the platform's."""
    arrivals = platform.books.arrivals
    with store.read() as session:
        received = session.scalar(select(func.count()).select_from(t.InboxRow)) or 0
        tickets = session.scalar(select(func.count()).select_from(t.TicketRow)) or 0
        rows = session.scalars(select(t.OutboxRow)).all()
    doubled = doubles(arrivals)
    unexcused = unexcused_of(doubled, killed, {row.id: row.sent_at for row in rows})
    sent = {row.id for row in rows if row.status == "sent"}
    lost = len(sent - {arrival.outbox_id for arrival in arrivals})
    alarms = sum(row.urgent for row in rows)
    superseded, by_kill = len(rows) - len(sent), in_doubt(doubled, killed)
    return Sum(received, tickets, len(sent), alarms, superseded, len(doubled), lost, unexcused, by_kill)


def reports(count: int, rate: float) -> list[Report]:
    """Return reports in the order in which they are written, chat after chat; ``rate`` of them a second."""
    now = datetime.now(UTC).timestamp()
    many = len(CHATS)
    return [
        Report(
            chat=CHATS[number % many],
            key=f"r{number}",
            text=FAULTS[number // many % len(FAULTS)],
            sent_at=now - (count - number) / rate - (LATE_S if number % many < len(samples.CUSTOMERS) else 0),
        )
        for number in range(count)
    ]


def wait_until_done(store: Store) -> bool:
    """Wait until everything is handled and delivered; tell whether it was, or work stood still."""
    left, since = _left(store), time.monotonic()
    while left != (0, 0) and time.monotonic() < since + STILL_S:
        time.sleep(0.2)
        if (now_left := _left(store)) != left:
            left, since = now_left, time.monotonic()
    print("unhandled {}, pending {}".format(*left))
    return left == (0, 0)


def _left(store: Store) -> tuple[int, int]:
    """Return how many messages are not handled, and how many are not delivered."""
    unhandled = select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status == "received")
    pending = select(func.count()).select_from(t.OutboxRow).where(t.OutboxRow.status == "pending")
    with store.read() as session:
        return session.scalar(unhandled) or 0, session.scalar(pending) or 0


def check_reports(store: Store) -> None:
    """Each report is one row, handled, and belongs to the one ticket of its chat and fault."""
    with store.read() as session:
        rows = session.execute(
            select(t.InboxRow, t.ChatRow.chat).join(t.ChatRow, t.ChatRow.id == t.InboxRow.chat_id)
        ).all()
        statuses = {row.status for row, _ in rows}
        tickets: dict[tuple[str, str], set[int | None]] = defaultdict(set)
        for row, chat in rows:
            tickets[chat, row.content["text"]].add(row.ticket_id)
        opened = session.scalar(select(func.count()).select_from(t.TicketRow))
        outcomes = set(session.scalars(select(t.OutboxRow.status)))
    assert statuses == {"handled"}
    assert outcomes <= {"sent", "superseded"}
    assert all(len(found) == 1 and None not in found for found in tickets.values())
    assert opened == len(tickets)
    with store.begin(datetime.now(UTC)) as unit:
        for found in tickets.values():
            [ticket] = found
            assert ticket is not None
            assert unit.tickets.differences(ticket) == {}


def check_answers(store: Store) -> None:
    """Each report was answered in its chat, in the order in which the chat's reports were written.

    One that became durable after a later one was answered is answered then; the order of ids tells which was.
    """
    with store.read() as session:
        answers = (
            select(t.InboxRow.id, func.min(t.OutboxRow.id))
            .join(t.OutboxRow, t.OutboxRow.inbox_id == t.InboxRow.id)
            .where(t.OutboxRow.chat_id == t.InboxRow.chat_id)
            .group_by(t.InboxRow.id)
        )
        first: dict[int, int] = dict(list(session.execute(answers)))
        rows = session.scalars(select(t.InboxRow).order_by(t.InboxRow.sent_at)).all()
    margin = timedelta(seconds=0 if store.engine.dialect.name == "sqlite" else RECEIVING_S)
    by_chat: dict[int, list[t.InboxRow]] = defaultdict(list)
    for row in rows:
        assert row.id in first, f"message {row.id} was not answered"
        for earlier in by_chat[row.chat_id]:
            if earlier.id < row.id and earlier.received_at + margin <= row.received_at:
                assert first[earlier.id] < first[row.id], f"{row.id} was handled before {earlier.id}"
        by_chat[row.chat_id].append(row)


def check_order(store: Store, arrivals: Sequence[Arrival]) -> None:
    """In each chat, support's too, messages arrived first in the order in which they were written.

    Alarms go beside the rest. What order means where several write at once: `tests.support.order`.
    """
    with store.read() as session:
        urgent: dict[int, bool] = dict(list(session.execute(select(t.OutboxRow.id, t.OutboxRow.urgent))))
    lanes: dict[tuple[str, bool], dict[int, None]] = defaultdict(dict)
    for arrival in arrivals:
        lanes[arrival.chat, urgent[arrival.outbox_id]].setdefault(arrival.outbox_id)
    for lane, first in lanes.items():
        assert out_of_order(store, list(first)) == [], lane


def doubles(arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """Return the arrivals of each message that came more than once."""
    by_message: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_message[arrival.outbox_id].append(arrival)
    return [found for found in by_message.values() if len(found) > 1]


def unexcused_of(
    doubled: Sequence[list[Arrival]], killed: Mapping[int, float], recorded: Mapping[int, datetime | None]
) -> list[list[Arrival]]:
    """Return the messages that came more than once although the outcome was known.

    It was unknown where the platform did not answer, or the process was killed before it had recorded it.
    """

    def was_known(arrival: Arrival, again: Arrival) -> bool:
        sent_at = recorded.get(arrival.outbox_id)
        is_late = sent_at is not None and sent_at.timestamp() < again.at
        return is_late or (arrival.was_answered and not _died_between(arrival, again, killed))

    return [found for found in doubled if any(map(was_known, found, found[1:]))]


def in_doubt(doubled: Sequence[list[Arrival]], killed: Mapping[int, float]) -> Counter[int]:
    """Return how many messages that came more than once each killed process had sent and not recorded."""
    return Counter(
        arrival.pid
        for found in doubled
        for arrival, again in pairwise(found)
        if arrival.was_answered and _died_between(arrival, again, killed)
    )


def _died_between(arrival: Arrival, again: Arrival, killed: Mapping[int, float]) -> bool:
    return killed.get(arrival.pid, inf) <= again.at  # its last words may be read later

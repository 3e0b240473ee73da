"""What is written to the program, and what must have come of it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from sqlalchemy import func, select

from bot.store import tables as t
from bot.store.store import Store
from tests.crash.platform import Arrival, Platform, Report

CHATS = 100
FINISH_S = 120
# Five faults of different parts: whatever is lost, doubled or reordered in between, they are five tickets.
FAULTS = ("IVR挂了", "录音听不了", "报表打不开了", "外呼任务打不出去", "软电话打不开")


@dataclass(frozen=True)
class Sum:
    """What the program has, and what the platform has of it.

    Attributes:
        unexcused: messages that came more than once although the outcome was known.
    """

    received: int
    tickets: int
    sent: int
    doubled: int
    lost: int
    unexcused: list[list[Arrival]]


def sum_up(store: Store, platform: Platform, killed: Mapping[int, float]) -> Sum:
    """Compare the store's books with the platform's."""
    arrivals = platform.books.arrivals
    with store.read() as session:
        received = session.scalar(select(func.count()).select_from(t.InboxRow)) or 0
        tickets = session.scalar(select(func.count()).select_from(t.TicketRow)) or 0
        messages = {row.id: row.sent_at for row in session.scalars(select(t.OutboxRow))}
    doubled, unexcused = doubles(arrivals, killed, messages)
    lost = len(set(messages) - {arrival.outbox_id for arrival in arrivals})
    return Sum(received, tickets, len(messages), doubled, lost, unexcused)


def reports(count: int, rate: float) -> list[Report]:
    """Return reports in the order in which they are written, chat after chat; ``rate`` of them a second."""
    now = datetime.now(UTC).timestamp()
    return [
        Report(
            chat=f"c{number % CHATS}",
            key=f"r{number}",
            text=FAULTS[number // CHATS % len(FAULTS)],
            sent_at=now - (count - number) / rate,
        )
        for number in range(count)
    ]


def wait_until_done(store: Store) -> bool:
    """Wait until everything is handled and delivered."""
    deadline = time.monotonic() + FINISH_S
    while time.monotonic() < deadline:
        with store.read() as session:
            unhandled = session.scalar(
                select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status == "received")
            )
            pending = session.scalar(
                select(func.count()).select_from(t.OutboxRow).where(t.OutboxRow.status == "pending")
            )
        if not unhandled and not pending:
            return True
        time.sleep(0.2)
    print(f"unhandled {unhandled}, pending {pending}")
    return False


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
    assert outcomes == {"sent"}
    assert all(len(found) == 1 and None not in found for found in tickets.values())
    assert opened == len(tickets)
    with store.begin(datetime.now(UTC)) as unit:
        for found in tickets.values():
            [ticket] = found
            assert ticket is not None
            assert unit.tickets.differences(ticket) == {}


def check_order(arrivals: Sequence[Arrival]) -> None:
    """In each chat the messages arrived first in the order in which they were written."""
    first: dict[str, list[int]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.outbox_id not in first[arrival.chat]:
            first[arrival.chat].append(arrival.outbox_id)
    for ids in first.values():
        assert ids == sorted(ids)


def doubles(
    arrivals: Sequence[Arrival], killed: Mapping[int, float], recorded: Mapping[int, datetime | None]
) -> tuple[int, list[list[Arrival]]]:
    """Return how many messages came more than once, and which of these although the outcome was known.

    It was unknown where the platform did not answer, or the process was killed before it had recorded it.
    """
    by_message: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_message[arrival.outbox_id].append(arrival)
    doubled = [found for found in by_message.values() if len(found) > 1]

    def was_known(arrival: Arrival, again: Arrival) -> bool:
        died_between = killed.get(arrival.pid, inf) <= again.at  # its last words may be read later
        sent_at = recorded.get(arrival.outbox_id)
        is_late = sent_at is not None and sent_at.timestamp() < again.at
        return is_late or (arrival.was_answered and not died_between)

    return len(doubled), [found for found in doubled if any(map(was_known, found, found[1:]))]

"""Nothing is lost and nothing is said twice, whatever dies: 2,000 reports while processes are killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.store import tables as t
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.crash.platform import Arrival, Platform, Report

REPORTS = 2000
CHATS = 100
KILLS = 20
RATE = 60.0  # reports a second
UPTIME_S, DOWNTIME_S = 1.5, 0.3  # at most, from ready to killed to started anew
FINISH_S = 120
# Five faults of different parts: whatever is lost, doubled or reordered in between, they are five tickets.
FAULTS = ("IVR挂了", "录音全都听不了", "报表打不开了", "外呼任务打不出去", "软电话打不开")


class Processes:
    """The program's processes: started, killed, started again."""

    def __init__(self, launcher: subprocess.Popen[str], roles: Sequence[tuple[str, int]], seed: int) -> None:
        self._launcher = launcher
        self._chance = random.Random(seed)
        self._ready: set[int] = set()
        self.pids = {place: self._start(*place) for place in roles}
        self.killed: dict[int, float] = {}

    def _start(self, role: str, port: int) -> int:
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(f"{role} {port}\n")
        self._launcher.stdin.flush()
        while (line := self._line())[0] != "started":
            self._ready.add(line[1])
        return line[1]

    def _line(self) -> tuple[str, int]:
        assert self._launcher.stdout is not None
        what, pid = self._launcher.stdout.readline().split()
        return what, int(pid)

    def kill_one(self) -> None:
        """Kill any of them at a random moment of its work, and start another in its place."""
        place = self._chance.choice(list(self.pids))
        pid = self.pids[place]
        while pid not in self._ready:
            self._ready.add(self._line()[1])
        time.sleep(self._chance.uniform(0, UPTIME_S))
        os.kill(pid, signal.SIGKILL)
        self.killed[pid] = time.time()
        time.sleep(self._chance.uniform(0, DOWNTIME_S))
        self.pids[place] = self._start(*place)

    def end(self) -> None:
        """End all as an operator does."""
        for pid in self.pids.values():
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        while any(map(_is_running, self.pids.values())) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(_is_running, self.pids.values())), "a process did not end within 15 s"


@contextmanager
def launched(url: str, platform: int, roles: Sequence[str], seed: int) -> Iterator[Processes]:
    """Start the program's processes."""
    launcher = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.program", url, str(platform)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        processes = Processes(launcher, [(role, free_port()) for role in roles], seed)
        try:
            yield processes
            processes.end()
        finally:
            for pid in processes.pids.values():
                if _is_running(pid):
                    os.kill(pid, signal.SIGKILL)
            assert launcher.stdin is not None
            launcher.stdin.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_report_and_no_message_is_lost_or_doubled_through_twenty_kills(
    migrated_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = ["serve"] if migrated_url.startswith("sqlite") else ["web", "web", "worker", "worker"]
    platform = Platform(seed=1)
    with platform.listening() as port, launched(migrated_url, port, roles, seed=2) as processes:
        ports = [port for role, port in processes.pids if role != "worker"]
        sender = threading.Thread(target=platform.deliver, args=(reports(), ports, RATE))
        sender.start()
        for _ in range(KILLS):
            processes.kill_one()
        sender.join()
        store = Store(migrated_url, load_workdays(Path("none")))
        finished = wait_until_done(store)

    with store.read() as session:
        received = session.scalar(select(func.count()).select_from(t.InboxRow))
        tickets = session.scalar(select(func.count()).select_from(t.TicketRow))
        messages = {row.id: row.sent_at for row in session.scalars(select(t.OutboxRow))}
    doubled, unexcused = doubles(platform.books.arrivals, processes.killed, messages)
    lost = len(set(messages) - {arrival.outbox_id for arrival in platform.books.arrivals})
    with capsys.disabled():
        print(
            f"\n{store.engine.dialect.name}: killed {len(processes.killed)}, received {received}, "
            f"tickets {tickets}, sent {len(messages)}, doubled {doubled} (outcome unknown), lost {lost}; "
            f"posts {platform.books.posted}, {platform.books.failed_posts} of them in vain, "
            f"refused {platform.books.refused}"
        )
    assert finished
    check_reports(store)
    check_order(platform.books.arrivals)
    assert unexcused == []
    assert lost == 0
    assert received == REPORTS
    assert len(processes.killed) >= KILLS
    store.close()


def reports() -> list[Report]:
    """Return the reports in the order in which they are written, chat after chat."""
    now = datetime.now(UTC).timestamp()
    return [
        Report(
            chat=f"c{number % CHATS}",
            key=f"r{number}",
            text=FAULTS[number // CHATS % len(FAULTS)],
            sent_at=now - (REPORTS - number) / RATE,
        )
        for number in range(REPORTS)
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
    assert len(tickets) == CHATS * len(FAULTS)
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


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

"""What one sweep costs in a large store: ``python -m tests.bench.sweep``.

Two stores on each database: one with 1,000 tickets, all of them open, and one with 1,000,000 of which 1,000
are open. In both, 10 are due at every round. A sweep must cost at most twice as much in the large one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from bot.store.tables import Base, TicketEventRow, TicketRow
from bot.watch.sweep import sweep
from tests.support.postgres import postgres_bin, running
from tests.support.world import World, migrated

OPEN, DUE = 1_000, 10
SMALL, LARGE = 1_000, 1_000_000
WARM_UP, ROUNDS = 3, 15
REPEATED = timedelta(minutes=30)  # an overdue ticket of priority 1 calls the manager so often
FAR = "'2099-01-01 00:00:00'"
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a sweep: the median, and the fastest of the rounds."""

    tickets: int
    median_ms: float
    fastest_ms: float


def measure(urls: Sequence[str], sizes: Sequence[int]) -> list[Cost]:
    """Fill stores and sweep them in turn, so that what else the machine does meets all of them alike."""
    worlds = [_store(url, size) for url, size in zip(urls, sizes, strict=True)]
    try:
        spans: list[list[float]] = [[] for _ in worlds]
        for number in range(WARM_UP + ROUNDS):
            for world, found in zip(worlds, spans, strict=True):
                span = _round(world)
                if number >= WARM_UP:
                    found.append(span * 1000)
    finally:
        for world in worlds:
            world.app.close()
    found_for = zip(sizes, spans, strict=True)
    return [Cost(size, statistics.median(found), min(found)) for size, found in found_for]


def _store(url: str, tickets: int) -> World:
    world = World(migrated(url))
    world.customer("所有坐席都登不上系统了")
    world.staff("确认 T1 1")
    world.now += timedelta(days=1)
    world.app.sweep()  # long overdue: from here on it rings at every round
    world.app.deliver()
    with world.app.store.engine.begin() as connection:
        _fill(connection, tickets)
    tidy(world)
    return world


def _round(world: World) -> float:
    """Return the seconds of one sweep in which `DUE` tickets ring."""
    world.now += REPEATED
    start = time.perf_counter()
    done = sweep(world.app.store, world.now)
    span = time.perf_counter() - start
    if done != DUE:
        raise AssertionError(f"{done} tickets were due, not {DUE}")
    world.app.deliver()
    return span


def _fill(connection: Connection, tickets: int) -> None:
    """Copy the first ticket and its events: all open at equal distances, the first of those due."""
    apart = tickets // OPEN
    is_open = f"n % {apart} = 0"
    is_due = f"{is_open} AND n <= {apart * DUE}"
    far = FAR if connection.dialect.name == "sqlite" else f"TIMESTAMPTZ {FAR}"
    work = f"CASE WHEN {is_open} THEN work ELSE 'closed' END"
    alarm = f"CASE WHEN {is_due} THEN next_alarm_at WHEN {is_open} THEN {far} END"
    copy(connection, TicketRow, tickets, {"id": "n", "work": work, "next_alarm_at": alarm}, "id = 1")
    copy(connection, TicketEventRow, tickets, {"id": None, "ticket_id": "n"}, "ticket_id = 1")
    if apart > 1:  # the pattern itself is one more that is due
        connection.execute(text("UPDATE tickets SET work = 'closed', next_alarm_at = NULL WHERE id = 1"))


def copy(
    connection: Connection, table: type[Base], last: int, changes: dict[str, str | None], pattern: str
) -> None:
    """Insert copies of the rows of ``pattern`` with changed columns; None leaves a column to the database."""
    columns = [column.name for column in table.__table__.columns if changes.get(column.name, "") is not None]
    values = [str(changes.get(name, name)) for name in columns]
    name = table.__tablename__
    into = f"INSERT INTO {name} ({', '.join(columns)}) {NUMBERS.format(last=last)}"
    picked = f"SELECT {', '.join(values)} FROM numbers CROSS JOIN {name} WHERE {name}.{pattern}"  # noqa: S608 - our own words
    connection.execute(text(f"{into} {picked}"))


def tidy(world: World) -> None:
    """Let the database know its tables, as it would by itself after a while."""
    with world.app.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        command = "ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE"
        connection.exec_driver_sql(command)


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, list[str]]]:
    """Yield two empty databases of each kind."""
    found = {"SQLite": [f"sqlite:///{folder}/{name}.db" for name in ("small", "large")]}
    if postgres_bin() is None:
        yield found
        return
    with running(folder) as server:
        for name in ("small", "large"):
            server.execute(f"CREATE DATABASE {name}")
        yield {**found, "PostgreSQL": [server.url(name) for name in ("small", "large")]}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tickets", type=int, default=LARGE, help="size of the large store")
    large = parser.parse_args().tickets
    table = Table("database", "tickets", "open", "due", "median ms", "fastest ms", "ratio of medians")
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        os.chmod(name, 0o755)  # noqa: S103 - the database server may run as another user
        with databases(Path(name)) as found:
            for database, urls in found.items():
                costs = measure(urls, (SMALL, large))
                for cost in costs:
                    sizes = (f"{cost.tickets:,}", f"{OPEN:,}", str(DUE))
                    ratio = cost.median_ms / costs[0].median_ms
                    spans = (f"{cost.median_ms:.1f}", f"{cost.fastest_ms:.1f}", f"{ratio:.2f}")
                    table.add_row(database, *sizes, *spans)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

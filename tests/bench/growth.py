"""What a report costs in a large store: ``python -m tests.bench.growth``.

Two stores on each database, with 1,000 and with 1,000,000 tickets of a thousand customers, each ticket with
its event, message and answer; one in a thousand is open. Customers report in both in turn. A report must cost
at most 1.3 times as much in the large one.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from bot.messages import Sender
from bot.store.tables import ChatRow, ContractRow, CustomerRow, InboxRow, OutboxRow, TicketEventRow, TicketRow
from tests.bench.callbacks import TEXTS
from tests.bench.sweep import copy, databases, tidy
from tests.support.world import World, migrated

SMALL, LARGE = 1_000, 1_000_000
CUSTOMERS = 1_000
FIRST = 10_000  # id of the first of them, and of their chats
WARM_UP, ROUNDS = 20, 200
GOAL = 1.3


def store(url: str, tickets: int) -> World:
    """Return a program on a store with so many tickets."""
    world = World(migrated(url))
    world.customer("录音听不了了")
    with world.app.store.engine.begin() as connection:
        fill(connection, tickets)
    tidy(world)
    return world


def fill(connection: Connection, tickets: int) -> None:
    """Copy the first customer with chat and contract, and the first ticket with all that belongs to it."""
    customer = f"{FIRST} + n % {CUSTOMERS}"
    last = FIRST + CUSTOMERS
    many = f"n >= {FIRST} AND customer_id IS NOT NULL"
    first = "(SELECT min(id) FROM {})"
    copy(
        connection,
        CustomerRow,
        last,
        {"id": "n", "name": "'customer ' || n"},
        f"id = {first.format('customers')} AND n >= {FIRST}",
    )
    copy(
        connection,
        ContractRow,
        last,
        {"id": "n", "customer_id": "n", "number": "'B-' || n"},
        f"id = {first.format('contracts')} AND n >= {FIRST}",
    )
    copy(
        connection,
        ChatRow,
        last,
        {"id": "n", "customer_id": "n", "chat": "'user-' || n"},
        f"id = {first.format('chats')} AND {many}",
    )
    place = {"chat_id": customer}
    work = "CASE WHEN n % 1000 = 0 THEN work ELSE 'closed' END"
    alarm = {"work": work, "next_alarm_at": "NULL", "customer_id": customer}
    copy(connection, TicketRow, tickets, {"id": "n", **place, **alarm}, "id = 1")
    copy(connection, TicketEventRow, tickets, {"id": None, "ticket_id": "n"}, "ticket_id = 1")
    key = {"dedupe_key": "'old ' || n", "ticket_id": "n"}
    copy(connection, InboxRow, tickets, {"id": "n", **place, **key}, "id = 1")
    copy(connection, OutboxRow, tickets, {"id": "n + 100", **place, "ticket_id": "n"}, "id = 1")
    if connection.dialect.name == "postgresql":
        for table in ("customers", "contracts", "chats", "tickets", "inbox", "outbox"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608 - our own words
            )


def measure(urls: Sequence[str], sizes: Sequence[int]) -> list[float]:
    """Return the median milliseconds of a report in each store; they take turns."""
    worlds = [store(url, size) for url, size in zip(urls, sizes, strict=True)]
    spans: list[list[float]] = [[] for _ in worlds]
    try:
        for number in range(WARM_UP + ROUNDS):
            for world, found in zip(worlds, spans, strict=True):
                user = f"user-{FIRST + number}"
                message = world.inbound(user, Sender(user, user), TEXTS[number % len(TEXTS)])
                began = time.perf_counter()
                world.app.submit(message)
                if number >= WARM_UP:
                    found.append((time.perf_counter() - began) * 1000)
    finally:
        for world in worlds:
            world.app.close()
    return [statistics.median(found) for found in spans]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tickets", type=int, default=LARGE, help="size of the large store")
    sizes = (SMALL, parser.parse_args().tickets)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    table = Table("database", "tickets", "median ms", "ratio", f"goal: at most {GOAL}")
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        Path(name).chmod(0o755)  # the database server may run as another user
        with databases(Path(name)) as found:
            for database, urls in found.items():
                costs = measure(urls, sizes)
                for size, cost in zip(sizes, costs, strict=True):
                    ratio = cost / costs[0]
                    table.add_row(database, f"{size:,}", f"{cost:.1f}", f"{ratio:.2f}", "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

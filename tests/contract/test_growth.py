"""A report's cost does not grow with what is stored: no statement of it reads a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.desk.ticket import FINAL, Work
from bot.messages import Sender
from bot.store import tables as t
from bot.web import metrics
from tests.support.world import World

GROWING = {"inbox", "outbox", "tickets", "ticket_events", "ticket_chats", "chats", "contacts", "alarms"}
REPORTS = ("录音听不了了", "所有坐席都登不上系统了", "录音还是听不了，催一下", "催单", "查进度")


@contextmanager
def statements(world: World) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked of the database."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "SET", "EXPLAIN", "INSERT")):
            seen.append((statement, parameters))

    event.listen(world.app.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(world.app.store.engine, "before_cursor_execute", note)


def whole_tables(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """Return the growing tables that a statement reads from one end to the other, even where it need not."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        lines = [str(row[3]) for row in plan]
        found = {line.split()[1] for line in lines if line.startswith("SCAN") and "USING" not in line}
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        found = set(re.findall(r"Seq Scan on (\w+)", "\n".join(str(row[0]) for row in plan)))
    return found & GROWING


def check(world: World, seen: list[tuple[str, Any]]) -> None:
    """Check the plans of what was asked; newest-first with a limit reads no more than the limit."""
    assert seen
    bad: dict[str, set[str]] = {}
    with world.app.store.engine.connect() as connection:
        for statement, parameters in seen:
            if (
                found := whole_tables(connection, statement, parameters)
            ) and "id DESC LIMIT" not in statement.replace("tickets.", ""):
                bad[statement] = found
    assert bad == {}


def test_no_statement_of_a_report_reads_a_whole_table(world: World) -> None:
    world.customer(REPORTS[0])
    with statements(world) as seen:
        for text in REPORTS:
            world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), text))
    check(world, seen)


def test_no_statement_of_supports_reads_a_whole_table(world: World) -> None:
    world.customer(REPORTS[0])
    with statements(world) as seen:
        for text in ("待办", "认领 T1", "确认 T1 2", "回复 T1 正在处理", "工单 T1"):
            world.app.submit(world.inbound("staff", world.person("li"), text))
    check(world, seen)


def test_no_statement_of_the_watch_or_of_the_metrics_reads_a_whole_table(world: World) -> None:
    world.customer(REPORTS[1])
    world.wait_undelivered(hours=1, minutes=30)
    with statements(world) as seen:
        world.app.sweep()
        metrics.render(world.app)
    check(world, seen)


def test_what_counts_as_live_in_the_store_is_what_is_not_final() -> None:
    named = set(re.findall(r"'(\w+)'", t.LIVE_TICKET.text))
    assert named == {work.value for work in Work if work not in FINAL}


@pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_database_without_statistics_finds_a_chat_and_a_cards_messages_by_their_own_index(
    world: World,
) -> None:
    world.customer(REPORTS[1])
    with statements(world) as seen:
        world.app.submit(world.inbound("enhanced", Sender("enhanced", "林主管"), REPORTS[1]))
    wanted = {
        "coalesce((SELECT chats.id": "uq_chats_channel_account_chat",
        "UPDATE outbox SET status=%(status)s::VARCHAR WHERE outbox.chat_id": "ix_outbox_card",
    }
    with world.app.store.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for words, index in wanted.items():
            statement, parameters = next(one for one in seen if words in one[0])
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            assert index in "\n".join(row[0] for row in plan)

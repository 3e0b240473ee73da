"""PostgreSQL's connections: none that is gone is used; a migration and whoever writes wait for each other."""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import SchemaMoved
from bot.store import engine as engines
from bot.store import liveness, migrate
from bot.store.guests import guest_engine
from bot.store.store import Store, UnitOfWork
from bot.workdays import load_workdays
from tests.support.world import MONDAY_10, migrated

pytestmark = pytest.mark.postgres
PREPARED = 10  # uses after which the driver lets the server keep a statement
GIVE_UP_S = 60
PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    made = Store(migrated(postgres_url), load_workdays())
    made.guard(migrate.head())
    yield made
    made.close()


def use(engine: Engine) -> int:
    """Use a connection of the pool, and return which process of the server it leads to."""
    with engine.connect() as connection:
        return int(connection.execute(PID).scalar_one())


def counted(engine: Engine) -> Counter[str]:
    """Count from now on how often the server is asked whether it is there."""
    found: Counter[str] = Counter()
    ping = engine.dialect.do_ping

    def asked(connection: Any) -> bool:
        found["ping"] += 1
        return ping(connection)

    engine.dialect.do_ping = asked  # type: ignore[method-assign]
    return found


def test_a_connection_is_asked_after_a_rest_and_not_at_each_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = counted(store.engine)
    assert len({use(store.engine) for _ in range(5)}) == 1
    assert found["ping"] == 0
    monkeypatch.setattr(liveness, "RESTED_S", -1.0)
    use(store.engine)
    assert found["ping"] == 1


def test_a_connection_that_the_server_ended_is_not_used(store: Store) -> None:
    other = engines.create(str(store.engine.url))
    ended = use(store.engine)
    with other.connect() as connection:
        is_over = text("SELECT pg_terminate_backend(:pid, :patience_ms)")
        assert connection.execute(is_over, {"pid": ended, "patience_ms": GIVE_UP_S * 1000}).scalar_one()
    other.dispose()
    assert use(store.engine) != ended


def test_who_writes_while_the_schema_is_migrated_waits_and_is_refused(store: Store) -> None:
    for _ in range(PREPARED):
        store.transact(lambda _: None, MONDAY_10)
    refused: list[SchemaMoved] = []

    def write() -> None:
        try:
            store.transact(lambda _: None, MONDAY_10)
        except SchemaMoved as error:
            refused.append(error)

    writing = threading.Thread(target=write)
    with migrate._alone(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
        writing.start()
        wait_for_a_waiter(store.engine)
    writing.join(GIVE_UP_S)
    assert len(refused) == 1


def test_a_migration_waits_for_what_is_being_written(store: Store) -> None:
    migrated_by_now = threading.Event()

    def another_program() -> None:
        with migrate._alone(store.engine):
            migrated_by_now.set()

    migrating = threading.Thread(target=another_program)

    def write(_: UnitOfWork) -> None:
        migrating.start()
        wait_for_a_waiter(store.engine)
        assert not migrated_by_now.is_set()

    store.transact(write, MONDAY_10)
    migrating.join(GIVE_UP_S)
    assert migrated_by_now.is_set()


@pytest.mark.parametrize("connected", [lambda store: store.engine, lambda store: guest_engine(store, now)])
def test_the_locks_of_a_client_that_is_gone_are_soon_free(
    store: Store, connected: Callable[[Store], Engine]
) -> None:
    engine = connected(store)
    idle = text("SHOW idle_in_transaction_session_timeout")
    keepalive = text("SHOW tcp_keepalives_idle")
    with engine.connect() as connection:
        connection.rollback()  # what was set for a transaction only would be undone
        assert (connection.scalar(idle), connection.scalar(keepalive)) == ("1min", "10")
        driver: Any = connection.connection.driver_connection
        reached = socket.socket(fileno=os.dup(driver.fileno()))
        assert reached.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == engines.KEEPALIVE_S
        assert reached.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == engines.GONE_MS
        reached.close()
    engine.dispose()


def test_who_waits_for_a_migration_is_more_patient_than_who_waits_for_a_row(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LOCK_TIMEOUT_S", 1)
    found: list[str | None] = []
    looking = threading.Thread(target=lambda: found.append(migrate.current(store.engine)))
    with migrate._alone(store.engine) as connection:
        looking.start()
        with pytest.raises(OperationalError):  # has waited for its second beside it
            store.transact(lambda _: None, MONDAY_10)
        connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    looking.join(GIVE_UP_S)
    assert found == ["newer"]


def now() -> datetime:
    return MONDAY_10


def wait_for_a_waiter(engine: Engine) -> None:
    """Wait until somebody waits for a lock in this database."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(GIVE_UP_S * 20):
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits")

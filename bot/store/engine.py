"""The engine: one per process, set up so that SQLite and PostgreSQL keep the same promises."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.errors import SettingError
from bot.store import liveness
from bot.store.files import to_look

BUSY_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 5
# PostgreSQL: nobody waits for a row any longer, and what a client that is gone has locked is free soon.
LOCK_TIMEOUT_S = 5
IDLE_TIMEOUT_S = 60  # in a transaction, of a client that answers but does nothing
KEEPALIVE_S, PROBE_S, PROBES = 10, 5, 3  # of silence, then between the questions whether the other is there
GONE_MS = 1000 * (KEEPALIVE_S + PROBE_S * PROBES)
STATEMENTS = 500  # of ours there are about two hundred; the driver keeps a hundred
REACHING = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": KEEPALIVE_S,
    "keepalives_interval": PROBE_S,
    "keepalives_count": PROBES,
    "tcp_user_timeout": GONE_MS,
}
# PostgreSQL: our advisory locks among others in the database ('hotl'); each has a number, or a process has.
FAMILY = 0x686F746C
RELAYING, WRITING, SENDING = 0, 1, 2
# A migration waits until the workers have recorded what they are sending, then for other migrations, at last
# for who writes: whoever has read the schema's revision holds its table with others until their commit.
WAIT_FOR_SENDING = f"SELECT pg_advisory_xact_lock({FAMILY}, {SENDING})"
MIGRATE_ALONE = f"SELECT pg_advisory_xact_lock({FAMILY}, {WRITING})"
HOLD_REVISION = "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"


class FairLock:
    """A first-in-first-out lock: SQLite's own busy wait starves threads under load."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; waiters are served in the order in which they came."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self) -> None:
        """Wait for one's turn; whoever acquires releases."""
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()  # released by the one before us, who hands the lock over

    def release(self) -> None:
        """Hand the lock to the next in line."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


def parse(url: str) -> URL:
    """Return a database address in its parts.

    Raises:
        SettingError: it is malformed.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingError(
            "HOTLINE_DATABASE_URL is no database address; use sqlite:///FILE or postgresql+psycopg://…"
        ) from error


def _pooling(url: URL) -> dict[str, Any]:
    """Return who gets a connection: who wrote last, since what others wrote empties its cache."""
    is_file = url.database not in (None, "", ":memory:")  # else there is no pool to choose from
    return {"pool_use_lifo": True} if is_file else {}


def create(url: str, *, looks_only: bool = False) -> Engine:
    """Return an engine for ``sqlite:///FILE`` or ``postgresql+psycopg://…``; its errors quote no values.

    Args:
        looks_only: of a SQLite file, and its journal, nothing is changed, not even by the last who closes it.

    Raises:
        SettingError: the address is malformed or names another database.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            hide_parameters=True,
            **_pooling(parsed),
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
        )
        if looks_only:
            event.listen(engine, "do_connect", _open_to_look)
        else:
            event.listen(engine, "connect", lambda connection, _record: prepare_sqlite(connection))
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if parsed.drivername != "postgresql+psycopg":
        raise SettingError(
            f"HOTLINE_DATABASE_URL: {parsed.drivername} is not supported; "
            "use sqlite:///FILE or postgresql+psycopg://…"
        )
    try:
        return create_postgres(parsed, lock_timeout_s=LOCK_TIMEOUT_S)
    except (ImportError, NoSuchModuleError) as error:
        raise SettingError("HOTLINE_DATABASE_URL: PostgreSQL needs the extra `postgres`") from error


def create_postgres(url: URL, *, lock_timeout_s: int, **pool: Any) -> Engine:
    """Return an engine for PostgreSQL; its errors quote no values, and nobody gets a connection that is gone.

    Args:
        lock_timeout_s: how long a connection waits for a lock before that is an error; 0: on and on.
        pool: sizes of the pool, as `sqlalchemy.create_engine` takes them.
    """
    engine = create_engine(url, hide_parameters=True, connect_args=REACHING, **pool)
    liveness.watch(engine)
    event.listen(engine, "connect", lambda connection, _record: _prepare_postgres(connection, lock_timeout_s))
    return engine


def limit_waiting(connection: Connection, seconds: float) -> None:
    """Wait for each lock at most so long in this transaction; on SQLite there are none."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(1000 * seconds)}")


def _prepare_postgres(connection: Any, lock_timeout_s: int) -> None:
    """Set up one connection: it ends soon, and its locks with it, when either side is gone.

    What is asked again and again is kept by the server, ready to run. All this is set by statements: a pooler
    takes no options at the start.
    """
    connection.prepared_max = STATEMENTS
    connection.autocommit = True  # else it would be undone with the first transaction
    connection.execute(
        f"SET lock_timeout = '{lock_timeout_s}s'; "
        f"SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_S}s'; "
        f"SET tcp_keepalives_idle = {KEEPALIVE_S}; SET tcp_keepalives_interval = {PROBE_S}; "
        f"SET tcp_keepalives_count = {PROBES}; SET tcp_user_timeout = {GONE_MS}"
    )
    connection.autocommit = False


def prepare_sqlite(connection: Any) -> None:
    """Set up one connection: readers beside a writer, what is committed is on the disk, keys hold."""
    connection.isolation_level = None  # we emit BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _open_to_look(_dialect: Any, _record: Any, place: tuple[str], options: dict[str, Any]) -> Any:
    return sqlite3.connect(to_look(Path(place[0])), uri=True, **{**options, "isolation_level": None})


def _begin_immediate(connection: Any) -> None:
    # A read that later writes would fail with SQLITE_BUSY; readers use autocommit connections instead.
    connection.exec_driver_sql(
        "BEGIN" if connection.get_execution_options().get("readonly") else "BEGIN IMMEDIATE"
    )


def close(engine: Engine) -> None:
    """Close all connections for good: those that a thread still has when it gives them back."""
    event.listen(engine, "checkin", lambda _, record: record.invalidate())
    engine.dispose()

"""A database engine for a library that keeps tables of its own in our database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from bot.store import engine as engines
from bot.store.store import Store

READS = ("SELECT", "PRAGMA", "WITH")
WRITING = "writing"


def guest_engine(store: Store, clock: Callable[[], datetime]) -> Engine:
    """Return an engine for the store's database whose writers wait in line with the store's own.

    Args:
        clock: the real one. SQLite before 3.42 tells no fractions of a second, so that a library which counts
            messages a second by the database's clock would count wrong, or fail.
    """
    url = store.engine.url
    if store.engine.dialect.name != "sqlite":
        # No lock timeout: the library's own migrations may wait for longer.
        return engines.create_postgres(url, lock_timeout_s=0, pool_size=10, max_overflow=20)
    made = create_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=40,
        connect_args={"timeout": engines.BUSY_TIMEOUT_MS / 1000},
    )

    def prepare(connection: Any, _record: Any) -> None:
        engines.prepare_sqlite(connection)
        connection.isolation_level = "IMMEDIATE"  # a write begins a transaction, a read does not
        # Nothing that a guest keeps is the truth: after a power cut it may lack the last moments.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.create_function("unixepoch", 1, lambda _: clock().timestamp())
        connection.create_function("strftime", 2, lambda _form, _when: clock().timestamp())

    def begin_write(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        info = connection.connection.record_info
        if info is not None and WRITING not in info and not statement.lstrip().upper().startswith(READS):
            store.writers.acquire()
            info[WRITING] = True

    def end_write(_connection: Any, record: Any) -> None:
        if record.record_info.pop(WRITING, False):
            store.writers.release()

    event.listen(made, "connect", prepare)
    event.listen(made, "before_cursor_execute", begin_write)
    event.listen(made, "checkin", end_write)
    return made

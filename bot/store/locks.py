"""A lock by name over all processes on one database: who holds it does what only one may do."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bot.store.store import Store, sqlite_file


class ServerLock:
    """An advisory lock in PostgreSQL: it ends with the connection that took it, however that ends."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: Connection | None = None
        self._guard = threading.Lock()
        self._is_over = False

    def held(self) -> bool:
        """Take the lock if it is free; tell whether it is ours; it is not after its release."""
        with self._guard:
            if self._is_over:
                return False
            try:
                if self._connection is not None:
                    self._connection.execute(text("SELECT 1"))
                    return True
                return self._take()
            except DBAPIError:
                self._drop()
                return False

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        is_ours = False
        try:
            is_ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}))
        finally:
            if not is_ours:
                connection.close()
        self._connection = connection if is_ours else None
        return is_ours

    def release(self) -> None:
        """Let somebody else have it, for good."""
        with self._guard:
            self._is_over = True
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # the server lets go of the lock with the connection
            self._connection.close()
            self._connection = None


class FileLock:
    """A lock on a file beside a SQLite database, of which the system lets go when the process ends."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._guard = threading.Lock()
        self._is_over = False

    def held(self) -> bool:
        """Take the lock if it is free; tell whether it is ours: not after its release."""
        with self._guard:
            return not self._is_over and (self._file is not None or self._take())

    def _take(self) -> bool:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let somebody else have it, for good."""
        with self._guard:
            self._is_over = True
            if self._file is not None:
                os.close(self._file)
                self._file = None


def lock(store: Store, name: str) -> ServerLock | FileLock:
    """Return the lock of that name; it is not taken yet."""
    file = sqlite_file(str(store.engine.url))
    if file is None:
        return ServerLock(store.engine, name)
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return FileLock(f"{file.resolve()}.{digest}.lock")

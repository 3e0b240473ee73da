"""One process on a SQLite file: a second one is refused, because delivery there knows no other process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StoreError
from bot.store.store import sqlite_file


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the database's file for this process; other databases take as many processes as wanted.

    The lock is the operating system's, on a file beside the database's: it ends with the process, in whatever
    way that ends. The file stays.

    Raises:
        StoreError: another process holds it.
    """
    file = sqlite_file(url)
    if file is None or not file.parent.is_dir():  # the latter is refused with its own words later
        yield
        return
    file = file.resolve()  # whatever link led to it
    try:
        lock = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"HOTLINE_DATABASE_URL: cannot write {file}.lock: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StoreError(
            f"another `hotline serve` or `hotline worker` works on {file}; SQLite takes one process: "
            "stop it first, or use PostgreSQL"
        ) from None
    try:
        yield
    finally:
        os.close(lock)

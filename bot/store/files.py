"""The files of a SQLite store: what must lie there before it is opened, and how a new one comes to be."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.errors import StoreError

SIDE_FILES = ("-wal", "-shm")  # what a database keeps beside it while it is open
HALF = ".hotline-half"
LEFT_S = 3600.0  # since it was written to last: whoever made it was killed
JOURNALS = ("-wal", "-journal")  # of these, what is committed, or half written, and not yet in the file


def check(file: Path) -> None:
    """Look at a store's file, or at the place where one would begin, without opening it.

    Raises:
        StoreError: it has two names, or it is emptied, or gone while its journal is there.
    """
    if not file.exists():
        if left := next((path for path in _beside(file, JOURNALS) if _size(path)), None):
            raise StoreError(
                f"HOTLINE_DATABASE_URL: {file} is gone, yet its journal {left.name} is there; nothing was "
                "written. Put the file back, or keep the journal elsewhere and `hotline db restore` a backup"
            )
        return
    found = file.stat()
    if found.st_nlink > 1:
        raise StoreError(
            f"HOTLINE_DATABASE_URL: {file} has another name (a hard link), under which SQLite would keep a "
            "second journal and damage it; remove one of the names"
        )
    if not found.st_size:
        raise StoreError(
            f"HOTLINE_DATABASE_URL: {file} is empty, which no store is; nothing was written. `hotline db "
            "restore` the last backup, or remove the file if there never was anything in it"
        )


def to_look(file: Path) -> str:
    """Return a file's address for `sqlite3` by which its journal is read too, and both stay as they are."""
    return f"{file.absolute().as_uri()}?mode=ro"


def take_back(file: Path) -> None:
    """Let SQLite undo what a killed process had half written: until then nobody can look at the file."""
    if _size(Path(f"{file}-journal")):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA schema_version")


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield a file beside ``target``, private to its owner, that gets its name in the end, if nothing fails.

    Raises:
        StoreError: it can't be written.
    """
    half = None
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=HALF, dir=target.parent)
        os.close(number)
        half = Path(name)
        _remove_left(half)
        yield half
        _sync(half)
        os.replace(half, target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error.strerror}") from error
    finally:
        if half is not None:
            for path in _beside(half, ("", *SIDE_FILES)):
                path.unlink(missing_ok=True)


def _remove_left(half: Path) -> None:
    """Remove what killed processes left half made: it holds customers' words (5.2)."""
    now_s = half.stat().st_mtime
    for left in half.parent.glob(f".*{HALF}*"):
        with suppress(FileNotFoundError):  # somebody else's, who is through
            if now_s - left.stat().st_mtime > LEFT_S:
                left.unlink()


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _beside(file: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return [Path(f"{file}{suffix}") for suffix in suffixes]


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0

"""Backup and restore of a SQLite store: one whole file, taken while the service runs."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.errors import StoreError
from bot.store import files, migrate
from bot.store.files import SIDE_FILES, new_file
from bot.store.store import sqlite_file


def backup(url: str, target: Path) -> int:
    """Copy the database into a new file, which only its owner can read, and return its size in bytes.

    The copy is what was committed when it began; it is checked before it gets its name.

    Raises:
        StoreError: it is no SQLite file, or is damaged or emptied, or ``target`` exists or can't be written.
    """
    source = _file(url)
    files.check(source.resolve())
    if not source.is_file():
        raise StoreError(f"there is no database {source}")
    if target.exists():
        raise StoreError(f"{target} exists already; name another file")
    with new_file(target) as half:
        _copy(source, half)
    return target.stat().st_size


def restore(url: str, copy: Path, now: datetime) -> Path | None:
    """Put a backup in the database's place; return where the database that was there is kept, if there was.

    No program may have the database open. It is one replacement: killed at whatever moment, it leaves there
    the database that was, or the backup, each as a whole.

    Raises:
        StoreError: the backup is none, damaged, or a newer program wrote it, or somebody has the database
            open; nothing is changed then.
    """
    place = _file(url)
    if not copy.is_file():
        raise StoreError(f"there is no file {copy}")
    kept = place.with_name(f"{place.name}.{now:%Y%m%d-%H%M%S}")
    if kept.exists():
        raise StoreError(f"{kept} exists already; try again in a second")
    with new_file(place) as half:
        _copy(copy, half)
        _check_schema(half, copy)
        had_one = place.exists()
        _keep(place, kept)
    return kept if had_one else None


def _keep(place: Path, kept: Path) -> None:
    """Copy a database with all that is beside it, and leave nothing beside it."""
    copies = {Path(f"{place}{suffix}"): Path(f"{kept}{suffix}") for suffix in ("", *SIDE_FILES)}
    for old, copy in copies.items():
        if old.exists():
            with new_file(copy) as half:
                shutil.copyfile(old, half)
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=rw", uri=True)) as store:
            store.execute("PRAGMA journal_mode=DELETE")  # takes in what is beside it: the file is all of it
    except sqlite3.DatabaseError as error:  # else it is damaged, or there is none
        if "locked" in str(error):
            for copy in copies.values():
                copy.unlink(missing_ok=True)
            raise StoreError(f"{place} is open in another program; end that first") from error
    for suffix in SIDE_FILES:
        Path(f"{place}{suffix}").unlink(missing_ok=True)


def _file(url: str) -> Path:
    file = sqlite_file(url)
    if file is None:
        raise StoreError(
            "this is for SQLite; back up PostgreSQL with pg_dump --format=custom, restore with pg_restore"
        )
    return file


def _copy(source: Path, half: Path) -> None:
    """Copy a database by SQLite's own way for open ones, and check what came of it."""
    try:
        looked = sqlite3.connect(files.to_look(source), uri=True)
        with closing(looked) as store, closing(sqlite3.connect(half)) as made:
            store.backup(made)  # in one step, which keeps no writer waiting: between two it would begin anew
            made.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            problems = [row[0] for row in made.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
    except sqlite3.Error as error:
        raise StoreError(f"{source} can't be copied: {error}") from error
    if problems:
        raise StoreError(f"{source} is damaged: {problems[0]}")


def _check_schema(half: Path, copy: Path) -> None:
    try:
        with closing(sqlite3.connect(half)) as made:
            revisions = made.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise StoreError(f"{copy} is no backup of this program: {error}") from error
    if len(revisions) != 1 or not migrate.is_known(revisions[0][0]):
        raise StoreError(f"{copy} was written by a newer program; restore it with that one")

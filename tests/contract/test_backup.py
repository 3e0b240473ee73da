"""Backup and restore of a SQLite store, and what PostgreSQL is told instead."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli import run
from bot.store.files import HALF
from bot.store.store import sqlite_file
from tests.support.world import World, migrated

P1 = "所有坐席都登不上系统了"
ENDLESS = 100_000  # writes: a copy takes some hundreds


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The program on a SQLite file."""
    made = World(migrated(f"sqlite:///{tmp_path / 'test.db'}"))
    yield made
    made.app.close()


def tickets_of(url: str) -> list[object]:
    """Return the numbers of the tickets in a database."""
    opened = World(url)
    try:
        return [ticket["id"] for ticket in opened.tickets()]
    finally:
        opened.app.close()


def test_a_backup_of_a_running_store_holds_every_message_that_was_taken(world: World, tmp_path: Path) -> None:
    """The writer goes on while the copy is made: each ticket is in it wholly or not at all."""
    stop = threading.Event()

    def report_on_and_on() -> None:
        number = 0
        while not stop.is_set():
            world.customer(P1, who=f"customer-{number}")
            number += 1

    world.customer(P1)
    writer = threading.Thread(target=report_on_and_on)
    writer.start()
    try:
        code = run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url])
    finally:
        stop.set()
        writer.join()
    assert code == 0
    copied = World(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copied.tickets()[0]["id"] == 1
    assert copied.differences() == {}
    copied.app.close()
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".copy*"))


def test_a_backup_ends_although_others_write_on_and_on(world: World, tmp_path: Path) -> None:
    """The file takes longer to copy than a write lasts: who begins anew after each one is never through."""
    file, ended, writes = sqlite_file(world.url), threading.Event(), []
    assert file is not None
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE ballast (bytes BLOB)")
        other.executemany("INSERT INTO ballast VALUES (zeroblob(?))", [(2**20,)] * 32)
        other.commit()

    def write_on_and_on() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("PRAGMA synchronous=OFF")
            while not ended.is_set() and len(writes) < ENDLESS:
                writes.append(other.execute("INSERT INTO ballast VALUES (1)").rowcount)

    writer = threading.Thread(target=write_on_and_on)
    writer.start()
    try:
        assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
        assert len(writes) < ENDLESS
    finally:
        ended.set()
        writer.join()


def test_what_a_killed_backup_left_is_removed_by_the_next_one(world: World, tmp_path: Path) -> None:
    """It holds customers' words; what another one is just making stays."""
    left, making = (tmp_path / f".copy-{day}.db.x{HALF}" for day in (1, 2))
    for file in (left, making):
        file.write_text("customers' words")
    os.utime(left, (0, 0))
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    assert not left.exists()
    assert making.exists()


def test_a_backup_overwrites_nothing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").write_text("mine")
    assert run(["db", "backup", str(tmp_path / "precious"), "--db", world.url]) == 1
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "precious").read_text() == "mine"


def test_what_was_backed_up_comes_back_and_what_was_there_is_kept(world: World, tmp_path: Path) -> None:
    world.customer(P1)
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    world.customer("录音听不了了", who="enhanced")
    world.app.close()

    assert run(["db", "restore", str(tmp_path / "copy.db"), "--db", world.url]) == 0

    assert tickets_of(world.url) == [1]
    [kept] = tmp_path.glob("test.db.2*[0-9]")
    assert tickets_of(f"sqlite:///{kept}") == [1, 2]


@pytest.mark.parametrize("was_killed", [False, True])
def test_a_restore_that_is_killed_at_any_moment_leaves_what_was_there_or_the_backup(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_killed: bool
) -> None:
    """Also where the program before it was killed, so that part of the database is in its journal."""
    world.customer(P1)
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    world.customer("录音听不了了", who="enhanced")
    if was_killed:
        for file in tmp_path.glob("test.db*"):
            (tmp_path / f"crashed{file.name}").write_bytes(file.read_bytes())
        assert (tmp_path / "crashedtest.db-wal").stat().st_size
    world.app.close()
    url = f"sqlite:///{tmp_path / 'crashedtest.db'}" if was_killed else world.url
    found, steps, code = [], 0, 130
    while code == 130:
        with monkeypatch.context() as meanwhile:
            kill_after(meanwhile, steps)
            code = run(["db", "restore", str(tmp_path / "copy.db"), "--db", url])
        found.append(tickets_of(url))
        for left in {*tmp_path.glob("*test.db.2*"), *tmp_path.glob(".*.half")}:
            left.unlink()  # a second later, in another process, the next have other names
        steps += 1
    assert code == 0
    assert [1, 2] in found
    assert found[-1] == [1]
    assert all(one in ([1], [1, 2]) for one in found)


def kill_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """End the program once it has changed so many names of files or contents."""
    left = iter(range(steps))

    def counted(change: Callable[..., None]) -> Callable[..., None]:
        def counting(*arguments: Any, **more: Any) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            change(*arguments, **more)

        return counting

    for place, name in ((os, "replace"), (os, "link"), (shutil, "copyfile"), (Path, "unlink")):
        if hasattr(place, name):
            monkeypatch.setattr(place, name, counted(getattr(place, name)))


def test_a_damaged_database_is_kept_as_it_was_and_replaced(world: World, tmp_path: Path) -> None:
    world.customer(P1)
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    world.app.close()
    file = sqlite_file(world.url)
    assert file is not None
    file.write_bytes(b"this is no database\n" * 500)
    Path(f"{file}-wal").write_bytes(b"nor is this its journal")

    assert run(["db", "restore", str(tmp_path / "copy.db"), "--db", world.url]) == 0

    assert tickets_of(world.url) == [1]
    [kept] = tmp_path.glob("test.db.2*[0-9]")
    assert kept.read_bytes().startswith(b"this is no database")
    assert Path(f"{kept}-wal").read_bytes() == b"nor is this its journal"


def test_a_database_that_another_program_has_open_is_not_replaced(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.customer(P1)
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    world.customer("录音听不了了", who="enhanced")
    world.app.close()
    with closing(sqlite3.connect(tmp_path / "test.db")) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM tickets").fetchone()
        assert run(["db", "restore", str(tmp_path / "copy.db"), "--db", world.url]) == 1
    assert "open in another program" in capsys.readouterr().err
    assert tickets_of(world.url) == [1, 2]


def test_a_file_that_is_no_backup_changes_nothing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.customer(P1)
    world.app.close()
    (tmp_path / "text.db").write_text("no database at all\n" * 100)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    other.close()

    for file, why in (("text.db", "can't be copied"), ("other.db", "no backup"), ("absent.db", "no file")):
        assert run(["db", "restore", str(tmp_path / file), "--db", world.url]) == 1
        assert why in capsys.readouterr().err
    assert tickets_of(world.url) == [1]


def test_a_backup_of_a_newer_program_changes_nothing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "backup", str(tmp_path / "copy.db"), "--db", world.url]) == 0
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
    copy.close()
    file = sqlite_file(world.url)
    assert file is not None
    before = file.read_bytes()

    assert run(["db", "restore", str(tmp_path / "copy.db"), "--db", world.url]) == 1

    assert "newer program" in capsys.readouterr().err
    assert file.read_bytes() == before


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_is_sent_to_its_own_tools(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    assert run(["db", command, str(tmp_path / "copy"), "--db", url]) == 1
    assert "pg_dump" in capsys.readouterr().err

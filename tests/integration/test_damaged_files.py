"""A damaged SQLite file is refused in one line: neither it nor its journal is changed, and no store begun."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import run
from bot.errors import StoreError
from bot.opening import open_store
from bot.settings import Settings
from tests.integration.test_serve import failing
from tests.support.world import World, migrated

P1 = "所有坐席都登不上系统了"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The place of the store that `failing` opens."""
    return tmp_path / "hotline.db"


def stopped(file: Path) -> None:
    """Leave a store as an orderly stop does: one file, in WAL mode."""
    world = World(migrated(f"sqlite:///{file}"))
    world.customer(P1)
    world.app.close()


def killed(file: Path) -> None:
    """Leave a store as a killed process does: what was committed last is in the journal."""
    other = file.with_name("other.db")
    world = World(migrated(f"sqlite:///{other}"))
    world.customer(P1)
    shutil.copy(other, file)
    shutil.copy(f"{other}-wal", f"{file}-wal")
    world.app.close()


def restored(file: Path) -> None:
    """Leave a store as a backup is, and a restored one until its first start."""
    stopped(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database\n" * 500)


def cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def torn(file: Path) -> None:
    """Overwrite pages that the journal does not hold anew."""
    content = bytearray(file.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    middle = len(content) // size // 2 * size
    content[middle : middle + 3 * size] = b"\xff" * 3 * size
    file.write_bytes(content)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def gone(file: Path) -> None:
    file.unlink()


def left(file: Path) -> dict[str, bytes]:
    """Return what there is of the store; the index of the journal holds nothing that it does not."""
    return {
        path.name: content
        for path in file.parent.glob("hotline.db*")
        if path.suffix not in (".lock", ".db-shm") and (content := path.read_bytes())
    }


@pytest.mark.parametrize("damage", [garbage, cut, torn])
def test_a_service_says_so_in_one_line(file: Path, damage: Callable[[Path], None]) -> None:
    restored(file)
    damage(file)
    before = left(file)

    code, said = failing(file.parent, "--port", "0")

    assert code == 1
    assert "damaged" in said
    assert said.count("\n") == 1
    assert left(file) == before


@pytest.mark.parametrize(
    ("leave", "damage", "said"),
    [
        (stopped, garbage, "damaged"),
        (stopped, cut, "damaged"),
        (stopped, torn, "damaged"),
        (killed, torn, "damaged"),
        (killed, emptied, "is empty"),
        (killed, gone, "is gone"),
        (stopped, emptied, "is empty"),
    ],
)
def test_a_service_writes_nothing_whatever_was_left_and_however_it_is_damaged(
    file: Path, leave: Callable[[Path], None], damage: Callable[[Path], None], said: str
) -> None:
    leave(file)
    damage(file)
    before = left(file)

    with pytest.raises(StoreError, match=said):
        open_store(Settings(database_url=f"sqlite:///{file}"), is_held=True)

    assert left(file) == before


@pytest.mark.parametrize(
    ("command", "leave", "damage"),
    [
        (["doctor"], killed, torn),
        (["doctor"], restored, torn),
        (["doctor"], killed, emptied),
        (["doctor"], killed, gone),
        (["doctor"], stopped, emptied),
        (["db", "backup", "copy.db"], killed, torn),
        (["db", "backup", "copy.db"], killed, emptied),
        (["db", "backup", "copy.db"], stopped, emptied),
        (["db", "upgrade"], killed, torn),
        (["staff", "list"], killed, emptied),
        (["staff", "list"], killed, gone),
        (["staff", "list"], stopped, emptied),
    ],
)
def test_a_command_fails_and_writes_nothing(
    file: Path,
    command: list[str],
    leave: Callable[[Path], None],
    damage: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave(file)
    damage(file)
    before = left(file)
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", f"sqlite:///{file}")

    assert run(command) == 1

    assert left(file) == before
    assert not list(file.parent.glob("*copy.db*"))


@pytest.mark.parametrize("leave", [stopped, killed, restored])
def test_to_look_at_a_sound_file_changes_nothing_either(
    file: Path, leave: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(file)
    before = left(file)
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", f"sqlite:///{file}")

    run(["doctor"])
    assert run(["db", "backup", "copy.db"]) == 0

    assert left(file) == before
    copied = World(f"sqlite:///{file.with_name('copy.db')}")
    assert [ticket["id"] for ticket in copied.tickets()] == [1]
    copied.app.close()


def test_what_a_killed_process_had_half_written_by_a_journal_of_the_old_kind_is_undone(file: Path) -> None:
    """As where the first start on a restored file, which changes its mode, is cut off."""
    other = file.with_name("other.db")
    restored(other)
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size=1")  # what does not fit is written before the commit
        connection.execute("BEGIN")
        connection.execute("UPDATE inbox SET received_at = received_at")
        connection.execute("CREATE TABLE ballast AS SELECT zeroblob(100000) AS bytes")
        shutil.copy(other, file)
        shutil.copy(f"{other}-journal", f"{file}-journal")
    assert file.stat().st_size > other.stat().st_size

    open_store(Settings(database_url=f"sqlite:///{file}"), is_held=True).close()

    world = World(f"sqlite:///{file}")
    assert [ticket["id"] for ticket in world.tickets()] == [1]
    assert world.differences() == {}
    world.app.close()

"""`hotline doctor`: each thing that can be wrong is named, with what to do; on both databases."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import clock, samples
from bot.cli import run
from bot.delivery.handling import Handling
from bot.delivery.inbox import Inbox
from bot.desk import tables
from bot.doctor import machine
from bot.doctor.finding import Finding, Status
from bot.messages import Inbound, Sender
from bot.settings import Settings
from bot.store.store import Store, sqlite_file
from bot.workdays import FILE_NAME, load_workdays

OCTOBER = datetime.fromisoformat("2026-10-31T23:00:00+08:00")
NOVEMBER = datetime.fromisoformat("2026-11-01T08:00:00+08:00")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def examine(database_url: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command on the database; return its exit code and the findings by their name."""

    def call(url: str = database_url) -> tuple[int, dict[str, dict[str, str]]]:
        code = run(["doctor", "--json", "--db", url])
        return code, {finding["check"]: finding for finding in json.loads(capsys.readouterr().out)}

    return call


def upgraded(url: str) -> Store:
    """Return a store that is at the program's schema."""
    assert run(["db", "upgrade", "--db", url]) == 0
    return Store(url, load_workdays())


def test_an_installation_that_is_complete_has_no_failure(
    database_url: str, examine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store = upgraded(database_url)
    samples.load(store, clock.now(), "phone")
    store.close()
    capsys.readouterr()

    code, found = examine()

    wrong = {name: one for name, one in found.items() if one["status"] == "fail"}
    assert (
        wrong.keys() - {"working days"} == set()
    )  # the package may not know the year in which this test runs
    assert code == bool(wrong)
    for check in ("settings", "database", "schema", "clock", "contracts", "staff", "staff chat", "knowledge"):
        assert found[check]["status"] == "ok", found[check]


def test_an_empty_store_is_told_what_it_lacks(
    database_url: str, examine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    upgraded(database_url).close()
    capsys.readouterr()

    _, found = examine()

    for check, advice in (
        ("contracts", "hotline contracts template"),
        ("staff", "hotline staff add"),
        ("staff chat", "hotline staff chat-code"),
    ):
        assert found[check]["status"] == "warn"
        assert advice in found[check]["advice"]


def test_a_database_that_is_not_migrated_is_left_as_it_is(database_url: str, examine: Any) -> None:
    code, found = examine()

    file = sqlite_file(database_url)
    if file is None:
        assert code == 1
        assert (found["schema"]["status"], found["schema"]["advice"]) == ("fail", "run `hotline db upgrade`")
    else:
        assert found["database"]["status"] == "warn"
        assert not file.exists()


def test_a_database_of_a_newer_program_is_a_failure(
    database_url: str, examine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    store = upgraded(database_url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    capsys.readouterr()

    code, found = examine()

    assert code == 1
    assert "newer than this program" in found["schema"]["detail"]


def test_a_damaged_file_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "odd.db"
    file.write_text("no database at all\n" * 100)

    assert run(["doctor", "--db", f"sqlite:///{file}"]) == 1
    assert "damaged or no database" in capsys.readouterr().out


def test_a_page_that_is_torn_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "torn.db"
    upgraded(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tickets'").fetchall()
    connection.close()
    content = bytearray(file.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    file.write_bytes(content)
    capsys.readouterr()

    assert run(["doctor", "--db", f"sqlite:///{file}"]) == 1
    assert "restore the last `hotline db backup`" in capsys.readouterr().out


def test_a_clock_behind_the_store_is_a_failure(
    database_url: str, examine: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = upgraded(database_url)
    now = clock.now()
    message = Inbound(samples.address("phone", "a"), Sender("a", "a"), "k", now)
    Inbox(Handling(store, *[lambda *_: None] * 4)).receive(message, now)
    store.close()
    capsys.readouterr()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(minutes=5))

    code, found = examine()

    assert code == 1
    assert found["clock"]["status"] == "fail"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://user:secret@127.0.0.1:1/none", "cannot open"),
        ("mysql://user:secret@host/db", "not supported"),
        ("nonsense", "no database address"),
    ],
)
def test_a_wrong_address_is_a_failure_without_its_password(
    url: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--json", "--db", url]) == 1

    out = capsys.readouterr().out
    assert said in out
    assert "secret" not in out


def test_a_wrong_setting_is_a_failure_that_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_LOG_LEVEL", "LOUD")

    assert run(["doctor"]) == 1
    assert "HOTLINE_LOG_LEVEL" in capsys.readouterr().out


def test_next_year_is_asked_for_from_november_on(tmp_path: Path) -> None:
    assert machine.check_workdays(tmp_path, OCTOBER).status is Status.OK
    missing = machine.check_workdays(tmp_path, datetime.fromisoformat("2998-11-01T00:00:00+08:00"))
    assert missing.status is Status.FAIL
    (tmp_path / FILE_NAME).write_text("2998: {}", "utf-8")
    assert (
        machine.check_workdays(tmp_path, datetime.fromisoformat("2998-10-31T00:00:00+08:00")).status
        is Status.OK
    )
    november = machine.check_workdays(tmp_path, datetime.fromisoformat("2998-11-01T00:00:00+08:00"))
    assert november.status is Status.WARN
    assert f"{tmp_path / FILE_NAME}, like 2999: {{holidays:" in november.advice


def test_a_file_that_fills_the_next_year_is_enough(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("2027: {holidays: [2027-01-01]}", "utf-8")
    assert machine.check_workdays(tmp_path, NOVEMBER).status is Status.OK

    (tmp_path / FILE_NAME).write_text("2027: nonsense", "utf-8")
    assert machine.check_workdays(tmp_path, NOVEMBER).status is Status.FAIL


def test_rules_that_do_not_load_are_a_failure_that_names_the_file(tmp_path: Path) -> None:
    assert machine.check_knowledge(None).status is Status.OK
    (tmp_path / "odd.yaml").write_text("concepts: 3", "utf-8")
    found = machine.check_knowledge(tmp_path)
    assert found.status is Status.FAIL
    assert "odd.yaml" in found.detail


def test_a_folder_that_can_not_be_written_is_a_failure(tmp_path: Path) -> None:
    assert machine.check_folder("data folder", tmp_path / "new" / "deep").status is Status.OK
    (tmp_path / "file").write_text("in the way")
    assert machine.check_folder("data folder", tmp_path / "file").status is Status.FAIL


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("echo 'Noto Sans CJK SC'", Status.OK, "Noto Sans CJK SC"),
        ("true", Status.WARN, "none with Chinese"),
        ("exit 3", Status.WARN, "fc-list failed"),
        (None, Status.WARN, "not installed"),
    ],
)
def test_fonts_are_only_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, status: Status, said: str
) -> None:
    if script is not None:
        (tmp_path / "fc-list").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    found = machine.check_fonts()

    assert found.status is status
    assert said in found.detail


def test_other_hotline_numbers_than_the_contracts_are_pointed_out() -> None:
    assert machine.check_hotline(Settings()).status is Status.OK
    other = machine.check_hotline(Settings(hotline_numbers=("010-5550-0100",)))
    assert other.status is Status.WARN
    assert tables.HOTLINE_NUMBERS[0] in other.detail


def test_postgresql_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda _: None)

    def last(url: str) -> Finding:
        return machine.check_packages(url)[-1]

    assert last("sqlite:///a.db").status is Status.OK
    assert last("postgresql+psycopg://a").status is Status.FAIL


def test_people_read_a_table_with_advice(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(["doctor", "--db", f"sqlite:///{tmp_path / 'none.db'}"])

    out = capsys.readouterr().out
    assert "→ `hotline serve` makes it" in out

"""The `hotline` command from outside: exit codes, one line for an operator, nothing secret in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.cli import COMMANDS


def hotline(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HOTLINE_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env={**environment, **settings},
        timeout=120,
        check=False,
    )


def test_a_report_in_the_terminal_opens_a_ticket_that_the_next_run_knows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 't.db'}"

    first = hotline("chat", "--db", url, stdin="所有坐席都登不上系统了，电话全打不进来\n")
    second = hotline("chat", "--db", url, stdin="查进度\n")
    assert "[info" not in first.stdout + second.stdout  # what is said, and no log between it

    for expected in ("T1", "优先等级1", "响应期限", "400-818-1110"):
        assert expected in first.stdout
    assert "sample contracts were loaded" in first.stderr
    assert "T1" in second.stdout
    assert second.stderr == ""
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar() == 1
    engine.dispose()


def test_staff_in_the_terminal_see_the_card_and_confirm(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 't.db'}"
    hotline("chat", "--db", url, stdin="所有坐席都登不上系统了\n")

    staff = hotline("chat", "--as", "staff", "--db", url, stdin="确认 T1 1\n待办\n")
    customer = hotline("chat", "--db", url, stdin="同意\n")

    assert "【T1】" in staff.stdout
    assert "李工" in staff.stdout
    assert "双方已确认：优先等级1" in customer.stdout


def test_the_demo_plays_its_story_and_leaves_a_store_that_replays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"

    played = hotline("demo", "--db", url)
    replayed = hotline("replay", "--db", url)

    assert played.returncode == 0
    for expected in ("微信", "Telegram", "命中：", "确认1", "有异议", "已解决", "5 分已记录"):
        assert expected in played.stdout
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert "0 differ" in replayed.stdout


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"HOTLINE_DATABASE_URL": "foo"}, "HOTLINE_DATABASE_URL is no database address"),
        ({"HOTLINE_DATABASE_URL": "mysql://x"}, "mysql is not supported"),
        ({"HOTLINE_DATABASE_URL": "sqlite:////no/such/folder/x.db"}, "there is no folder /no/such/folder"),
        ({"HOTLINE_LOG_LEVEL": "LOUD"}, "HOTLINE_LOG_LEVEL"),
        ({"HOTLINE_HOTLINE_NUMBERS": "abc"}, "HOTLINE_HOTLINE_NUMBERS: must be phone numbers"),
        ({"HOTLINE_KNOWLEDGE": "/no/such/folder"}, "HOTLINE_KNOWLEDGE"),
        ({"HOTLINE_CONFIG": "/no/such/file.toml"}, "HOTLINE_CONFIG: there is no file"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(
    settings: dict[str, str], expected: str
) -> None:
    ended = hotline("chat", **settings)

    assert ended.returncode == 1
    assert expected in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_password_of_an_unreachable_database_is_not_shown() -> None:
    ended = hotline("chat", HOTLINE_DATABASE_URL="postgresql+psycopg://u:s3cret@127.0.0.1:1/x")

    assert ended.returncode == 1
    assert "127.0.0.1" in ended.stderr
    assert "s3cret" not in ended.stderr + ended.stdout
    assert len(ended.stderr.splitlines()) == 1


def test_a_damaged_database_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"this is no database" * 100)
    before = damaged.read_bytes()

    ended = hotline("chat", HOTLINE_DATABASE_URL=f"sqlite:///{damaged}")

    assert ended.returncode == 1
    assert "damaged" in ended.stderr
    assert damaged.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("bogus",), ("chat", "--as", "boss"), ("sla",), ("serve", "--port", "many"), ("--nonsense",)],
)
def test_a_wrong_argument_exits_2_with_one_line_on_standard_error(arguments: tuple[str, ...]) -> None:
    ended = hotline(*arguments)

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


def test_every_command_has_help() -> None:
    listed = hotline("--help").stdout.split("Commands:")[1].split()
    for command in COMMANDS:
        assert command in listed
        shown = hotline(command, "--help")
        assert shown.returncode == 0
        assert shown.stdout.startswith(f"Usage: hotline {command}")


def test_only_the_owner_can_read_the_database_file(tmp_path: Path) -> None:
    file = tmp_path / "t.db"

    hotline("chat", "--db", f"sqlite:///{file}", stdin="IVR挂了\n")

    assert file.stat().st_mode & 0o077 == 0

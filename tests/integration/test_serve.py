"""`hotline serve` as a process: start, refusals, health, and an end that leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import httpx
import pytest
from sqlalchemy import text

from bot.app import App
from bot.messages import Address, Inbound, Sender
from bot.settings import Settings

END_TIMEOUT_S = 60


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", "serve", *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "HOTLINE_DATA": str(folder / "data"), **more}


@contextmanager
def running(
    folder: Path, *arguments: str, stderr: int | IO[str] = subprocess.PIPE, **env: str
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Start the service on a free port, and end it if the test has not.

    Args:
        stderr: a file where much is logged: a pipe that nobody reads stops the service when it is full.
    """
    process = subprocess.Popen(
        command("--port", "0", *arguments),
        cwd=folder,
        env=environment(folder, **env),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("hotline is ready: http://127.0.0.1:"), process.communicate()
            address = line.removeprefix("hotline is ready: ").strip().removesuffix("/try")
            with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
                yield process, client
        finally:
            process.kill()


def failing(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """Return exit code and standard error of a start that must fail."""
    result = subprocess.run(
        command("--port", "0", *arguments),
        cwd=folder,
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=END_TIMEOUT_S,
        check=False,
    )
    assert result.stdout == ""
    return result.returncode, result.stderr


def readiness(http: httpx.Client) -> httpx.Response:
    """Return the answer of `/readyz`, asked as a balancer does: until the first sweep has ended."""
    until_s = time.monotonic() + END_TIMEOUT_S
    while (ready := http.get("/readyz")).status_code != 200 and time.monotonic() < until_s:
        time.sleep(0.05)
    return ready


def test_the_service_answers_health_on_a_store_that_it_makes(tmp_path: Path) -> None:
    with running(tmp_path) as (_, http):
        assert (http.get("/healthz").status_code, http.get("/healthz").text) == (200, "ok\n")
        ready = readiness(http)
        assert ready.status_code == 200, ready.text
        assert ready.json().items() >= {"database": "ok", "migrations": "current", "sweep": "fresh"}.items()
        assert http.get("/try").status_code == 404
        assert http.get("/").status_code == 404
    assert (tmp_path / "hotline.db").is_file()


@pytest.mark.postgres
@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_without_a_worker_the_sweep_is_somebody_elses(tmp_path: Path, migrated_url: str) -> None:
    with running(tmp_path, "--no-worker", HOTLINE_DATABASE_URL=migrated_url) as (_, http):
        ready = http.get("/readyz")
        assert (ready.status_code, ready.json()["sweep"]) == (200, "stale")  # reports are taken nevertheless


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_ends_at_a_signal_although_a_page_listens_and_leaves_nothing_behind(
    tmp_path: Path, end: signal.Signals
) -> None:
    with running(tmp_path, "--demo") as (process, http):
        assert http.get("/").headers["location"] == "/try"
        assert [path.name for path in (tmp_path / "data").glob("demo-*/demo.db")] == ["demo.db"]
        with http.stream("GET", "/try/api/events") as stream:
            lines = stream.iter_lines()
            next(lines)
            process.send_signal(end)
            assert list(lines)[-1] == ""  # the stream ends as a whole answer does
        assert process.wait(END_TIMEOUT_S) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(tmp_path.rglob("*.db*")) == []
    assert list((tmp_path / "data").iterdir()) == []


def test_what_a_crash_left_unhandled_is_handled_at_the_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'left.db'}"
    app = App(Settings(database_url=url), {})
    now = datetime.now(UTC)
    inbound = Inbound(Address("console", "demo", "c"), Sender("u", "陈班长"), "key", now, text="系统崩溃了")
    app.receive(inbound)
    assert unhandled(app) == 1
    with running(tmp_path, HOTLINE_DATABASE_URL=url):
        while unhandled(app):
            time.sleep(0.05)
    app.close()


def unhandled(app: App) -> int:
    with app.store.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM inbox WHERE status = 'received'")) or 0)


def test_a_port_that_is_taken_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = failing(tmp_path, "--port", str(port))
    assert code == 1
    assert said == (
        f"hotline: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port\n"
    )


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["--demo", "--host", "192.0.2.1"], {}, "--host 192.0.2.1 is not a loopback address"),
        (["--demo", "--host", "example.org"], {}, "--host example.org is not a loopback address"),
        (["--demo"], {"HOTLINE_TELEGRAM_TOKEN": "1:secret"}, "unset HOTLINE_TELEGRAM_TOKEN"),
        (["--demo"], {"HOTLINE_WECHAT_APPID": "secret"}, "unset HOTLINE_WECHAT_APPID"),
        (["--demo"], {"HOTLINE_WECOM_CORPID": "secret"}, "unset HOTLINE_WECOM_CORPID"),
        (["--demo"], {"HOTLINE_DATA": "/proc/nowhere"}, "HOTLINE_DATA"),
        ([], {"HOTLINE_DATABASE_URL": "nonsense"}, "HOTLINE_DATABASE_URL"),
        ([], {"HOTLINE_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "HOTLINE_DATABASE_URL"),
        ([], {"HOTLINE_LOG_LEVEL": "LOUD"}, "HOTLINE_LOG_LEVEL"),
        ([], {"HOTLINE_KNOWLEDGE": "/nowhere"}, "HOTLINE_KNOWLEDGE"),
        (["--host", "192.0.2.1"], {}, "cannot listen on 192.0.2.1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, (list, dict)) else None,
)
def test_a_start_that_is_not_possible_is_one_line_and_exit_code_1(
    tmp_path: Path, arguments: list[str], env: dict[str, str], words: str
) -> None:
    code, said = failing(tmp_path, *arguments, **env)
    assert code == 1
    assert words in said
    assert said.count("\n") == 1
    assert "secret" not in said


def test_on_sqlite_nobody_would_deliver_what_a_service_without_a_worker_takes(tmp_path: Path) -> None:
    code, said = failing(tmp_path, "--no-worker")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("hotline: --no-worker needs PostgreSQL: SQLite takes one process")


def test_an_account_in_the_dotenv_file_counts_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOTLINE_TELEGRAM_TOKEN=1:secret\n")
    code, said = failing(tmp_path, "--demo")
    assert (code, "unset HOTLINE_TELEGRAM_TOKEN" in said) == (1, True)


@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--port", "x"], ["--demo", "--no-worker"], ["more"]]
)
def test_wrong_arguments_are_one_line_and_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    code, said = failing(tmp_path, *arguments)
    assert code == 2
    assert said.count("\n") == 1
    assert said.startswith("hotline serve: ")

"""Several processes on one database: who may run, and when one must end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.delivery.alone import alone
from bot.store import engine as engines
from bot.store import migrate
from tests.integration.test_serve import END_TIMEOUT_S, environment, running
from tests.support.world import migrated


def hotline(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=END_TIMEOUT_S,
        check=False,
    )


def worker(folder: Path, **env: str) -> subprocess.Popen[str]:
    """Start `hotline worker` and wait until it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "worker"],
        cwd=folder,
        env=environment(folder, **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "hotline worker is ready\n", process.communicate()
    return process


def test_a_second_process_on_a_sqlite_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with running(tmp_path):
        for arguments in (["worker"], ["serve", "--port", "0"], ["db", "upgrade"]):
            refused = hotline(tmp_path, *arguments)
            assert refused.returncode == 1
            assert refused.stderr == (
                f"hotline: another `hotline serve` or `hotline worker` works on {tmp_path / 'hotline.db'}; "
                "SQLite takes one process: stop it first, or use PostgreSQL\n"
            )
        assert hotline(tmp_path, "replay").returncode == 0  # short commands go on


def test_a_command_of_a_newer_version_does_not_migrate_the_file_under_a_service(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hotline.db'}"
    engine = engines.create(url)
    migrate.upgrade(engine)
    migrate.downgrade(engine, "-1")
    older = migrate.current(engine)
    with alone(url):
        refused = hotline(tmp_path, "staff", "list")
        assert migrate.current(engine) == older
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "hotline: the database's schema is older than this program: another `hot"
    )
    assert refused.stderr.count("\n") == 1

    assert hotline(tmp_path, "staff", "list").returncode == 0
    assert migrate.current(engine) == migrate.head()
    engine.dispose()


def test_a_file_with_two_names_is_refused_in_one_line_by_whichever(tmp_path: Path) -> None:
    with running(tmp_path):
        (tmp_path / "other.db").hardlink_to(tmp_path / "hotline.db")
        url = f"sqlite:///{tmp_path / 'other.db'}"
        for arguments in (["worker"], ["staff", "list"]):
            refused = hotline(tmp_path, *arguments, HOTLINE_DATABASE_URL=url)
            assert refused.returncode == 1
            assert "has another name (a hard link)" in refused.stderr
            assert refused.stderr.count("\n") == 1


def test_the_file_is_free_again_whatever_ended_the_process(tmp_path: Path) -> None:
    with running(tmp_path) as (process, _):
        process.kill()
        process.wait(END_TIMEOUT_S)
        with worker(tmp_path) as second:
            second.send_signal(signal.SIGTERM)
            assert second.wait(END_TIMEOUT_S) == 0
            assert second.stderr is not None
            assert second.stderr.read() == ""


@pytest.mark.postgres
def test_on_postgresql_workers_run_beside_each_other(tmp_path: Path, postgres_url: str) -> None:
    upgraded = hotline(tmp_path, "db", "upgrade", HOTLINE_DATABASE_URL=postgres_url)
    assert upgraded.returncode == 0
    with (
        worker(tmp_path, HOTLINE_DATABASE_URL=postgres_url) as first,
        worker(tmp_path, HOTLINE_DATABASE_URL=postgres_url) as second,
        running(tmp_path, "--no-worker", HOTLINE_DATABASE_URL=postgres_url) as (_, http),
    ):
        assert http.get("/healthz").status_code == 200
        for process in (first, second):
            process.send_signal(signal.SIGINT)
            assert process.wait(END_TIMEOUT_S) == 0


@pytest.mark.parametrize(
    ("database_url", "arguments"),
    [("sqlite", []), pytest.param("postgresql", ["--no-worker"], marks=pytest.mark.postgres)],
    indirect=["database_url"],
    ids=["all", "no-worker"],
)
def test_a_service_whose_database_was_migrated_by_another_program_ends(
    tmp_path: Path, database_url: str, arguments: list[str]
) -> None:
    with running(tmp_path, *arguments, HOTLINE_DATABASE_URL=migrated(database_url)) as (process, _):
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
        engine.dispose()
        assert process.wait(END_TIMEOUT_S) == 1
        assert process.stderr is not None
        said = process.stderr.read()
    assert "hotline: the database was migrated to schema newer while this process ran" in said
    assert os.linesep.join(said.splitlines()[-1:]).endswith("start the program that belongs to it")

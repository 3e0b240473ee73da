"""What was promised holds when the disk or the database fails under the program as it runs.

The real `hotline serve` is told of reports over HTTP as Telegram does; a stand-in takes its answers.
"""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

from bot import samples
from bot.store import tables as t
from bot.store.store import Store, sqlite_file
from bot.workdays import load_workdays
from tests.integration.test_processes import hotline
from tests.integration.test_serve import END_TIMEOUT_S, running
from tests.integration.test_telegram_processes import made, settings, until
from tests.support.needs import NEEDS
from tests.support.postgres import WAL_SEGMENT, PostgresServer
from tests.support.postgres import running as running_postgres
from tests.support.telegram.api import Api
from tests.support.world import migrated

SECRET = "a-secret-of-the-test"  # noqa: S105
FAULT = "录音听不了了"
HISTORY = 8000  # messages of old: each of their tables is larger than a file of the server's log
MOST = 40  # reports until the disk is full for them
AWAY_S = 10


class Served:
    """The program as a platform sees it; each report comes from a person of its own."""

    def __init__(self, api: Api, url: str, process: subprocess.Popen[str], http: httpx.Client) -> None:
        self.url = url
        self.process = process
        self.http = http
        self._api = api
        self._known: set[int] = set()

    def report(self, person: int, number: int = 1) -> int:
        """Deliver a person's nth message; return the status of the answer, 0 for none."""
        who = {"id": 1000 + person, "is_bot": False, "first_name": f"p{person}"}
        if person not in self._known:
            self._api.control("chat", id=who["id"], type="private", title=f"p{person}")
            self._known.add(person)
        message = {
            "message_id": 10 * number,
            "date": int(time.time()),
            "chat": {"id": who["id"], "type": "private", "first_name": who["first_name"]},
            "from": who,
            "text": FAULT,
        }
        update = {"update_id": 100 * person + number, "message": message}
        headers = {"x-telegram-bot-api-secret-token": SECRET}
        return self.http.post("/telegram/default", json=update, headers=headers).status_code

    def answers(self, person: int) -> int:
        """Return how many answers a person has got."""
        return sum(m["from"]["is_bot"] for m in self._api.messages(1000 + person))

    def end(self) -> None:
        """End it as an operator does."""
        self.process.terminate()
        assert self.process.wait(END_TIMEOUT_S) == 0


@contextmanager
def serving(api: Api, url: str, folder: Path) -> Iterator[Served]:
    """Run the program on a database, with Telegram's webhook."""
    store = Store(migrated(url), load_workdays())
    samples.load(store, datetime.now(UTC), "elsewhere", staff=False)
    store.close()
    hook = {"HOTLINE_TELEGRAM_MODE": "webhook", "HOTLINE_TELEGRAM_SECRET": SECRET}
    given = settings(url, made(api), HOTLINE_PUBLIC_URL="https://hotline.example.com", **hook)
    with (folder / "log").open("w") as log, running(folder, stderr=log, **given) as (process, http):
        yield Served(api, url, process, http)


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server whose disk is full at times, and that goes away."""
    assert NEEDS["postgres"][0]()
    with running_postgres(tmp_path_factory.mktemp("postgres"), can_be_full=True) as server:
        server.execute("CREATE DATABASE crowded")
        server.execute("CREATE DATABASE away")
        yield server


# --- the disk is full


@contextmanager
def no_room_in_file(served: Served) -> Iterator[None]:
    """Let no file of the program's grow: what SQLite writes is put at the end of its journal first."""
    file = sqlite_file(served.url)
    assert file is not None
    size = Path(f"{file}-wal").stat().st_size
    limits = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (size, limits[1]))
    yield
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, limits)


def no_room_on_server(server: PostgresServer, served: Served) -> AbstractContextManager[None]:
    """Let no table of messages grow, each of which has a history by now."""
    store = Store(served.url, load_workdays())
    sizes = []
    with store.engine.begin() as connection:
        for kind, unique in ((t.InboxRow, "dedupe_key"), (t.OutboxRow, None)):
            table = t.table_of(kind)
            names = [c.name for c in table.c if c.name not in ("id", "ticket_id", "inbox_id")]
            values = [f"{name} || '-' || n" if name == unique else name for name in names]
            copies = f"SELECT {', '.join(values)} FROM (SELECT * FROM {table.name} LIMIT 1) AS one"  # noqa: S608 - ours
            connection.execute(
                text(
                    f"INSERT INTO {table.name} ({', '.join(names)}) {copies}, "
                    f"generate_series(1, {HISTORY}) AS n"
                )
            )
            sizes.append(connection.scalar(select(func.pg_relation_size(table.name))) or 0)
    store.close()
    assert min(sizes) > WAL_SEGMENT
    return server.full(min(sizes))


@pytest.mark.slow  # a process of its own, which notices after a while that there is room
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_on_a_full_disk_nothing_is_taken_that_is_not_kept_and_it_goes_on_when_there_is_room(
    api: Api, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    is_file = database == "sqlite"
    server = None if is_file else request.getfixturevalue("own_postgres")
    url = f"sqlite:///{tmp_path / 'full.db'}" if server is None else server.url("crowded")
    with serving(api, url, tmp_path) as served:
        assert served.report(0) == 200
        until(lambda: served.answers(0) == 1)
        statuses: dict[int, int] = {}
        with no_room_in_file(served) if server is None else no_room_on_server(server, served):
            while list(statuses.values()).count(503) < 3:
                assert len(statuses) < MOST
                statuses[len(statuses) + 1] = served.report(len(statuses) + 1)
            assert served.http.get("/healthz").status_code == 200
        assert set(statuses.values()) <= {200, 503}

        for person, status in statuses.items():
            if status == 503:  # the platform delivers it again
                assert served.report(person) == 200
        until(lambda: all(served.answers(person) for person in statuses))
        assert served.report(0, 2) == 200  # in the chat that was written to before
        until(lambda: served.answers(0) == 2)
        assert {served.answers(person) for person in statuses} == {1}
        served.end()
    replayed = hotline(tmp_path, "replay", HOTLINE_DATABASE_URL=url)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


# --- the database is away


@pytest.mark.slow  # ten seconds
@pytest.mark.postgres
def test_while_the_database_is_away_nothing_is_taken_and_afterwards_nothing_is_missing(
    api: Api, own_postgres: PostgresServer, tmp_path: Path
) -> None:
    with serving(api, own_postgres.url("away"), tmp_path) as served:
        assert served.report(0) == 200
        until(lambda: served.answers(0) == 1)
        own_postgres.stop()
        since = time.monotonic()
        assert {served.report(person) for person in (1, 2)} == {503}
        assert served.http.get("/readyz").status_code == 503
        assert served.http.get("/healthz").status_code == 200
        time.sleep(max(0.0, since + AWAY_S - time.monotonic()))
        own_postgres.start()

        assert [served.report(person) for person in (0, 1, 2)] == [200, 200, 200]  # the first one again
        until(lambda: all(served.answers(person) for person in (1, 2)))
        assert served.report(0, 2) == 200
        until(lambda: served.answers(0) == 2)
        assert {served.answers(person) for person in (1, 2)} == {1}
        until(lambda: served.http.get("/readyz").status_code == 200)
        served.end()

"""The service's loops and its readiness, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.app import App
from bot.settings import Settings
from bot.watch.heartbeat import FRESH
from bot.watch.sweep import sweep
from bot.web.application import application
from bot.web.loops import Loop
from bot.web.service import Service
from tests.support.demo import MONDAY_10


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The program on an empty store, its clock standing still."""
    made = App(Settings(database_url=f"sqlite:///{tmp_path / 'test.db'}"), {}, lambda: MONDAY_10)
    yield made
    made.close()


async def readiness(service: Service) -> httpx.Response:
    transport = httpx.ASGITransport(application(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/readyz")


def test_a_loop_goes_on_after_a_failure_and_logs_its_place_without_its_words(
    capfd: pytest.CaptureFixture[str],
) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise ValueError("客户的话")
        loop.stop()

    loop = Loop("sweep", work, 0.001, lambda: MONDAY_10)
    assert not loop.is_fresh(timedelta(days=1))
    asyncio.run(loop.run())
    assert done == [0, 1]
    assert loop.is_fresh(timedelta(seconds=1))
    printed = capfd.readouterr()
    log = printed.out + printed.err
    assert "ValueError" in log
    assert "test_serve_loops.py" in log
    assert "客户的话" not in log


class Panic(BaseException):
    """As a panic of a library in another language is raised: it is no `Exception`."""


def test_a_librarys_panic_ends_no_loop() -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise Panic
        loop.stop()

    loop = Loop("sweep", work, 0.001, lambda: MONDAY_10)
    asyncio.run(asyncio.wait_for(loop.run(), 60))
    assert len(runs) == 2


def test_a_loop_that_hangs_is_not_fresh_because_the_clock_was_set_back() -> None:
    now = [MONDAY_10]

    def hangs() -> None:
        now[0] -= timedelta(hours=1)
        looks.append(loop.is_fresh(FRESH))
        loop.stop()

    looks: list[bool] = []
    loop = Loop("sweep", hangs, 0.001, lambda: now[0])
    asyncio.run(loop.run())
    assert looks == [False]
    assert loop.is_fresh(FRESH)  # it has ended since


def test_a_loop_that_is_woken_does_not_wait(app: App) -> None:
    runs: list[int] = []

    async def wake_twice() -> None:
        loop = Loop("delivery", lambda: runs.append(1), 3600, app.now)
        task = asyncio.create_task(loop.run())
        for wanted in (1, 2):
            while len(runs) < wanted:
                await asyncio.sleep(0)
            loop.wake()
        while len(runs) < 3:
            await asyncio.sleep(0)
        loop.stop()
        await task

    asyncio.run(wake_twice())
    assert len(runs) == 3


def test_a_loop_goes_on_at_once_while_there_is_more_to_do(app: App) -> None:
    runs: list[int] = []

    def work() -> bool:
        runs.append(1)
        if len(runs) == 3:
            loop.stop()
        return len(runs) < 3

    loop = Loop("resume", work, 3600, app.now)
    asyncio.run(loop.run())
    assert runs == [1, 1, 1]


def test_a_loop_that_is_woken_all_the_time_still_pauses(app: App) -> None:
    """Every message wakes delivery: a rush of them must not keep it going round and round."""
    runs: list[int] = []

    async def wake_on_and_on() -> None:
        loop = Loop("delivery", lambda: runs.append(1), 3600, app.now, least_s=3600)
        task = asyncio.create_task(loop.run())
        while not runs:
            await asyncio.sleep(0)
        for _ in range(100):
            loop.wake()
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(wake_on_and_on())
    assert runs == [1]


def test_the_service_is_not_ready_before_the_first_sweep(app: App) -> None:
    response = asyncio.run(readiness(Service(app)))
    assert response.status_code == 503
    assert response.json()["sweep"] == "stale"
    assert response.json()["ready"] is False


def test_the_service_is_not_ready_on_a_schema_that_is_behind(app: App) -> None:
    with app.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    response = asyncio.run(readiness(Service(app, worker=False)))
    assert response.status_code == 503
    assert response.json()["migrations"] == "behind"


def test_the_service_is_not_ready_without_its_database(app: App, tmp_path: Path) -> None:
    app.store.close()
    for file in tmp_path.glob("test.db*"):
        file.unlink()
    (tmp_path / "test.db").write_bytes(b"this is no database" * 100)
    response = asyncio.run(readiness(Service(app, worker=False)))
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
    assert response.json()["migrations"] == "unknown"


def test_a_worker_whose_own_sweep_fails_is_not_ready_although_another_sweeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [MONDAY_10]
    app = App(Settings(database_url=f"sqlite:///{tmp_path / 'test.db'}"), {}, lambda: now[0])

    def fails() -> int:
        raise RuntimeError

    async def ready() -> httpx.Response:
        service = Service(app)
        await service.start()
        while not all(service.vital_loops(FRESH).values()):
            await asyncio.sleep(0)  # each has begun
        now[0] += FRESH
        sweep(app.store, now[0])  # by another process
        while not service.vital_loops(FRESH)["delivery"]:
            await asyncio.sleep(0.01)
        found = await readiness(service)
        await service.stop()
        return found

    monkeypatch.setattr(app, "sweep", fails)
    found = asyncio.run(ready())
    app.close()
    assert found.status_code == 503
    assert found.json()["sweep"] == "fresh"
    assert found.json()["here"] == {"delivery": "fresh", "sweep": "stale"}

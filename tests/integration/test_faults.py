"""What was promised holds when the database, a platform or the clock fails; see also `test_served_faults`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.messages import Inbound, Outcome, Receipt, Sender
from bot.store import engine as engines
from bot.store.store import sqlite_file
from tests.support.needs import NEEDS
from tests.support.postgres import running
from tests.support.world import World, migrated

P1 = "所有坐席都登不上系统了"


def report(world: World, who: str = "regular", text: str = P1) -> Inbound:
    return world.inbound(who, Sender(who, who), text)


# --- the database is away


@contextmanager
def _sqlite_away(world: World) -> Iterator[None]:
    """Another program holds the file for longer than a writer waits."""
    file = sqlite_file(world.url)
    assert file is not None
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def failing_world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, Callable[[World], AbstractContextManager[None]]]]:
    """A program, and how its database is taken away and comes back."""
    if request.param == "sqlite":
        monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 50)
        world = World(migrated(f"sqlite:///{tmp_path / 'test.db'}"))
        yield world, _sqlite_away
        world.app.close()
        return
    assert NEEDS["postgres"][0]()
    with running(tmp_path) as server:
        server.execute("CREATE DATABASE faults")

        @contextmanager
        def away(_: World) -> Iterator[None]:
            server.stop()
            yield
            server.start()

        world = World(migrated(server.url("faults")))
        yield world, away
        world.app.close()


def test_while_another_program_holds_the_file_nothing_is_taken_and_afterwards_nothing_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 50)
    world = World(migrated(f"sqlite:///{tmp_path / 'test.db'}"))
    before, during = report(world, "regular"), report(world, "enhanced", "录音听不了了")
    world.app.submit(before)

    with _sqlite_away(world):
        with pytest.raises(OperationalError):
            world.app.submit(during)  # the platform is answered with an error, and tries again
        with pytest.raises(OperationalError):
            world.app.sweep()
        world.now = world.now.replace(second=10)

    world.app.submit(during)
    world.app.submit(before)  # it was acknowledged: another try changes nothing
    world.app.sweep()
    world.app.deliver()
    assert [ticket["id"] for ticket in world.tickets()] == [1, 2]
    assert [sum("T1" in text for text in world.heard("regular"))] == [1]
    assert [sum("T2" in text for text in world.heard("enhanced"))] == [1]
    assert world.differences() == {}
    world.app.close()


def test_a_message_whose_handling_the_database_cut_off_is_resumed(
    failing_world: tuple[World, Callable[[World], AbstractContextManager[None]]],
) -> None:
    world, away = failing_world
    inbox_id, _ = world.app.receive(report(world))
    with away(world), pytest.raises(OperationalError):
        world.app.handle(inbox_id)
    assert world.tickets() == []
    world.wait(seconds=5)
    assert [ticket["id"] for ticket in world.tickets()] == [1]
    assert "T1" in world.last()


# --- a platform fails; what it answers over HTTP: see `test_platform_faults`


@pytest.mark.parametrize("error", ["unreachable", "429"])
def test_an_outage_of_hours_loses_nothing_and_support_hears_of_it_as_soon_as_can_be(
    world: World, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    whole = world.phones.send
    monkeypatch.setattr(world.phones, "send", lambda _: Receipt(Outcome.LATER, error=error))
    world.app.submit(report(world))
    for _ in range(240):
        world.wait_undelivered(seconds=30)
        world.app.deliver()
    world.app.sweep()  # the response is late: an alarm
    monkeypatch.setattr(world.phones, "send", whole)
    for _ in range(3):
        world.wait(minutes=2)

    assert "T1" in world.heard("regular")[0]
    staff = world.heard("staff")
    assert any("T1" in said and "优先等级" in said for said in staff)
    [told] = [said for said in staff if "一直没送到客户" in said]
    assert "请打电话" in told
    assert world.differences() == {}


def test_an_answer_that_never_comes_may_double_one_message_and_loses_none(world: World) -> None:
    """After 30 s without an answer nobody knows whether it was heard: it is sent again."""
    world.phones.receipts = [Receipt(Outcome.UNKNOWN, error="timeout")]
    world.app.submit(report(world))
    world.app.deliver()
    world.wait(seconds=30)
    heard = world.heard("regular")
    assert len(heard) == 2
    assert heard[0] == heard[1]


def test_a_platform_that_asks_to_wait_a_minute_is_left_alone_so_long(world: World) -> None:
    until = world.now.replace(minute=1)
    world.phones.receipts = [Receipt(Outcome.LATER, error="429", retry_at=until)]
    world.app.submit(report(world))
    world.app.deliver()
    world.wait_undelivered(seconds=59)
    world.app.deliver()
    assert world.heard("regular") == []
    world.wait_undelivered(seconds=1)
    world.app.deliver()
    assert len(world.heard("regular")) == 1


# --- the clock jumps


def test_a_clock_that_jumps_ahead_rings_once_and_set_back_rings_nothing_again(world: World) -> None:
    world.customer(P1)
    began = world.now
    world.wait(days=1)
    rang = len(world.heard("staff"))
    assert rang > 1
    world.now = began
    world.app.sweep()
    world.app.deliver()
    world.customer("催单")  # work goes on
    world.wait(hours=3)
    due = world.tickets()[0]["response_due"]
    assert due == began.replace(hour=began.hour + 2)  # instants are counted from the report
    alarms = [text for text in world.heard("staff")[rang:] if "⚠" in text]
    assert alarms == []
    assert world.differences() == {}

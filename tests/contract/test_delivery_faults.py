"""Faults of ours in the middle of delivery do not make it lose, double or forget anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Set
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot import samples
from bot.delivery import held, stranded
from bot.delivery.alone import alone
from bot.delivery.consequences import Consequences
from bot.delivery.presence import Presence
from bot.delivery.relay import Handed
from bot.desk.events import Kind
from bot.dialogue import notify
from bot.errors import StoreError
from bot.messages import Outbound, Outcome, Receipt, Sender
from bot.store import tables as t
from bot.store.guests import guest_engine
from bot.store.store import UnitOfWork
from tests.support.world import CHANNEL, World, migrated

P1 = "所有坐席都登不上系统了，电话全打不进来"


def a_bug(*_: object) -> None:
    raise ValueError("客户的话")


def a_bug_in_sql(_: Consequences, unit: UnitOfWork, *__: object) -> None:
    unit.session.execute(text("SELECT nothing FROM nowhere"))  # SQLite calls it its own trouble


@pytest.mark.parametrize("bug", [a_bug, a_bug_in_sql])
def test_a_bug_while_an_outcome_is_recorded_sends_nothing_again_and_support_hears_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, bug: Callable[..., None]
) -> None:
    world.customer(P1)
    monkeypatch.setattr(Consequences, "of_answer", bug)
    world.staff("回复 T1 马上处理")
    for _ in range(3):
        world.wait(minutes=3)

    assert world.heard("regular").count("李工（工单 T1）：马上处理") == 1
    assert len([said for said in world.heard("staff") if "没能完整记录" in said]) == 1


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.LATER, Outcome.FAILED])
def test_every_line_of_delivery_bears_the_number_of_the_message_that_is_answered(
    world: World, outcome: Outcome
) -> None:
    message = world.inbound("regular", Sender("regular", "陈班长"), P1)
    inbox_id = world.app.submit(message)
    world.phones.receipts = [Receipt(outcome, error="code")]
    with capture_logs(processors=[merge_contextvars]) as lines:
        world.app.deliver()
    with world.app.store.read() as session:
        answers = set(session.scalars(select(t.OutboxRow.id).where(t.OutboxRow.inbox_id == inbox_id)))
    about = [line["message"] for line in lines if line.get("outbox_id") in answers]
    assert about == [inbox_id] * len(answers)


def test_a_message_that_cannot_be_made_ends_and_those_after_it_go(world: World) -> None:
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "在吗"))
    with world.app.store.begin(world.now) as unit:
        bad = unit.session.scalars(select(t.OutboxRow)).one()
        bad.choices = [{"no": "label"}]
        first = bad.id
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "谢谢"))
    for _ in range(12):
        world.wait(minutes=3)

    assert [said[:2] for said in world.heard("regular")] == ["不客"]
    with world.app.store.read() as session:
        assert session.get_one(t.OutboxRow, first).status == "failed"


def test_a_stored_message_that_cannot_be_read_blocks_nothing_and_support_hears_of_it(world: World) -> None:
    bad, _ = world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), P1))
    with world.app.store.begin(world.now) as unit:
        unit.session.get_one(t.InboxRow, bad).content = {"no": "message"}
    world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), "谢谢"))
    world.wait(seconds=5)

    assert [said[:2] for said in world.heard("regular")] == ["不客"]
    assert any(f"编号 {bad}" in said for said in world.heard("staff"))


def look_through(world: World, **span: float) -> None:
    """Let time pass, and do what it makes due with messages that wait for their customers."""
    world.wait(**span)
    held.look_through(world.app.store, world.app.courier.settlement, world.now)
    world.app.deliver()


def holding(world: World, error: str) -> Callable[[Outbound], Receipt]:
    """Return a way to send by which nothing reaches the customer until they write."""
    send = world.phones.send

    def sends(message: Outbound) -> Receipt:
        is_customers = message.address.chat == "regular"
        return Receipt(Outcome.HELD, error=error) if is_customers else send(message)

    return sends


def test_whoever_does_not_heed_the_notice_to_write_is_phoned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer("有几个坐席的录音听不了")
    world.tap("部分受影响")
    world.staff("确认 T1 2")
    monkeypatch.setattr(world.phones, "send", holding(world, "nudged"))
    world.staff("回复 T1 已在看")
    look_through(world, minutes=119)
    assert not [said for said in world.heard("staff") if "要紧请打电话" in said]
    look_through(world, minutes=2)
    look_through(world, minutes=2)
    [told] = [said for said in world.heard("staff") if "客户还没有发言" in said]
    assert "010-5550-0101" in told


def test_what_waits_for_days_until_the_customer_writes_fails_and_support_phones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.phones, "send", holding(world, "quota"))
        world.customer(P1)
    look_through(world, days=3)
    assert not [said for said in world.heard("staff") if "客户一直没有发言" in said]
    look_through(world, seconds=1)
    look_through(world, minutes=5)
    [told] = [said for said in world.heard("staff") if "客户一直没有发言" in said]
    assert "请打电话" in told
    with world.app.store.read() as session:
        assert "held" not in set(session.scalars(select(t.OutboxRow.status)))
    assert world.differences() == {}


def test_what_waits_for_a_platform_that_is_not_in_the_settings_fails_and_support_phones(world: World) -> None:
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), P1))
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "催单"))
    with world.app.store.begin(world.now) as unit:
        unit.session.execute(update(t.ChatRow).where(t.ChatRow.chat == "regular").values(channel="gone"))

    def give_up() -> Set[Handed]:
        return stranded.give_up(world.app.store, world.app.courier, world.now)

    world.wait(minutes=30)
    assert give_up() == set()
    world.wait(seconds=1)
    give_up()
    world.wait(seconds=1)

    with world.app.store.read() as session:
        left = session.scalars(
            select(t.OutboxRow.status)
            .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
            .where(t.ChatRow.channel == "gone", t.OutboxRow.status != "sent")
        ).all()
        events = session.scalars(
            select(t.TicketEventRow.kind).where(t.TicketEventRow.kind == Kind.UNDELIVERED)
        ).all()
    assert left == ["failed", "failed"] == ["failed" for _ in events]
    [told] = [said for said in world.heard("staff") if "送不到客户" in said]
    assert "不在设置里" in told
    assert "请打电话" in told
    assert world.differences() == {}


def test_a_platform_that_says_nothing_for_ten_minutes_gets_everything_and_is_asked_less_and_less(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not answer may have arrived: each attempt too many may be one message twice."""
    send, began, tried = world.phones.send, world.now, dict[int, list[datetime]]()

    def silent_at_first(message: Outbound) -> Receipt:
        tried.setdefault(message.id, []).append(world.now)
        return send(message) if world.now - began >= timedelta(minutes=10) else Receipt(Outcome.UNKNOWN)

    monkeypatch.setattr(world.phones, "send", silent_at_first)
    world.customer(P1)
    for _ in range(240):
        world.wait_undelivered(seconds=5)
        world.app.deliver()

    with world.app.store.read() as session:
        assert set(session.scalars(select(t.OutboxRow.status))) == {"sent"}
    pauses = [timedelta(seconds=seconds) * 0.75 for seconds in (5, 30, 120, 300, 600)]  # at the shortest
    for times in tried.values():
        assert all(later - at >= pause for at, later, pause in zip(times, times[1:], pauses, strict=False))


def test_an_alarm_that_is_not_answered_goes_another_way_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = world.phones.send

    def silent_to_support(message: Outbound) -> Receipt:
        is_silent = message.address.chat == samples.STAFF_CHAT
        return Receipt(Outcome.UNKNOWN) if is_silent else send(message)

    with world.app.store.begin(world.now) as unit:
        samples.add_chat(unit.session, samples.address(CHANNEL, "li"), "private", None)
        notify.staff_line(unit, "⚠ 要紧", urgent=True)
    monkeypatch.setattr(world.phones, "send", silent_to_support)
    for _ in range(12):
        world.app.deliver()
        world.wait_undelivered(seconds=5)
    world.app.deliver()
    for _ in range(3):
        world.wait(minutes=3)
    assert [said for said in world.heard("li") if "⚠ 要紧" in said] == [world.heard("li")[0]]


def test_an_alarm_for_a_platform_that_is_not_in_the_settings_goes_another_way_soon(world: World) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.execute(update(t.ChatRow).where(t.ChatRow.kind == "staff").values(channel="gone"))
        samples.add_chat(unit.session, samples.address(CHANNEL, "li"), "private", None)
        notify.staff_line(unit, "⚠ 要紧", urgent=True)
    world.wait(minutes=5, seconds=1)
    stranded.give_up(world.app.store, world.app.courier, world.now)
    world.app.deliver()
    assert any("⚠ 要紧" in said for said in world.heard("li"))


@pytest.mark.postgres
def test_a_connection_that_a_thread_still_has_at_the_end_is_closed_when_it_comes_back(
    postgres_url: str,
) -> None:
    world = World(migrated(postgres_url))
    late = world.app.store.engine.connect()
    raw = late.connection.driver_connection
    world.app.close()
    late.close()
    assert raw is not None
    assert raw.closed


@pytest.mark.postgres
def test_a_worker_whose_connection_broke_while_it_looked_at_others_shows_its_life_again(
    postgres_url: str,
) -> None:
    world = World(migrated(postgres_url))
    engine = guest_engine(world.app.store, world.read_clock)
    mine, other = Presence(engine, "mine"), Presence(engine, "other")
    mine.hold()
    other.hold()
    with world.app.store.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(DBAPIError):
        mine.dead({"other"})
    mine.hold()
    other.hold()

    assert [other.dead({"mine"}) for _ in range(5)] == [set()] * 5
    mine.release()
    while other.dead({"mine"}) != {"mine"}:  # the server notices a moment later that a connection has ended
        threading.Event().wait(0.05)
    other.release()
    engine.dispose()
    world.app.close()


def test_a_second_process_is_refused_by_whatever_link_it_comes(tmp_path: Path) -> None:
    file, link = tmp_path / "hotline.db", tmp_path / "other.db"
    file.touch()
    link.symlink_to(file)
    with alone(f"sqlite:///{file}"), pytest.raises(StoreError, match="works on"), alone(f"sqlite:///{link}"):
        pass

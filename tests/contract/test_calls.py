"""Calls to support that nobody hears are raised another way, also those that nobody tried to send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.calls import STANDS, UNHEARD, raise_unheard
from bot.dialogue.alarms import EVERYBODY, rerouted
from bot.messages import Outbound, Outcome, Receipt, Sender
from bot.store import tables as t
from tests.support.staffing import MANAGER, alarms, full_staff, messages
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
STEP = timedelta(minutes=1)
PRIVATE = ("li", "wang", "zhao", MANAGER)


def refuse(
    world: World, monkeypatch: pytest.MonkeyPatch, receipt: Callable[[Outbound], Receipt], *also: str
) -> None:
    """Let nothing through to support's chat, nor to some others."""
    whole = world.phones.send
    closed = ("staff", *also)
    monkeypatch.setattr(
        world.phones, "send", lambda one: receipt(one) if one.address.chat in closed else whole(one)
    )


def unreachable(_: Outbound) -> Receipt:
    return Receipt(Outcome.LATER, error="unreachable")


def pass_time(world: World, span: timedelta) -> None:
    for _ in range(span // STEP):
        world.wait(seconds=STEP.total_seconds())


def rerouted_to(world: World) -> list[str]:
    """Return the calls that reached somebody another way."""
    return [said for who in PRIVATE for said in alarms(world, who) if said.endswith(rerouted("", EVERYBODY))]


def raised(world: World) -> int:
    """Raise late calls another way, as the sweep does; return how many there were."""
    return raise_unheard(world.app.store, world.app.courier.settlement, world.now)


@pytest.fixture(autouse=True)
def _staff(world: World) -> None:
    full_staff(world)
    with world.app.store.begin(world.now) as unit:
        unit.session.query(t.RosterRow).delete()  # else who is on call hears of each alarm at once


def test_every_alarm_behind_one_that_pauses_goes_another_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("regular", "enhanced", "diamond"):
        world.customer(P1, who=who)
    refuse(world, monkeypatch, unreachable)
    pass_time(world, timedelta(minutes=30))
    row = t.OutboxRow
    old = (row.urgent, row.instead_of.is_(None), row.created_at < world.now - UNHEARD)
    with world.app.store.read() as session:
        written = session.scalars(select(row.text).where(*old).order_by(row.id)).all()
    assert {text[:4] for text in written} == {"⚠ T1", "⚠ T2", "⚠ T3"}
    heard = [(who, said) for who in PRIVATE for said in alarms(world, who)]
    assert [text for text in written if not any(said.startswith(text) for _, said in heard)] == []
    assert len(set(heard)) == len(heard)


def test_an_alarm_that_a_platform_puts_off_for_hours_goes_another_way(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer(P1)
    in_hours = world.now + timedelta(hours=4)
    refuse(world, monkeypatch, lambda _: Receipt(Outcome.LATER, error="flood", retry_at=in_hours))
    pass_time(world, timedelta(minutes=15))
    assert rerouted_to(world)


def test_an_alarm_that_waits_at_a_colleague_too_goes_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer(P1)
    refuse(world, monkeypatch, unreachable, "zhao")  # the lead is asked first
    pass_time(world, timedelta(minutes=12))
    assert [who for who in PRIVATE if alarms(world, who)] == [MANAGER]
    assert "发给赵主管没有送达，改由这里通知" in alarms(world, MANAGER)[0]


def test_an_alarm_for_which_there_is_no_other_way_is_looked_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.customer(P1)
    with world.app.store.begin(world.now) as unit:
        unit.session.execute(update(t.ContactRow).values(role="customer"))
    refuse(world, monkeypatch, unreachable)
    pass_time(world, timedelta(minutes=10))
    world.now += UNHEARD + STEP
    assert raised(world) > 0
    assert raised(world) == 0


def test_first_cards_go_another_way_where_their_lane_stands_still_and_not_where_it_is_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(world, monkeypatch, unreachable)
    for who in ("regular", "enhanced"):
        world.app.submit(world.inbound(who, Sender(who, who), P1))
    world.now += STANDS + STEP
    assert raised(world) == 0
    world.app.deliver()  # only the first is tried
    assert raised(world) == 2
    world.app.deliver()
    told = [m.text for who in PRIVATE for m in messages(world, who)]
    assert [number for number in ("T1", "T2") if any(number in said for said in told)] == ["T1", "T2"]
    assert all(said.endswith(rerouted("", EVERYBODY)) for said in told)


def test_what_had_to_wait_for_a_process_goes_its_own_way_first(world: World) -> None:
    world.customer(P1)
    world.now += timedelta(minutes=20)
    world.app.sweep()
    world.now += timedelta(hours=1)
    world.restart()
    world.wait()
    assert alarms(world)
    assert rerouted_to(world) == []

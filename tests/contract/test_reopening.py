"""What comes back: by which contract it is judged, and what was missed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.desk.contract import Terms
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def contract(world: World) -> Terms:
    with world.app.store.begin(world.now) as unit:
        terms = unit.customers.terms(1, world.now)
    assert terms is not None
    return terms


def renew(world: World, **changes: object) -> None:
    """End the first contract on 2 March and add the one that follows."""
    old = contract(world)
    world.change_terms("DEMO-REGULAR", ends_on=date(2026, 3, 2))
    new = {
        "contract_number": "RENEWED",
        "starts_on": date(2026, 3, 3),
        "ends_on": date(2027, 3, 2),
        **changes,
    }
    with world.app.store.begin(world.now) as unit:
        unit.contracts.add(replace(old, paid_on=date(2026, 3, 1), **new))  # type: ignore[arg-type]


@pytest.mark.parametrize("opens", ["support", "customer"])
def test_solving_and_opening_again_give_no_new_clock_to_what_was_never_answered(
    world: World, opens: str
) -> None:
    world.customer(P1)
    due = world.tickets()[0]["response_due"]
    world.wait(minutes=60)
    world.phones.unreachable = {"regular"}
    world.staff("解决 T1 已重启")
    world.phones.unreachable = set()
    world.wait(minutes=30)

    if opens == "support":
        world.staff("重开 T1 其实没好")
    else:
        world.customer("没恢复 T1")

    assert world.tickets()[0]["response_due"] == due
    assert "今天 12:00 前" in world.last()
    assert "报障" in world.customer("为什么 T1")
    world.wait(days=3)
    assert world.card().text.count("响应超期") <= 1
    assert "响应超期" in world.staff("工单 T1")
    assert world.differences() == {}


def close(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.tap("已恢复")


@pytest.mark.parametrize("side", ["customer", "staff"])
def test_a_ticket_that_is_reopened_after_a_renewal_is_judged_by_the_contract_in_force(
    world: World, side: str
) -> None:
    renew(world)
    close(world)
    world.at("2026-03-04T10:00:00+08:00")

    world.customer("没恢复") if side == "customer" else world.staff("重开 T1 客户来电")

    ticket = world.tickets()[0]
    assert (ticket["work"], ticket["contract_number"]) == ("open", "RENEWED")
    assert str(ticket["response_due"]) == "2026-03-04 04:00:00+00:00"
    assert "今天 12:00 前" in world.last()
    assert world.differences() == {}


def test_as_long_as_its_contract_covers_the_day_a_ticket_keeps_its_version(world: World) -> None:
    close(world)
    old = contract(world)
    with world.app.store.begin(world.now) as unit:
        unit.contracts.add(replace(old, version=2, response_around_the_clock=True))

    world.at("2026-03-04T16:30:00+08:00")
    world.customer("没恢复")

    assert world.tickets()[0]["contract_version"] == 1
    assert "明天（周四）10:30 前" in world.last()


def test_what_was_missed_before_a_reopening_still_shows_what_it_costs(world: World) -> None:
    world.customer(P1)
    world.wait(days=2, hours=3)
    world.staff("回复 T1 来晚了")
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    assert "⚠ 响应超期 2 天 1 小时" in world.card().text

    world.customer("没恢复")

    assert "⚠ 响应超期 2 天 1 小时（重开前）" in world.card().text
    assert "× 2 天" in world.card().text
    world.staff("回复 T1 正在看")
    assert "（重开前）" in world.card().text
    world.staff("解决 T1 换了网卡")
    world.tap("已恢复")
    world.customer("没恢复")
    assert world.card().text.count("重开前") == 1
    assert world.differences() == {}

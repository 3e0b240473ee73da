"""What can't be solved from afar (contract 1, on-site service), in chat, on both databases."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.desk.contract import Terms
from bot.desk.terms import Zone
from bot.store.tables import ContractRow
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def zone(world: World, place: Zone, **changes: object) -> None:
    """Move the enhanced customer."""
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(ContractRow).filter_by(number="DEMO-ENHANCED")).one()
        row.terms = replace(Terms.from_dict(row.terms), zone=place, **changes).to_dict()  # type: ignore[arg-type]


def test_out_of_town_an_engineer_arrives_within_12_hours_of_the_declaration(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.wait(minutes=10)

    world.staff("不能远程 T1 主机硬件故障")

    told = world.last("enhanced")
    assert "李工判断不能远程解决（主机硬件故障），工程师会到现场处理" in told
    assert "到场期限：今天 22:10 前" in told
    assert "外地" in told
    ticket = world.tickets()[0]
    assert ticket["work"] == "onsite"
    assert str(ticket["onsite_due"]) == "2026-03-02 14:10:00+00:00"
    assert "到场期限：今天 22:10 前" in world.card().text


def test_inside_the_ring_it_is_two_hours_and_beyond_it_a_target_that_is_not_in_the_contract(
    world: World,
) -> None:
    zone(world, Zone.INSIDE)
    world.customer(P1, who="enhanced")
    world.staff("不能远程 T1 硬件")
    assert "到场期限：今天 12:00 前" in world.last("enhanced")
    world.staff("解决 T1 好了")
    world.tap("已恢复", who="enhanced")

    zone(world, Zone.BEYOND)
    world.customer("IVR 全部打不进来", who="enhanced")
    world.staff("不能远程 T2 硬件")
    assert "因合同未约定北京五环以外的到场时间，这是我方的目标时间" in world.last("enhanced")
    assert "（目标，合同未约定）" in world.card().text


def test_the_regular_level_has_none_and_is_told_politely_what_there_is(world: World) -> None:
    world.customer(P1)

    world.staff("不能远程 T1 主机硬件故障")

    told = world.last()
    assert "您的合同是常规级，不含现场服务" in told
    assert "软件故障提供旁路办法" in told
    assert "增强级含现场服务" in told
    ticket = world.tickets()[0]
    assert (ticket["work"], ticket["onsite_due"]) == ("responded", None)


def test_diamond_is_at_once(world: World) -> None:
    world.customer(P1, who="diamond")
    world.staff("不能远程 T1 硬件")

    assert "到场期限：立即" in world.last("diamond")
    assert world.tickets()[0]["onsite_due"] == world.now


def test_the_declaration_is_an_answer_and_the_tap_asks_for_the_reason(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.staff("确认 T1 1")
    world.staff("回复 T1 正在查")
    world.wait(minutes=5)

    assert "不能远程解决的原因" in world.tap("转现场", who="li")
    world.staff("主机坏了")

    assert world.tickets()[0]["work"] == "onsite"


def test_arrival_is_recorded_with_its_time_and_the_customer_is_told(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.staff("不能远程 T1 硬件")
    world.wait(hours=2)

    world.staff("到场 T1 11:50")

    assert world.last("enhanced") == "工单 T1：李工 11:50 已到现场。"
    assert str(world.tickets()[0]["arrived_at"]) == "2026-03-02 03:50:00+00:00"
    assert "到场已经记录" in world.staff("到场 T1")


def test_an_arrival_before_the_declaration_is_a_slip(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.wait(hours=1)
    world.staff("不能远程 T1 硬件")

    assert "到场早于转现场（11:00）" in world.staff("到场 T1 10:30")
    assert "还没有转现场" in _other(world)


def _other(world: World) -> str:
    world.customer(P1)
    return world.staff("到场 T2")


def test_without_a_contract_nobody_knows_whether_there_is_on_site_service(world: World) -> None:
    world.customer(P1, who="visitor")

    assert "请先绑定客户" in world.staff("不能远程 T1 硬件")
    assert world.tickets()[0]["work"] == "open"


def test_a_late_arrival_shows_what_it_costs(world: World) -> None:
    zone(world, Zone.INSIDE)
    world.customer(P1, who="enhanced")
    world.staff("不能远程 T1 硬件")
    world.wait(hours=50)

    world.staff("工单 T1")

    card = world.card().text
    assert "到场超期 2 天" in card
    assert "合同金额 50,000.00 元 × 每日 0.1 % × 2 天" in card
    assert "100.00 元" in card


def test_hours_late_are_shown_not_charged(world: World) -> None:
    world.customer(P1)
    world.wait(hours=5)

    world.staff("工单 T1")

    assert "响应超期 3 小时，不足一整天，不计违约金" in world.card().text

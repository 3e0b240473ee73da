"""A second fault has a ticket and a clock of its own; on both databases."""

from __future__ import annotations

import pytest

from tests.contract.test_review_desk import case_of
from tests.support.world import World


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("所有坐席都登不上系统了", "录音全部丢失了"),
        ("所有坐席都登不上系统了", "IVR全部不播放了"),
        ("电话打不进来了", "客户数据泄露了"),
        ("IVR挂了", "录音全没了"),
    ],
)
def test_a_different_fault_right_after_the_first_has_its_own_ticket_and_clock(
    world: World, first: str, second: str
) -> None:
    world.customer(first)
    world.wait(minutes=2)

    told = world.customer(second)

    assert told.startswith("已收到，工单号 T2。")
    assert "今天 12:02 前" in told
    assert [ticket["held"] for ticket in world.tickets()] == [1, 1]


@pytest.mark.parametrize("second", ["是IVR", "IVR挂了", "就是 IVR 那块", "所有人都登不上", "电话也打不进来"])
def test_what_makes_a_vague_report_clearer_goes_on_with_it(world: World, second: str) -> None:
    world.customer("系统挂了")
    world.wait(minutes=2)
    world.customer(second)

    assert len(world.tickets()) == 1


def test_where_it_may_be_another_fault_the_customer_can_say_so_with_a_tap(world: World) -> None:
    world.customer("系统挂了")
    world.wait(minutes=2)
    told = world.customer("录音全没了")
    assert "已在工单 T1 中" in told
    assert "如果是另一个故障，请点“另一个故障”" in told
    assert "拆分 T1" in (world.card().note or "")

    world.wait(minutes=1)
    told = world.tap("另一个故障")

    assert "单独处理，工单号 T2" in told
    assert "今天 12:02 前" in told  # from its own report
    assert "请问影响多大" in told
    assert case_of(world, 2).ticket.refers_to == 1
    assert world.differences() == {}

    again = world.tap("另一个故障")  # twice

    assert "请用一句话描述另一个故障" in again
    assert len(world.tickets()) == 2


def test_another_fault_can_be_typed_and_without_one_the_customer_is_asked_for_it(world: World) -> None:
    world.customer("系统挂了")
    assert "请用一句话描述另一个故障" in world.customer("另一个故障")
    world.customer("录音全没了")

    assert "工单号 T2" in world.customer("另一个故障")


def test_the_same_part_or_the_same_symptom_asks_nothing(world: World) -> None:
    world.customer("IVR挂了")
    assert "另一个故障" not in world.customer("IVR全挂了，打不进来")
    assert len(world.tickets()) == 1


@pytest.mark.parametrize(
    ("first", "second", "again"),
    [
        ("有两个座席听不到录音", "报表导不出来", "录音还是听不了"),
        ("有两个坐席的电话没录音", "报表导不出来", "录音还是没有"),  # the part stands in the symptom's words
        ("昨天下午三点的录音导不出来", "昨天下午三点的报表导不出来", "录音导不出来"),
    ],
)
def test_another_part_is_another_fault_however_alike_the_words_are(
    world: World, first: str, second: str, again: str
) -> None:
    world.customer(first)
    world.wait(minutes=20)

    assert world.customer(second).startswith("已收到，工单号 T2。")
    assert "已在工单 T1 中" in world.customer(again)
    assert len(world.tickets()) == 2

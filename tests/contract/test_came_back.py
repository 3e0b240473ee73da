"""A fault that is still there, or comes back, after it was reported as solved; on both databases."""

from __future__ import annotations

import pytest

from tests.contract.test_review_desk import case_of
from tests.support.world import World


def closed(world: World, fault: str = "IVR挂了") -> None:
    """A fault is reported, answered, solved and closed."""
    world.customer(fault)
    world.staff("解决 T1 已重启")
    world.customer("已恢复")
    world.wait(minutes=60)


@pytest.mark.parametrize("words", ["还是不行", "又挂了", "怎么还是不行啊", "又不行了", "还是老样子", "没好"])
def test_words_without_a_subject_reopen_what_was_closed_last(world: World, words: str) -> None:
    closed(world)

    told = world.customer(words)

    assert told.startswith("工单 T1 已重开。")
    (ticket,) = world.tickets()
    assert (ticket["work"], ticket["held"]) == ("open", 1)
    assert "今天 13:00 前" in told
    assert world.differences() == {}


@pytest.mark.parametrize("words", ["录音又听不到了", "有两个座席听不到录音", "报表导不出来"])
def test_what_names_another_part_is_a_new_fault(world: World, words: str) -> None:
    closed(world)

    assert "工单号 T2" in world.customer(words)


def test_a_day_later_they_are_a_report_of_their_own(world: World) -> None:
    closed(world)
    world.wait(hours=25)

    assert "工单号 T2" in world.customer("还是不行")


def test_in_a_colleagues_chat_they_are_about_something_else(world: World) -> None:
    code = world.staff("绑定码 青禾保险客服中心").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")
    closed(world)

    assert "工单号 T2" in world.customer("还是不行", who="visitor")


def test_a_graver_report_after_the_solution_raises_what_it_reopens_and_may_be_another_fault(
    world: World,
) -> None:
    world.customer("报表导不出来")
    world.staff("解决 T1 已重启")
    world.wait(minutes=10)

    told = world.customer("现在所有坐席都登不上系统了")

    assert told.startswith("工单 T1 已重开。")
    assert "优先等级1：您提到" in told
    assert "今天 12:10 前" in told
    assert case_of(world).ticket.held == 1
    told = world.tap("另一个故障")
    assert "工单号 T2" in told
    assert world.tickets()[1]["held"] == 1
    assert world.differences() == {}

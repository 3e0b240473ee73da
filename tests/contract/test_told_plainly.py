"""What customers are told of hours and money; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-03-02T20:00:00+08:00", "从明天（周二）09:00 起算"),
        ("2026-03-02T07:00:00+08:00", "从今天 09:00 起算"),
        ("2026-10-31T18:00:00+08:00", "从明天（周日）09:00 起算"),
    ],
)
def test_off_hours_a_customer_is_told_on_which_day_the_clock_starts(world: World, at: str, said: str) -> None:
    world.at(at)

    assert said in world.customer(P1)


def test_within_the_hours_nothing_is_said_of_a_start(world: World) -> None:
    assert "起算" not in world.customer(P1)


def test_who_asks_what_a_renewal_costs_is_told(world: World) -> None:
    told = world.customer("续费多少钱")

    assert "服务期至" in told
    assert "连续续费按合同费率为每年 18,000.00 元" in told
    assert "会与您联系" in told


def test_who_asks_after_the_contract_has_ended_is_told_the_price_after_a_break(world: World) -> None:
    world.change_terms("DEMO-REGULAR", starts_on=date(2025, 3, 1), ends_on=date(2026, 3, 1))

    told = world.customer("续费多少钱")

    assert "中断后首次续费按合同费率为每年 25,000.00 元" in told
    assert "400-818-1110" in told


def test_who_has_not_paid_is_told_what_is_due_and_what_a_year_costs(world: World) -> None:
    world.change_terms("DEMO-REGULAR", paid_on=None)

    told = world.customer("续费多少钱")

    assert "尚未收到本期服务费（18,000.00 元）" in told
    assert "连续续费按合同费率为每年" in told


@pytest.mark.parametrize("words", ["不对，这是很严重的问题", "这个很严重", "影响很大的"])
def test_who_says_that_it_is_grave_is_asked_for_the_effect(world: World, words: str) -> None:
    world.customer("有两个坐席录音听不到了")
    world.tap("部分受影响")
    world.wait(minutes=10)

    told = world.customer(words)

    assert "您对工单 T1 的优先级有异议（现按优先等级2计时）" in told
    assert "请问影响多大" in told
    assert "按优先等级1计时" in world.customer("1")
    assert "优先级有异议" not in world.customer("很严重，请快一点")  # it holds as priority 1 by now


@pytest.mark.parametrize("words", ["不是很严重", "没有那么严重，不急"])
def test_who_says_that_it_is_not_grave_does_not_object(world: World, words: str) -> None:
    world.customer("有两个坐席录音听不到了")
    world.wait(minutes=10)

    assert "有异议" not in world.customer(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("IVR欢迎语不播了", "等待时请拨打一次"),
        ("有两个坐席录音听不到了", "等待时请记下"),
        ("听不到客户声音", "耳麦"),
    ],
)
def test_what_is_not_heard_of_a_recording_or_a_menu_is_no_matter_of_a_headset(
    world: World, words: str, said: str
) -> None:
    assert said in world.customer(words)


def test_who_asks_when_it_will_be_mended_is_told_that_nobody_knows_yet(world: World) -> None:
    world.customer(P1)

    told = world.customer("多久能修好？")

    assert "修好的时间要等工程师查明才知道，有进展马上告诉您。" in told
    assert "响应期限 今天 12:00 前" in told
    assert "修好的时间" not in world.customer("查进度")


@pytest.mark.parametrize("words", ["撤销吧，是我们网络的问题", "撤单吧", "取消了，不用查"])
def test_who_wants_it_left_is_asked_whether_to_withdraw(world: World, words: str) -> None:
    world.customer("录音查询很慢")

    assert "确定撤销工单 T1" in world.customer(words)


def test_what_a_level_has_and_lacks_is_said_in_one_sentence(world: World) -> None:
    told = world.customer("请问年度巡检什么时候做")

    assert "您的合同含远程巡检：每年 2 次，提供 2 份巡检报告；不含现场巡检。" in told
    assert "您的合同含现场服务：实时。" in world.customer("能上门吗", who="diamond")

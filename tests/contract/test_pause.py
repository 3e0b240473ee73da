"""Agreed pauses: never silent, business time only, ended by any answer; on both databases."""

from __future__ import annotations

import pytest

from tests.support.staffing import alarms, full_staff
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def paused(world: World, minutes: int = 30) -> None:
    """Report at ten, agree to a pause after some minutes."""
    world.customer(P1)
    world.wait(minutes=minutes)
    world.staff("暂停 T1 等客户重启服务器")
    world.tap("同意暂停")


def due(world: World) -> str:
    return str(world.tickets()[0]["response_due"])


def test_the_clocks_rest_only_from_the_customers_consent(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=30)

    world.staff("暂停 T1 等客户重启服务器")

    assert "李工需要等您这边：等客户重启服务器" in world.last()
    assert due(world) == "2026-03-02 04:00:00+00:00"
    assert world.tickets()[0]["responded_at"] is None
    world.wait(minutes=10)

    told = world.tap("同意暂停")

    assert "已暂停工单 T1 的计时" in told
    assert "双方同意暂停计时（等客户重启服务器），响应时间还剩 1 小时 20 分钟，您一回复就继续计时" in told
    ticket = world.tickets()[0]
    assert (ticket["response_due"], ticket["paused_at"]) == (None, world.now)
    assert "⏸ 10:40 起双方同意暂停：等客户重启服务器（响应还剩 1 小时 20 分钟）" in world.card().text
    assert world.differences() == {}


def test_any_answer_of_the_customer_ends_it_and_both_are_told_the_new_deadline(world: World) -> None:
    paused(world)
    world.wait(minutes=45)

    world.customer("服务器已经重启了，还是不行")

    assert due(world) == "2026-03-02 04:45:00+00:00"
    assert any("工单 T1 继续计时" in text and "12:45 前" in text for text in world.heard("regular"))
    assert "响应期限：今天 12:45 前" in world.card().text
    assert any("T1 客户已回复，继续计时。响应期限：今天 12:45 前" in text for text in world.heard("staff"))
    assert world.tickets()[0]["paused_at"] is None


@pytest.mark.parametrize("words", ["谢谢", "好的，谢谢，辛苦了", "查进度", "为什么", "我的合同"])
def test_thanks_and_questions_about_the_ticket_are_no_answer(world: World, words: str) -> None:
    paused(world)

    world.customer(words)

    assert world.tickets()[0]["paused_at"] is not None


@pytest.mark.parametrize("words", ["好的重启了", "谢谢，已经换好网线了", "可以了，服务器重启完了"])
def test_who_says_more_than_thanks_has_answered(world: World, words: str) -> None:
    paused(world)

    world.customer(words)

    assert world.tickets()[0]["paused_at"] is None
    assert "继续计时" in "".join(world.heard("regular")[-2:])


def test_support_can_end_it(world: World) -> None:
    paused(world)
    world.wait(minutes=30)

    world.staff("继续 T1")

    assert "工单 T1 继续计时" in world.last()
    assert "今天 12:30 前" in world.last()
    assert "没有暂停" in world.staff("继续 T1")


def test_a_refused_pause_changes_nothing(world: World) -> None:
    world.customer(P1)
    world.staff("暂停 T1 等客户重启服务器")

    assert "不暂停，照常计时" in world.tap("不同意")
    assert due(world) == "2026-03-02 04:00:00+00:00"


def test_a_pause_over_the_night_costs_only_its_service_hours(world: World) -> None:
    world.at("2026-03-02T16:00:00+08:00")
    paused(world, minutes=30)
    world.wait(hours=17)  # 09:30 of the next day

    world.staff("继续 T1")

    # Half an hour of 2 was used; of the pause 16:30–17:00 and 09:00–09:30 count.
    assert due(world) == "2026-03-03 03:00:00+00:00"


def test_a_pause_without_service_time_in_it_changes_nothing(world: World) -> None:
    world.at("2026-03-02T16:00:00+08:00")
    world.customer(P1)
    before = due(world)
    world.wait(hours=2)
    world.staff("暂停 T1 等客户")
    world.tap("同意暂停")
    world.wait(hours=10)

    world.staff("继续 T1")

    assert due(world) == before


def test_pause_and_resolve_in_one_step(world: World) -> None:
    paused(world)
    world.wait(minutes=10)

    world.staff("解决 T1 客户重启后恢复")

    ticket = world.tickets()[0]
    assert (ticket["work"], ticket["paused_at"]) == ("resolved", None)
    assert world.tap("没恢复")
    assert due(world) == "2026-03-02 04:40:00+00:00"  # the reopening starts the clock anew
    assert world.differences() == {}


def test_the_pause_is_on_the_receipt(world: World) -> None:
    paused(world)
    world.wait(minutes=45)
    world.staff("继续 T1")

    receipt = world.customer("为什么")

    assert "10:30–11:15 双方同意暂停，不计时：等客户重启服务器" in receipt
    assert "11:15–12:45" in receipt


def test_what_cannot_be_done_while_it_rests_says_how_to_go_on(world: World) -> None:
    paused(world)

    assert "请先发“继续 T1”" in world.staff("约定 T1 响应 15:00 王经理")
    assert "请先发“继续 T1”" in world.staff("暂停 T1 再等等")


def test_another_customers_chat_cannot_consent(world: World) -> None:
    world.customer(P1)
    world.staff("暂停 T1 等客户")

    assert "您现在没有未结的工单" in world.customer("同意暂停", who="enhanced")
    assert world.tickets()[0]["paused_at"] is None


def test_a_pause_that_goes_on_is_brought_to_mind_once_a_day_in_the_daytime(world: World) -> None:
    full_staff(world)
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("认领 T1")
    world.staff("暂停 T1 请客户重启服务器")
    world.tap("同意暂停")
    count = len(alarms(world))

    world.wait(hours=23)
    assert len(alarms(world)) == count
    world.wait(hours=1)
    assert "双方同意的暂停已 24 小时" in alarms(world, "li")[-1]
    assert "问客户进展；不用再等请发“继续”" in alarms(world)[-1]
    world.wait(hours=24)
    assert len(alarms(world)) == count + 2
    assert world.differences() == {}

    world.tap("继续", who="li")
    assert world.tickets()[0]["paused_at"] is None


def test_a_reminder_of_a_pause_of_which_notice_was_taken_comes_again_the_next_day(world: World) -> None:
    full_staff(world)
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("暂停 T1 请客户重启服务器")
    world.tap("同意暂停")
    world.wait(hours=24)

    world.tap("知道了", who="li")

    count = len(alarms(world))
    world.wait(hours=23)
    assert len(alarms(world)) == count
    world.wait(hours=1)
    assert "双方同意的暂停已" in alarms(world)[-1]
    assert len(alarms(world)) == count + 1

"""Cards and receipts stay true when a ticket ends, rests, starts anew or waits; on both databases."""

from __future__ import annotations

import pytest

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


@pytest.mark.parametrize("end", [("撤销", "确定撤销"), ("恢复了", "关闭工单")], ids=["withdrawn", "closed"])
def test_a_card_of_a_finished_ticket_shows_nothing_overdue(world: World, end: tuple[str, str]) -> None:
    world.customer(P1)
    world.customer(end[0])
    world.tap(end[1])
    world.wait(hours=5)

    card = world.staff("工单 T1")

    assert "响应期限：今天 12:00 前，10:00 结束" in card
    assert "超期" not in card


def test_what_was_late_when_it_ended_stays_late(world: World) -> None:
    world.customer(P1)
    world.wait(hours=3)
    world.customer("撤销")
    world.tap("确定撤销")

    assert "（超期）" in world.staff("工单 T1").split("响应期限")[1].splitlines()[0]


def test_a_clock_that_a_pause_held_from_its_first_minute_says_so(world: World) -> None:
    world.customer(P1)
    world.staff("暂停 T1 等客户重启交换机")
    world.tap("同意暂停")
    world.wait(hours=2)
    world.staff("继续 T1")

    why = world.customer("为什么")

    assert "当时双方同意暂停，从 3月2日（周一）12:00 起算" in why
    assert "之外" not in why


def test_a_pause_over_night_names_the_day_it_ended(world: World) -> None:
    world.at("2026-03-02T16:00:00+08:00")
    world.customer(P1)
    world.staff("暂停 T1 等客户重启交换机")
    world.tap("同意暂停")
    world.at("2026-03-03T09:30:00+08:00")
    world.staff("继续 T1")

    assert "16:00–3月3日 09:30 双方同意暂停" in world.customer("为什么")


def test_a_reopened_ticket_says_that_its_clock_started_with_the_reopening(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("解决 T1 重启了服务")
    world.at("2026-03-03T10:00:00+08:00")
    world.customer("没恢复")

    why = world.customer("为什么")

    assert "2026年3月3日（周二）10:00 重开" in why
    assert "10:00 报障" not in why


def test_who_waits_for_an_answer_about_what_is_no_fault_is_not_forgotten(world: World) -> None:
    world.customer("报表导不出来")
    world.tap("只是咨询")
    world.staff("不是故障 T1 是咨询")
    world.wait(hours=7)

    heard = "\n".join(world.heard("staff"))

    assert "T1" in heard
    assert "响应" in heard
    world.staff("回复 T1 在报表页右上角导出")
    count = len(world.heard("staff"))
    world.wait(hours=16)
    assert len(world.heard("staff")) == count  # nothing is due: it is followed up after a day, to be closed
    assert world.differences() == {}


def test_a_resolved_ticket_shows_no_progress_duty(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("回复 T1 在处理")
    assert "应给客户进展" in world.staff("工单 T1")

    world.staff("解决 T1 重启了服务")

    assert "应给客户进展" not in world.staff("工单 T1")


def test_who_presses_no_fault_second_is_told_how_to_change_to_just_that(world: World) -> None:
    world.customer(P2)
    world.staff("确认 T1 2")

    assert "改级 T1 不是故障 原因" in world.staff("不是故障 T1 是咨询")


def test_a_finished_ticket_is_urged_by_nobody_and_says_what_can_be_done(world: World) -> None:
    world.customer(P1)
    world.customer("撤销")
    world.tap("确定撤销")

    world.customer("查进度 T1")

    assert "催单" not in str(world.phones.delivered["regular"][-1].choices)
    assert "用一句话描述" in world.customer("催单 T1")


def test_a_late_arrival_is_marked_and_named_beside_the_late_response(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.wait(hours=5)
    world.staff("回复 T1 在处理")
    world.staff("不能远程 T1 要换硬盘")
    world.wait(hours=30)
    world.staff("到场 T1")

    card = world.staff("工单 T1")

    assert "响应超期" in card
    assert "到场超期" in card
    assert "（超期）" in card.split("已到场")[1].splitlines()[0]


def test_a_card_tells_a_consent_by_telephone_from_the_customers_own_answer(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")
    world.wait(minutes=20)

    world.staff("客户同意 T1 2 王经理 电话 10:15", who="zhao")

    recorded = "客户同意：优先等级2（王经理 10:15 电话，赵主管记录）"
    assert recorded in world.card().text.splitlines()
    assert "客户答" not in world.card().text

    world.tap("有异议")
    world.tap("全部受影响")

    assert "客户答：全部受影响" in world.card().text.splitlines()
    assert "客户同意" not in world.card().text
    assert world.differences() == {}


def test_a_consent_by_telephone_is_void_with_the_view_and_moves_with_it(world: World) -> None:
    world.customer(P2)
    world.staff("客户同意 T1 2 王经理 电话 10:00", who="zhao")
    world.wait(hours=2)
    world.customer("IVR有时不播放")
    world.staff("合并 T1 到 T2")
    assert "客户答：未答" in world.card().text  # of the joined fault they have judged one half

    world.staff("客户同意 T2 2 王经理 电话 12:00", who="zhao")
    assert "客户同意：优先等级2（王经理 12:00 电话，赵主管记录）" in world.card().text
    world.customer("IVR全部不播放了，电话全打不进来")

    assert "客户答：未答" in world.card().text
    assert world.differences() == {}

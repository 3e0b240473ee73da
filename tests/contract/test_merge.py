"""Merging and splitting: one clock, everybody informed, nothing of other customers; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


@pytest.fixture
def colleague(world: World) -> World:
    """A world in which the visitor is a colleague of the regular customer's reporter."""
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")
    return world


def test_the_earliest_clock_and_the_stricter_priority_hold_and_each_stays_informed(colleague: World) -> None:
    world = colleague
    world.customer(P2)
    world.wait(minutes=30)
    world.customer("IVR 打不进来，全部受影响", who="visitor")
    assert [t["held"] for t in world.tickets()] == [2, 1]

    world.staff("合并 T1 到 T2")

    merged, target = world.tickets()
    assert (merged["work"], merged["merged_into"], merged["next_alarm_at"]) == ("merged", 2, None)
    assert (target["held"], str(target["response_due"])) == (1, "2026-03-02 04:00:00+00:00")
    assert "您报的工单 T1 和 T2 是同一问题，已合并处理" in world.last("regular")
    assert world.card().note == "T1 已并入本单 T2"
    assert "响应期限 今天 12:00 前" in world.last("visitor")

    world.staff("回复 T2 在处理")
    assert world.last("regular") == world.last("visitor") == "李工（工单 T2）：在处理"
    assert "有两个座席听不到录音" in world.card().text
    assert world.differences() == {}


def test_the_stricter_determination_of_the_merged_ticket_is_taken_over(colleague: World) -> None:
    world = colleague
    world.customer(P1)
    world.tap("全部受影响")
    world.staff("确认 T1 1")
    world.customer(P2, who="visitor")

    world.staff("合并 T1 到 T2")

    assert (world.tickets()[1]["held"], world.tickets()[1]["standing"]) == (1, "agreed")


def test_the_card_of_a_merged_ticket_keeps_what_was_reported(colleague: World) -> None:
    world = colleague
    world.customer(P2)
    world.customer("录音里有杂音，两个坐席")
    world.customer("IVR 打不进来，全部受影响", who="visitor")
    world.staff("合并 T1 到 T2")

    world.staff("工单 T1")
    card = world.card().text

    assert "已并入" in card or "已合并" in card
    assert "原话：有两个座席听不到录音；录音里有杂音，两个坐席\n" in card


def test_a_merged_ticket_answers_for_the_one_that_goes_on(colleague: World) -> None:
    world = colleague
    world.customer(P2)
    world.customer(P1, who="visitor")
    world.staff("合并 T1 到 T2")

    assert "T2" in world.customer("查进度 T1")
    assert "已并入 T2，请对 T2 操作" in world.staff("回复 T1 在吗")
    assert "已催办工单 T2" in world.customer("催单 T1")


def test_three_reports_become_one(colleague: World) -> None:
    world = colleague
    world.customer(P2)
    world.customer("IVR 打不进来，全部受影响", who="visitor")
    world.customer("呼入排队报表打不开", who="visitor")
    assert len(world.tickets()) == 3

    world.staff("合并 T2 到 T1")
    world.staff("合并 T3 到 T1")

    assert [t["work"] for t in world.tickets()] == ["open", "merged", "merged"]
    assert [t["merged_into"] for t in world.tickets()] == [None, 1, 1]
    world.wait(days=2)
    assert [t["work"] for t in world.tickets()] == ["open", "merged", "merged"]
    assert not [text for text in world.heard("staff") if text.startswith(("⚠ T2", "⚠ T3"))]


def test_tickets_of_two_customers_are_never_merged_and_neither_is_named(world: World) -> None:
    world.customer(P1)
    world.customer(P1, who="enhanced")

    said = world.staff("合并 T2 到 T1")

    assert "不是同一客户的工单，不能合并" in said
    assert "青禾" not in said
    assert [t["work"] for t in world.tickets()] == ["open", "open"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("合并 T1 到 T1", "请写另一张工单"),
        ("合并 T1 到 T9", "没有工单 T9"),
        ("合并 T1 到 那张", "请写并到哪张工单"),
        ("拆分 T1", "只有一条报修"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_right(world: World, said: str, answer: str) -> None:
    world.customer(P1)

    assert answer in world.staff(said)


def test_nothing_is_half_merged(colleague: World) -> None:
    world = colleague
    world.customer(P2)
    world.customer(P1, who="visitor")
    world.staff("解决 T2 好了")

    said = world.staff("合并 T1 到 T2")

    assert "待客户确认恢复" in said
    assert world.tickets()[0]["work"] == "open"


def test_a_ticket_on_site_is_not_lost_in_another(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.wait(minutes=10)
    world.customer("外呼任务全部停了，一个电话都打不出去", who="enhanced")
    assert len(world.tickets()) == 2
    world.staff("不能远程 T1 硬件")

    assert "请反过来合并：合并 T2 到 T1" in world.staff("合并 T1 到 T2")


def test_a_report_that_joined_wrongly_becomes_its_own_with_its_own_time(colleague: World) -> None:
    world = colleague
    world.customer(P1)
    world.wait(minutes=20)
    world.customer("所有坐席都登不上系统", who="visitor")
    own_time = world.now
    world.wait(minutes=40)

    world.staff("拆分 T1 那边是另一套系统")

    first, second = world.tickets()
    assert second["reported_at"] == own_time
    assert str(second["response_due"]) == "2026-03-02 04:20:00+00:00"
    assert second["summary"] == "那边是另一套系统"
    assert "已从工单 T1 分出，单独处理，工单号 T2" in world.last("visitor")
    assert "工单号 T2" not in world.last("regular")
    assert str(first["response_due"]) == "2026-03-02 04:00:00+00:00"
    assert world.differences() == {}


def test_after_a_split_a_ticket_is_of_its_own_fault_only(world: World) -> None:
    world.customer("座席有状况")
    world.wait(minutes=2)
    world.customer("IVR挂了")
    assert len(world.tickets()) == 1
    assert world.tickets()[0]["summary"] == "IVR挂了"

    world.staff("拆分 T1 1")

    first, second = world.tickets()
    assert (first["summary"], second["summary"]) == ("座席有状况", "IVR挂了")
    assert first["concepts"] == ["agent.people", "fail.vague"]
    assert "命中：无（信息不足）" in world.staff("工单 T1")  # and no more what the other fault was known by
    assert "IVR" not in world.customer("为什么 T1")
    assert [ticket["held"] for ticket in (first, second)] == [1, 1]
    assert world.differences() == {}
    world.wait(minutes=30)
    assert "工单 T2" in world.customer("IVR还是不通")


def test_of_several_joined_reports_the_number_says_which(colleague: World) -> None:
    world = colleague
    world.customer(P1)
    world.customer("所有坐席都登不上系统", who="visitor")
    world.wait(minutes=10)
    world.customer("所有坐席还是登不上系统", who="visitor")

    said = world.staff("拆分 T1")
    assert "请写拆哪一条" in said
    assert "2. 10:10 所有坐席还是登不上系统" in said

    world.staff("拆分 T1 2")

    assert world.tickets()[1]["reported_at"] == world.now


def test_merging_keeps_what_the_customer_said_of_either_fault(world: World) -> None:
    world.customer(P1)
    world.tap("部分受影响")
    world.customer(P2)
    world.tap("全部受影响")
    world.staff("合并 T2 到 T1")

    world.staff("确认 T1 2")

    assert (world.tickets()[0]["held"], world.tickets()[0]["standing"]) == (1, "disputed")
    assert world.differences() == {}


@pytest.mark.parametrize("said", ["合并 T1 到 T2", "合并 T2 到 T1"])
def test_a_report_before_the_payment_takes_no_deadline_from_one_after_it(world: World, said: str) -> None:
    world.change_terms("DEMO-REGULAR", paid_on=None)
    world.customer(P1)
    world.at("2026-03-03T10:00:00+08:00")
    world.change_terms("DEMO-REGULAR", paid_on=date(2026, 3, 3))
    world.customer("录音全没了")

    world.staff(said)

    assert "响应期限 今天 12:00 前" in world.last()
    assert world.differences() == {}


def test_a_time_that_was_agreed_for_one_fault_does_not_loosen_another(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=10)
    world.customer("IVR也不通了，全断")
    world.staff("约定 T2 响应 15:00")
    world.customer("同意时间 T2")

    assert "合并会推迟 T1 的期限，不能并入 T2" in world.staff("合并 T1 到 T2")
    assert [t["work"] for t in world.tickets()] == ["open", "open"]


def test_a_later_report_is_answered_before_it_joins_an_answered_one(world: World) -> None:
    world.customer(P2)
    world.staff("回复 T1 在看")
    world.wait(hours=1)
    world.customer("IVR 打不进来，全部受影响")

    assert "请先回复 T2，再合并" in world.staff("合并 T2 到 T1")
    world.staff("回复 T2 在看")
    world.staff("合并 T2 到 T1")
    assert [t["work"] for t in world.tickets()] == ["responded", "merged"]


def test_an_overdue_promise_is_taken_over_as_it_was_made(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=10)
    world.customer("IVR也不通了，全断")
    world.staff("下次进展 T2 10:20")
    world.at("2026-03-02T10:30:00+08:00")

    world.staff("合并 T2 到 T1")

    assert str(world.tickets()[0]["update_due"]) == "2026-03-02 02:20:00+00:00"
    assert [t["work"] for t in world.tickets()] == ["open", "merged"]
    assert world.differences() == {}

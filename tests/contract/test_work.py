"""From confirmation to closing: what staff and customers do to a ticket, on both databases."""

from __future__ import annotations

import pytest

from bot.messages import Outcome, Receipt
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def kinds(world: World, ticket: int = 1) -> list[str]:
    with world.app.store.begin(world.now) as unit:
        return [event.kind.value for event in unit.tickets.events(ticket)]


def test_from_report_to_rating(world: World) -> None:
    world.customer(P1)
    world.tap("全部受影响")
    world.tap("确认1", who="li")
    world.tap("认领", who="li")
    assert "由李工负责" in world.last()

    world.tap("回复客户", who="li")
    world.wait(minutes=5)
    world.staff("正在看服务器，请保持电话畅通")
    assert world.last() == "李工（工单 T1）：正在看服务器，请保持电话畅通"
    assert world.tickets()[0]["responded_at"] == world.now

    world.staff("旁路 T1 先用备用服务器 10.0.0.8 登录")
    assert "旁路办法（李工）：先用备用服务器" in world.last()

    world.staff("解决 T1 主服务器磁盘已清理")
    assert "请问恢复了吗？" in world.last()
    assert "请为这次服务打分" in world.tap("已恢复")
    assert "5 分已记录" in world.customer("5")

    assert world.tickets()[0]["work"] == "closed"
    assert world.differences() == {}
    assert "rated" in kinds(world)


def test_taking_or_confirming_a_ticket_is_no_response(world: World) -> None:
    world.customer(P1)
    world.tap("确认1", who="li")
    world.tap("认领", who="li")

    assert world.tickets()[0]["responded_at"] is None


def test_a_reply_counts_as_the_response_only_when_it_was_delivered(world: World) -> None:
    world.customer(P1)
    later = Receipt(Outcome.LATER, error="500")
    world.app.submit(world.inbound("staff", world.person("li"), "回复 T1 马上处理"))
    world.phones.receipts = [later]
    world.app.deliver()
    assert world.tickets()[0]["responded_at"] is None

    world.wait(minutes=2)

    assert "李工（工单 T1）：马上处理" in world.heard("regular")
    assert world.tickets()[0]["responded_at"] == world.now


def test_a_recorded_call_is_a_response_with_who_and_when(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=30)

    world.tap("确认1", who="li")
    world.staff("响应 T1 10:20 王经理")

    ticket = world.tickets()[0]
    assert str(ticket["responded_at"]) == "2026-03-02 02:20:00+00:00"
    assert ticket["work"] == "responded"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("响应 T1 9:20 王经理", "这个时间早于报修时间"),
        ("响应 T1 10:05", "和谁通的话"),
        ("关闭 T1", "不能关闭（还没有解决）。现在可以："),
        ("确认 T1 3", "优先级只能是 1 或 2"),
        ("确认 T99 1", "没有工单 T99"),
        ("确认", "请写明工单号"),
        ("绑定 T1 没有这家", "已属于 青禾保险客服中心"),
        ("绑定码 不存在", "没有找到客户"),
        ("乱说一句", "可用命令"),
        ("答复 C999 你好", "没有对话 C999"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_right(world: World, said: str, answer: str) -> None:
    world.customer(P1)
    world.wait(minutes=10)

    assert answer in world.staff(said)


@pytest.mark.parametrize("said", ["确认T1 1", "确认 1 1", "/confirm 1 1", "确认：T1 1", "confirm t1 1"])
def test_commands_forgive_how_they_are_written(world: World, said: str) -> None:
    world.customer(P1)

    world.staff(said)

    assert "我方认为优先等级1" in world.card().text


def test_the_second_to_claim_is_told_who_was_first(world: World) -> None:
    world.customer(P1)
    world.staff("认领 T1", who="li")

    assert "T1 已由李工认领。要接手请发：接手 T1" in world.staff("认领 T1", who="wang")

    world.staff("接手 T1", who="wang")
    assert "负责人：王工" in world.card().text


def test_not_recovered_reopens_and_support_must_answer_anew(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    assert world.tickets()[0]["responded_at"] == world.now
    world.wait(minutes=30)

    told = world.tap("没恢复")

    ticket = world.tickets()[0]
    assert "已重开" in told
    assert (ticket["work"], ticket["responded_at"]) == ("open", None)
    assert "今天 12:30 前" in told


def test_silence_after_resolving_closes_after_the_set_time(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")

    world.wait(hours=23, minutes=59)
    assert world.tickets()[0]["work"] == "resolved"
    world.wait(minutes=1)

    assert world.tickets()[0]["work"] == "closed"
    assert "现已关闭" in world.last()
    count = len(world.heard("regular"))
    world.wait(hours=48)
    assert len(world.heard("regular")) == count


def test_thanks_after_resolving_restarts_nothing(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    before = world.tickets()

    world.customer("谢谢，辛苦了")

    assert world.tickets() == before
    assert "不客气" in world.last()


def test_the_same_fault_reported_on_a_resolved_ticket_reopens_it(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.wait(hours=1)

    world.customer("所有坐席又登不上系统了")

    assert len(world.tickets()) == 1
    assert world.tickets()[0]["work"] == "open"


def test_urging_is_passed_on_and_the_second_time_gets_a_more_concrete_answer(world: World) -> None:
    world.customer(P1)

    first = world.customer("催单")
    second = world.customer("催单")

    assert "已催办工单 T1（第 1 次）" in first
    assert "直接拨打 400-818-1110" in second
    assert "客户催单 2 次" in world.card().text


def test_withdrawing_asks_first(world: World) -> None:
    world.customer(P1)
    assert "确定撤销工单 T1" in world.customer("撤销")
    assert world.tickets()[0]["work"] == "open"

    assert "已撤销" in world.tap("确定撤销")
    assert world.tickets()[0]["work"] == "withdrawn"
    assert "没有未结的工单" in world.customer("催单")


def test_it_works_again_asks_whether_to_close(world: World) -> None:
    world.customer(P1)

    assert "现在关闭，还是再观察一下" in world.customer("恢复了")
    world.tap("关闭工单")

    assert world.tickets()[0]["work"] == "closed"


def test_status_knows_the_open_tickets(world: World) -> None:
    world.customer(P1)

    text = world.customer("查进度")

    assert "T1" in text
    assert "待工程师响应" in text
    assert "响应期限 今天 12:00 前" in text


def test_why_gives_the_receipt_of_the_deadline(world: World) -> None:
    world.at("2026-03-02T16:00:00+08:00")
    world.customer(P1)

    text = world.customer("为什么")

    assert "工单 T1 的期限是这样算的" in text
    assert "16:00–17:00" in text
    assert "09:00–10:00" in text


def test_todo_lists_open_tickets_by_deadline(world: World) -> None:
    world.customer("有两个座席登不上")
    world.customer(P1, who="enhanced")

    lines = world.staff("待办").splitlines()

    assert [line[:2] for line in lines] == ["T2", "T1"]
    assert "远山银行" in lines[0]


def test_the_customer_is_told_of_nothing_that_does_not_matter_to_them(world: World) -> None:
    world.customer(P1)
    count = len(world.heard("regular"))

    world.staff("待办")
    world.staff("工单 T1")
    world.staff("确认 T1 3")

    assert len(world.heard("regular")) == count


def test_a_message_that_fails_for_good_is_an_event_and_an_alarm_with_the_phone_number(world: World) -> None:
    world.customer(P1)
    world.app.submit(world.inbound("staff", world.person("li"), "回复 T1 马上处理"))
    world.phones.receipts = [Receipt(Outcome.FAILED, error="blocked")]
    world.app.deliver()

    assert "undelivered" in kinds(world)
    assert any("请打电话：010-5550-0101" in text for text in world.heard("staff"))


def test_a_colleague_in_another_chat_joins_and_stays_informed(world: World) -> None:
    world.customer(P1)
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")

    told = world.customer("所有坐席都登不上系统", who="visitor")
    assert "同事已报修" in told
    world.staff("回复 T1 在处理了")

    assert len(world.tickets()) == 1
    assert world.last("visitor") == world.last("regular") == "李工（工单 T1）：在处理了"


def test_a_call_recorded_after_the_deadline_as_before_it_is_shown_to_the_customer(world: World) -> None:
    world.customer(P1)
    world.wait(hours=1)
    world.staff("响应 T1 10:30 王经理")
    assert not [text for text in world.heard("regular") if "已电话联系" in text]
    world.customer("录音全没了")
    world.wait(hours=3)

    world.staff("响应 T2 11:30 王经理")

    assert "李工记录，11:30 已电话联系您方：王经理。如不符" in world.last()
    assert "不符，转人工" in [choice.label for choice in world.phones.delivered["regular"][-1].choices]

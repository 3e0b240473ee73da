"""Faults that a review found, each as the test that would have caught it; on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot import samples
from bot.dialogue import customer
from bot.messages import Outcome, Receipt, Sender
from tests.support.world import World, address

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


def test_a_raise_rests_on_new_facts_that_both_sides_must_judge_anew(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("同意")
    world.wait(minutes=2)
    world.customer("现在所有座席都登不上了")
    assert (world.tickets()[0]["held"], world.tickets()[0]["standing"]) == (1, "proposed")
    assert "确认1" in [choice.label for choice in world.card().choices]

    world.customer("部分受影响")

    assert world.tickets()[0]["held"] == 1
    assert world.differences() == {}


def test_what_support_is_told_does_not_appear_in_a_customers_chat(world: World) -> None:
    world.customer(P1, who="enhanced")

    for said in ("待办", "绑定码 远山银行信用卡中心", "工单 T1"):
        told = world._submit(world.inbound("regular", world.person("li"), said), "regular")
        assert told == "请在值班群里操作。"


def test_another_command_ends_an_open_question_to_staff(world: World) -> None:
    world.customer(P1)
    world.staff("回复 T1")
    world.staff("待办")
    count = len(world.heard("regular"))

    world.staff("中午吃什么")

    assert len(world.heard("regular")) == count


def test_a_question_to_staff_can_be_cancelled(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1")

    assert world.staff("取消") == "好的，已取消。"
    world.staff("已经重启")
    assert world.tickets()[0]["work"] == "open"


@pytest.mark.parametrize("time", ["25:99", "12:99", "99点"])
def test_an_impossible_time_of_a_call_is_no_response(world: World, time: str) -> None:
    world.customer(P1)

    world.staff(f"响应 T1 {time} 王经理")

    assert world.tickets()[0]["responded_at"] is None


def test_a_typed_number_answers_only_what_was_delivered(world: World) -> None:
    world.customer(P1)
    world.app.submit(world.inbound("staff", world.person("li"), "解决 T1 好了"))
    world.phones.receipts = [Receipt(Outcome.LATER, error="500")] * 2
    world.app.deliver()

    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "1"))

    assert world.tickets()[0]["work"] == "resolved"


def test_a_message_that_cannot_even_be_rescued_does_not_keep_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(customer, "answer", fail)
    monkeypatch.setattr("bot.app.rescue", fail)
    world.app.inbox.receive(world.inbound("regular", Sender("regular", "a"), P1), world.now)
    world.app.inbox.receive(world.inbound("enhanced", Sender("enhanced", "b"), P1), world.now)

    world.wait(seconds=5)

    assert "400-818-1110" in world.last("regular")
    assert "400-818-1110" in world.last("enhanced")
    assert "没能处理，请直接联系" in world.last("staff")


def test_a_bound_chat_is_not_bound_to_somebody_else(world: World) -> None:
    issued = world.staff("绑定码 远山银行信用卡中心")
    code = issued.split("绑定码：")[1].splitlines()[0]
    world.customer(P1)

    assert "已绑定另一个客户" in world.customer(f"绑定 {code}")
    assert world.tickets()[0]["customer_id"] == 1


def test_words_said_before_a_reopening_are_no_response_to_it(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.app.submit(world.inbound("staff", world.person("li"), "回复 T1 请再试"))
    world.wait_undelivered(minutes=1)
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "没恢复"))
    world.app.deliver()

    assert world.tickets()[0]["responded_at"] is None


def test_todo_shows_what_waits_before_what_was_answered_and_turns_pages(world: World) -> None:
    for number in range(16):
        world.customer(f"{1001 + number}分机坏了", who=f"chat-{number}")
        world.staff(f"回复 T{number + 1} 在看")
    world.customer(P1)

    lines = world.staff("待办").splitlines()

    assert lines[0].startswith("T17")
    assert lines[-1] == "下一页请发：待办 2"
    assert "T16" in world.staff("待办 2")


@pytest.mark.parametrize("choice", ["99999999999999999999999.0", "1.99999", "x", "", "-1.0", "１.0"])
def test_a_forged_choice_is_answered_like_an_old_one(world: World, choice: str) -> None:
    told = world._submit(world.inbound("regular", Sender("regular", "a"), choice=choice), "regular")

    assert "这个按钮已过期" in told
    assert world.tickets() == []


def test_half_a_surrogate_in_any_field_is_stored_without_it(world: World) -> None:
    message = world.inbound("regular", Sender("regular", "\ud800名"), "IVR挂了\ud800", choice=None)

    world.app.submit(message)

    assert datetime.fromisoformat(str(world.tickets()[0]["reported_at"])) == world.now


def test_words_of_a_closed_conversation_do_not_spoil_the_next_report(world: World) -> None:
    world.customer(P1)
    world.customer("随便说一句")
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    world.customer("5")
    world.wait(minutes=1)

    world.customer("IVR没有声音，客户都进不来")

    ticket = world.tickets()[1]
    assert str(ticket["summary"]).startswith("IVR")
    assert ticket["reported_at"] == world.now


def test_still_broken_is_about_the_ticket_that_was_asked_about(world: World) -> None:
    world.customer("两个座席的录音听不到声音")
    world.wait(minutes=30)
    world.customer("IVR挂了")
    world.wait(minutes=30)
    world.staff("解决 T1 已重启录音服务")

    world.customer("还是不行")
    assert [t["work"] for t in world.tickets()] == ["open", "open"]
    world.staff("解决 T1 换了磁盘")
    world.customer("恢复了，谢谢")

    assert [t["work"] for t in world.tickets()] == ["closed", "open"]


@pytest.mark.parametrize(
    ("said", "view"),
    [("全部", 1), ("影响全部坐席", 1), ("只有我一个人", 2), ("就几个", 2), ("部分吧", 2), ("只是问一下", 3)],
)
def test_the_effect_can_be_answered_in_own_words(world: World, said: str, view: int) -> None:
    world.customer("IVR挂了")

    world.customer(said)

    with world.app.store.begin(world.now) as unit:
        case = unit.tickets.get(1)
    assert case is not None
    assert case.ticket.agreement.customer == view


@pytest.mark.parametrize("label", ["确定撤销", "不撤销"])
def test_a_label_can_be_typed_instead_of_tapped(world: World, label: str) -> None:
    world.customer(P1)
    world.customer("撤销")

    world.customer(label)

    assert world.tickets()[0]["work"] == ("withdrawn" if label == "确定撤销" else "open")


@pytest.mark.parametrize(
    ("first", "minutes", "again"),
    [
        ("所有坐席都登不上系统", 20, "所有坐席还是登录不了"),
        ("所有坐席都登不上系统", 1, "现在所有人都不行了，电话也打不进"),
        ("录音听不到声音", 50, "录音还是听不到声音"),
    ],
)
def test_the_same_fault_in_other_words_joins(world: World, first: str, minutes: int, again: str) -> None:
    world.customer(first)
    world.wait(minutes=minutes)

    world.customer(again)

    assert len(world.tickets()) == 1


def test_a_ticket_is_named_by_what_was_understood_at_last(world: World) -> None:
    world.customer("系统")
    world.wait(seconds=10)
    world.customer("所有人都登不上了")

    assert "登不上" in str(world.tickets()[0]["summary"])


def test_a_group_that_is_not_bound_yet_is_not_told_what_support_is_told(world: World) -> None:
    world.customer(P1, who="enhanced")
    with world.app.store.begin(world.now) as unit:
        samples.add_chat(unit.session, address("some-group"), "group", None)

    for said in ("待办", "工单 T1", "绑定码 远山银行信用卡中心"):
        assert world._submit(world.inbound("some-group", world.person("li"), said), "some-group") == (
            "请在值班群里操作。"
        )


def test_another_fault_that_says_how_much_is_no_answer_to_the_question_about_the_first(world: World) -> None:
    world.customer("IVR挂了")
    world.customer("录音全都听不了")
    assert len(world.tickets()) == 2

"""What a reader of the dialogue stumbled over: who is told what, in which words, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.events import Side
from bot.desk.transitions import TYPED
from bot.dialogue.commands import STAFF_FORMS, STAFF_HELP, customer_command, staff_command
from bot.messages import Sender
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


def staff_lines(world: World, word: str) -> list[str]:
    return [text for text in world.heard("staff") if word in text]


def test_a_lead_is_called_when_the_customer_s_view_makes_the_dispute(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("全部受影响")

    (line,) = staff_lines(world, "请主管联系客户商定")
    assert "客户认为是优先等级1，我方认为是优先等级2" in line


def test_a_lead_is_called_when_the_engineer_s_view_makes_the_dispute(world: World) -> None:
    world.customer(P2)
    world.tap("全部受影响")
    world.tap("确认2", who="li")

    assert len(staff_lines(world, "请主管联系客户商定")) == 1


def test_a_view_that_changes_nothing_calls_nobody_again(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("全部受影响")
    world.tap("全部受影响")

    assert len(staff_lines(world, "请主管联系客户商定")) == 1


def test_no_fault_is_said_so_that_nobody_reads_whether(world: World) -> None:
    world.customer(P1)
    world.staff("不是故障 T1 客户测试")
    assert "李工认为不是故障" in world.last()

    world.tap("同意")
    receipt = world.customer("为什么")
    assert "不按故障计时" in receipt
    assert "您认为不是故障，工程师认为不是故障" in receipt
    assert "是不是故障" not in "".join(world.heard("regular"))
    assert "按不是故障" not in "".join(world.heard("regular"))


def test_a_receipt_with_self_help_still_asks_how_much_is_affected_in_six_lines(world: World) -> None:
    told = world.customer("有两个座席的耳麦没有声音")

    assert "等待时请" in told
    assert "请问影响多大" in told
    assert len(told.splitlines()) <= 6


def test_self_help_does_not_ask_how_many_when_that_was_said(world: World) -> None:
    told = world.customer("所有坐席都登不上系统了")

    assert "是否所有坐席都这样" not in told
    assert "等待时请把打不开时的画面截图发来" in told


def test_self_help_does_not_send_anybody_to_another_computer_when_all_are_affected(world: World) -> None:
    assert "等待时请换一台电脑" in world.customer("小王的软电话登不上")
    assert "换一" not in world.customer("现在所有坐席都登不上软电话")


def test_a_settled_no_fault_is_offered_for_closing_and_no_engineer_is_promised(world: World) -> None:
    world.customer(P1)
    world.staff("不是故障 T1 客户测试")
    world.tap("同意")

    status = world.customer("查进度")
    assert "可以关闭" in status
    assert "待工程师响应" not in status
    urged = world.customer("催单")
    assert "现在关闭吗" in urged
    assert "正在安排工程师" not in urged
    world.tap("关闭工单")
    assert world.tickets()[0]["work"] == "closed"


def test_nobody_is_said_to_have_looked_who_has_not(world: World) -> None:
    world.customer("我的合同", who="stranger")
    world.customer("哪里的那个", who="stranger")
    world.customer("哪里的那个", who="stranger")

    assert "已看到" not in "".join(world.heard("stranger"))
    assert "已再次转给值班工程师" in world.last("stranger")


def test_recovered_names_the_ticket_it_is_taken_for_and_the_others(world: World) -> None:
    world.customer("有两个座席的耳麦没有声音")
    world.wait(minutes=20)
    world.customer("录音查询一直报错，部分录音下载不了")

    told = world.customer("恢复了")

    assert "您说已恢复：T2 录音查询" in told
    assert "T1 有两个座席" in told
    assert "请发“已恢复 T1”" in told
    world.customer("已恢复 T1")
    assert "您说已恢复：T1" in world.last()


def test_closing_what_is_not_over_is_asked_about_first(world: World) -> None:
    world.customer(P1)

    assert "还在处理，确定关闭吗" in world.customer("关闭")
    assert world.tickets()[0]["work"] == "open"
    assert "继续处理" in world.customer("不关闭")

    world.customer("关闭")
    world.customer("确定关闭")
    assert world.tickets()[0]["work"] == "closed"
    assert staff_lines(world, "问题已恢复") == []
    assert "没有说已恢复" in str(world.phones.delivered["staff"][-1].note)


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (("已恢复", "再观察"), "客户已关闭（之前说过已恢复）"),
        (("已恢复", "再观察", "没恢复"), "客户已关闭（没有说已恢复）"),
        (("已恢复", "所有坐席都登不上"), "客户已关闭（没有说已恢复）"),
        (("已恢复", "再观察", "没恢复", "已恢复", "再观察"), "客户已关闭（之前说过已恢复）"),
    ],
)
def test_support_reads_of_a_closing_what_the_customer_said_before_it(
    world: World, said: tuple[str, ...], note: str
) -> None:
    world.customer(P1)
    for words in said:
        world.wait(minutes=1)
        world.customer(words)

    world.customer("关闭 T1")
    world.customer("确定关闭 T1")

    assert str(world.phones.delivered["staff"][-1].note) == f"T1 {note}"
    assert world.differences() == {}


def test_a_withdrawn_ticket_leaves_a_way_to_report_anew(world: World) -> None:
    world.customer(P1)
    world.customer("撤销")
    world.tap("确定撤销")

    assert "按故障报修" in world.customer("没恢复")
    world.tap("按故障报修")

    assert [ticket["work"] for ticket in world.tickets()] == ["withdrawn", "open"]
    assert world.tickets()[1]["held"] == 1


def test_a_refusal_names_only_what_the_asker_can_type_and_at_most_six(world: World) -> None:
    for side, parse in ((Side.CUSTOMER, customer_command), (Side.VENDOR, staff_command)):
        for typed in TYPED[side].values():
            command = parse(typed)
            assert command is not None, typed
            assert side is Side.CUSTOMER or command.verb in STAFF_FORMS

    world.customer(P1)
    told = world.staff("到场 T1")
    offered = told.split("现在可以：")[1].split("。")[0].split("、")
    assert len(offered) <= 6
    assert "补充" not in offered


def test_a_very_long_message_is_shortened_for_staff(world: World) -> None:
    world.customer("你说的那个是什么意思" * 1000)

    assert max(len(text) for text in world.heard("staff")) < 400


def test_a_staff_text_that_is_too_long_is_refused_and_not_sent(world: World) -> None:
    world.customer(P1)
    count = len(world.heard("regular"))

    assert "内容太长（9000 字），没有发出" in world.staff("回复 T1 " + "好" * 9000)
    assert len(world.heard("regular")) == count


def test_somebody_who_calls_with_an_open_ticket_gets_its_status_and_a_person(world: World) -> None:
    world.customer(P1)
    told = world.customer("有人吗")

    assert "请直接用一句话描述故障" not in told
    assert "T1 所有坐席" in told
    assert "已请值班工程师马上联系您" in told
    assert len(staff_lines(world, "在找人（T1）：有人吗")) == 1

    world.staff("认领 T1")
    assert world.customer("有人吗").startswith("请直接拨打 400-818-1110，报工单号 T1")
    assert "由李工负责" in world.last()


def test_an_angry_call_gets_the_hotline_first(world: World) -> None:
    world.customer(P1)

    assert world.customer("你们到底有没有人管").startswith("请直接拨打 400-818-1110")
    assert "T1 所有坐席" in world.customer("有没有人啊")


@pytest.mark.parametrize("words", ["把刚才的单子撤了", "取消", "不用处理了"])
def test_words_to_leave_it_ask_whether_to_withdraw(world: World, words: str) -> None:
    world.customer(P1)

    assert "确定撤销工单 T1" in world.customer(words)
    world.tap("确定撤销")
    assert world.tickets()[0]["work"] == "withdrawn"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("regular", "您的合同是常规级，不含现场服务。\n增强级含：现场服务判断不能远程解决后"),
        ("enhanced", "现场服务：判断不能远程解决后，北京五环以内 2 小时到场"),
        ("diamond", "现场服务：实时"),
    ],
)
def test_a_request_to_come_is_answered_by_the_level_and_passed_on(world: World, who: str, said: str) -> None:
    for words in ("能不能上门", "明天能来现场吗", "派个人来看看"):
        assert said in world.customer(words, who=who)
        assert len(staff_lines(world, f"要求上门：{words}")) == 1


def in_group(world: World, text: str, *, addressed: bool) -> None:
    message = world.inbound("regular", Sender("regular", "陈班长"), text)
    world.app.submit(replace(message, addressed=addressed))
    world.app.deliver()


def test_in_a_group_only_what_is_addressed_is_answered(world: World) -> None:
    in_group(world, "查进度", addressed=False)
    in_group(world, "中午吃什么", addressed=False)
    assert world.heard("regular") == []
    assert world.heard("staff") == []

    in_group(world, "查进度", addressed=True)
    assert "您没有未结的工单" in world.last()


def test_a_clear_fault_in_a_group_is_shown_to_support_once_and_not_answered(world: World) -> None:
    in_group(world, P1, addressed=False)
    in_group(world, P1, addressed=False)

    assert world.heard("regular") == []
    assert world.tickets() == []
    assert len(staff_lines(world, "在群里说（没有叫机器人，没有建工单）：" + P1)) == 1


def test_staff_help_groups_every_command_by_purpose(world: World) -> None:
    told = world.staff("帮助")

    assert len(told.splitlines()) == 1 + len(STAFF_HELP)
    for verb, form in STAFF_FORMS.items():
        assert form.format(n=12) in told, verb


def test_a_first_reply_makes_one_note_for_staff_and_a_later_one_its_own(world: World) -> None:
    world.customer(P1)
    before = len(world.heard("staff"))

    world.staff("回复 T1 正在查")
    assert len(world.heard("staff")) == before + 1
    assert world.phones.delivered["staff"][-1].note == "T1 李工的答复已送达客户，已响应"

    world.staff("回复 T1 快好了")
    assert len(world.heard("staff")) == before + 2
    assert world.phones.delivered["staff"][-1].note == "T1 李工已回复客户"

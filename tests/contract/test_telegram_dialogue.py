"""What the dialogue makes of replies, corrections, albums, calls on the 400 line, and shared numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages import Attachment, AttachmentKind, Inbound, Outbound, Sender
from bot.store.tables import CustomerRow
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"
CHEN = Sender("regular", "陈班长")


def send(world: World, message: Inbound) -> str:
    world.app.submit(message)
    world.app.deliver()
    return world.last(message.address.chat)


def staff_reply(world: World, text: str, to: Outbound, who: str = "li") -> str:
    message = world.inbound("staff", world.person(who), text)
    return send(world, replace(message, answers=str(to.id), is_group=True))


def corrected(world: World, message: Inbound, text: str) -> str:
    again = world.inbound("regular", message.sender, text)
    return send(world, replace(again, is_correction=True, external_id=message.external_id))


def said(world: World, text: str, external_id: str) -> Inbound:
    message = replace(world.inbound("regular", CHEN, text), external_id=external_id)
    send(world, message)
    return message


# --- replies


def test_a_reply_to_a_card_is_the_answer_to_its_customer(world: World) -> None:
    world.customer(P1)
    first = world.card()
    world.customer(P2, who="enhanced")
    staff_reply(world, "正在恢复登录服务", first)
    assert world.last() == "李工（工单 T1）：正在恢复登录服务"
    assert world.tickets()[0]["responded_at"] == world.now
    assert world.tickets()[1]["responded_at"] is None


@pytest.mark.parametrize("text", ["确认 1", "确认1", "/confirm 1"])
def test_a_command_in_reply_to_a_card_is_about_its_ticket(world: World, text: str) -> None:
    world.customer(P1, who="enhanced")
    world.customer(P1)
    staff_reply(world, text, world.card())
    assert "李工确认为优先等级1" in world.last()
    assert "李工确认" not in world.last("enhanced")


def test_a_command_that_names_its_ticket_is_about_that_one(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.customer(P1)
    staff_reply(world, "确认 T1 1", world.card())
    assert "李工确认为优先等级1" in world.last("enhanced")


def test_a_reply_to_what_a_customer_asked_answers_their_chat(world: World) -> None:
    world.customer("录音文件怎么下载")
    asked = next(m for m in world.phones.delivered["staff"] if "咨询" in m.text)
    staff_reply(world, "在管理工具里导出", asked)
    assert world.last() == "李工：在管理工具里导出"


def test_a_picture_in_reply_to_a_card_is_not_relayed_and_that_is_said(world: World) -> None:
    world.customer(P1)
    message = world.inbound("staff", world.person("li"), "看图")
    photo = (Attachment(AttachmentKind.PHOTO, "p"),)
    told = send(world, replace(message, answers=str(world.card().id), is_group=True, attachments=photo))
    assert told.startswith("图片和文件不能转给客户")
    assert "看图" not in world.last()


def test_a_customer_who_is_no_staff_can_not_answer_by_reply(world: World) -> None:
    world.customer(P1)
    message = world.inbound("staff", Sender("stranger", "路人"), "已修好")
    send(world, replace(message, answers=str(world.card().id), is_group=True))
    assert "已修好" not in " ".join(world.heard("regular"))


def test_a_typed_number_in_reply_to_an_older_question_answers_that_one(world: World) -> None:
    world.customer(P2)
    question = world.phones.delivered["regular"][-1]
    world.customer("查进度")
    send(world, replace(world.inbound("regular", CHEN, "1"), answers=str(question.id)))
    assert "已记录：全部受影响（工单 T1）" in world.last()


def test_the_question_to_staff_stays_open_while_they_talk_to_a_colleague(world: World) -> None:
    world.customer(P1)
    world.tap("确认1", who="li")
    world.tap("回复客户", who="li")
    asked = world.phones.delivered["staff"][-1]
    assert asked.asks == Sender("li", "李工")
    aside = world.inbound("staff", world.person("li"), "这客户急得很")
    send(world, replace(aside, addressed=False, is_group=True))
    assert "急得很" not in " ".join(world.heard("regular"))
    staff_reply(world, "正在恢复", asked)
    assert world.last() == "李工（工单 T1）：正在恢复"


# --- corrections


def test_a_correction_supplements_the_ticket_and_raises_it(world: World) -> None:
    message = said(world, P2, "m1")
    world.wait(minutes=1)
    told = corrected(world, message, P1)
    assert len(world.tickets()) == 1
    assert "已提高为优先等级1" in told
    assert str(world.tickets()[0]["reported_at"]) == "2026-03-02 02:00:00+00:00"


def test_a_correction_that_says_less_is_kept_and_lowers_nothing(world: World) -> None:
    message = said(world, P1, "m1")
    told = corrected(world, message, P2)
    assert "您改动的内容已记入工单 T1" in told
    assert world.tickets()[0]["held"] == 1
    assert P1 in world.card().text
    assert P2 in world.card().text
    assert world.card().note == "T1 陈班长改了原话：有两个座席听不到录音"


def test_a_correction_without_a_change_is_silent(world: World) -> None:
    message = said(world, P1, "m1")
    before = len(world.heard("regular"))
    corrected(world, message, P1)
    assert len(world.heard("regular")) == before


def test_a_correction_of_a_closed_ticket_goes_to_a_person(world: World) -> None:
    message = said(world, P1, "m1")
    world.customer("关闭")
    world.tap("确定关闭")
    told = corrected(world, message, "是所有坐席都登不上系统了")
    assert "工单 T1 已关闭，您改动的内容已转给工程师" in told
    assert len(world.tickets()) == 1


def test_what_was_no_report_may_become_one_by_a_correction(world: World) -> None:
    message = said(world, "你好", "m1")
    corrected(world, message, P1)
    assert len(world.tickets()) == 1


def test_a_command_of_staff_that_was_changed_is_not_done_twice(world: World) -> None:
    world.customer(P1)
    message = replace(world.inbound("staff", world.person("li"), "回复 T1 马上"), external_id="s1")
    send(world, message)
    again = replace(world.inbound("staff", world.person("li"), "回复 T1 马上好"), is_correction=True)
    assert "改过的消息不会再执行" in send(world, replace(again, external_id="s1"))
    assert world.heard("regular").count("李工（工单 T1）：马上好") == 0


# --- albums, numbers


def test_an_album_is_one_report_with_one_answer(world: World) -> None:
    photo = Attachment(AttachmentKind.PHOTO, "p")
    for text in (P1, "", "", ""):
        message = world.inbound("regular", CHEN, text)
        send(world, replace(message, attachments=(photo,), album="g1"))
    assert len(world.tickets()) == 1
    assert len(world.heard("regular")) == 1
    assert "［附件 4 个］" in world.card().text


def test_an_album_of_a_group_needs_the_mention_once(world: World) -> None:
    photo = Attachment(AttachmentKind.PHOTO, "p")
    for text in (P1, ""):
        message = replace(world.inbound("regular", CHEN, text), attachments=(photo,), album="g1")
        send(world, replace(message, addressed=bool(text), is_group=True))
    assert "［附件 2 个］" in world.card().text


def test_a_shared_number_is_kept_and_shown_to_staff(world: World) -> None:
    world.customer(P1)
    message = replace(world.inbound("regular", CHEN), phone="+8613800000000")
    assert send(world, message) == "已记下联系电话 +8613800000000。"
    assert "+8613800000000" in world.card().text


# --- the 400 line


def test_a_fault_that_came_by_phone_counts_from_the_time_of_the_call(world: World) -> None:
    world.wait(minutes=30)
    told = world.staff("/report_for 远山银行信用卡中心 10:05 IVR挂了，全部打不进来")
    assert "已为远山银行信用卡中心登记工单 T1" in told
    assert "请在电话里" in told
    assert "今天 11:05 前" in told  # enhanced: within an hour of the call
    assert "来电客户" in world.card().text
    assert str(world.tickets()[0]["reported_at"]) == "2026-03-02 02:05:00+00:00"
    assert world.phones.delivered.get("enhanced") is None
    assert world.differences() == {}


@pytest.mark.parametrize(
    "text",
    [
        "/report_for Acme Call Center 10:05 IVR挂了，全部打不进来",
        "代报修 “Acme  Call Center” 10:05 IVR挂了，全部打不进来",
        "代报修 acme call\n10:05 IVR挂了，全部打不进来",
    ],
)
def test_a_customers_name_may_have_spaces(world: World, text: str) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.add_all(CustomerRow(name=name) for name in ("Acme Call Center", "Acme Other"))
    world.wait(minutes=30)
    told = world.staff(text)
    assert "已为Acme Call Center登记工单 T1" in told
    assert world.tickets()[0]["summary"] == "IVR挂了，全部打不进来"
    assert str(world.tickets()[0]["reported_at"]) == "2026-03-02 02:05:00+00:00"


def test_a_name_that_several_customers_share_is_asked_for_in_full(world: World) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.add_all(CustomerRow(name=name) for name in ("Acme Call Center", "Acme Other"))
    assert "有多个客户符合" in world.staff("代报修 Acme IVR挂了")
    assert world.tickets() == []


def test_what_a_caller_must_be_told_is_a_call_to_make(world: World) -> None:
    world.staff("代报修 远山银行信用卡中心 IVR挂了，全部打不进来")
    world.staff("认领 T1")
    assert any("T1 请打电话告诉客户" in line and "李工负责" in line for line in world.heard("staff"))
    world.staff("响应 T1 10:00 林主管")
    assert world.tickets()[0]["responded_at"] == world.now


def test_what_is_said_on_the_telephone_speaks_of_no_buttons(world: World) -> None:
    receipt = world.staff("代报修 远山银行信用卡中心 10:00 有两个座席听不到录音")
    world.staff("确认 T1 1")
    world.staff("客户同意 T1 1 林主管 电话", who="zhao")
    world.staff("问客户 T1")
    world.staff("约定 T1 响应 11:30")
    world.staff("响应 T1 10:00 林主管")
    world.staff("解决 T1 已重启")
    world.staff("关闭 T1")

    calls = [receipt, *(line for line in world.heard("staff") if "请打电话告诉客户" in line)]
    assert len(calls) >= 7
    for line in calls:
        for word in ("点一下", "点“", "回复", "数字", "打分", "发“", "热线"):
            assert word not in line.replace("恢复了请发", ""), line
    assert "请问是全部座席受影响、部分座席受影响，还是只是咨询？" in receipt
    assert "客户的判断请主管记录：客户同意 T1 1 王经理 电话 14:05" in receipt
    said = "\n".join(calls)
    assert "如不同意请告诉我们。" in said
    assert "客户同意了请记录：约定 T1 响应 3月2日 11:30 王经理 电话" in said
    assert "请问恢复了吗？\n恢复了请发：关闭 T1；没恢复请发：重开 T1 原因" in said
    assert "没恢复请再来电。" in said


def test_a_caller_has_no_chat_in_which_they_could_agree_to_a_pause(world: World) -> None:
    world.staff("代报修 远山银行信用卡中心 IVR挂了，全部打不进来")
    told = world.staff("暂停 T1 等客户重启")
    assert "客户没有聊天可以同意暂停；可以与客户约定时间：约定 T1 行动 15:00 王经理 电话" in told


def test_the_card_shows_what_the_caller_said_and_not_the_command(world: World) -> None:
    world.wait(minutes=30)
    world.staff("代报修 远山银行信用卡中心 10:05 IVR挂了，全部打不进来")
    assert "原话：［来电］IVR挂了，全部打不进来\n" in world.card().text


def test_a_graver_call_raises_the_ticket_that_it_joins(world: World) -> None:
    world.customer("有两个座席登不上", who="enhanced")
    told = world.staff("代报修 远山银行信用卡中心 现在所有坐席都登不上了")
    assert "来电已记入工单 T1" in told
    assert "已提高为优先等级1" in told
    assert "已提高为优先等级1" in world.last("enhanced")
    assert [ticket["held"] for ticket in world.tickets()] == [1]
    assert world.differences() == {}


def test_what_a_caller_reported_is_split_off_for_that_customer_and_from_the_time_of_the_call(
    world: World,
) -> None:
    world.customer("有两个座席登不上", who="enhanced")
    world.wait(minutes=30)
    world.staff("代报修 远山银行信用卡中心 10:10 有两个座席还是登不上")
    world.staff("拆分 T1 1")
    first, second = world.tickets()
    assert second["customer_id"] == first["customer_id"]
    assert str(second["reported_at"]) == "2026-03-02 02:10:00+00:00"
    assert any("T2 请打电话告诉客户" in line for line in world.heard("staff"))
    assert world.differences() == {}


def test_a_second_call_about_the_same_fault_joins_its_ticket(world: World) -> None:
    world.staff("代报修 远山银行信用卡中心 IVR挂了，全部打不进来")
    told = world.staff("代报修 远山银行信用卡中心 IVR又挂了，全部打不进来")
    assert "已在工单 T1 中" in told
    assert len(world.tickets()) == 1


def test_the_customers_own_chat_shows_the_ticket_that_came_by_phone(world: World) -> None:
    world.staff("代报修 远山银行信用卡中心 IVR挂了，全部打不进来")
    assert "T1" in world.customer("查进度", who="enhanced")
    assert "没有未结的工单" in world.customer("查进度")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("代报修 没有这家 IVR挂了", "没有找到客户"),
        ("代报修 远山银行信用卡中心", "请写客户说了什么"),
        ("代报修 远山银行信用卡中心 09:55", "请写客户说了什么"),
        ("代报修", "请写客户名称"),
    ],
)
def test_a_call_that_is_entered_wrongly_says_what_is_missing(world: World, text: str, answer: str) -> None:
    told = world.staff(text)
    assert answer in told
    assert "正确写法：代报修 客户名称 14:05 客户说的话" in told
    assert world.tickets() == []


def test_customers_can_not_report_for_others(world: World) -> None:
    world.customer("/report_for 远山银行信用卡中心 IVR挂了")
    assert all(ticket["customer_id"] == 1 for ticket in world.tickets())


# --- fees, privacy, the card again


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("/quote 增强级 交换机 外地 20万", ["= 50,000.00 元", "年费 50,000.00 元（伍万元整）"]),
        ("报价 常规 板卡 本地 50000", ["低于下限 12,000.00 元", "年费 12,000.00 元"]),
        ("报价 常规 板卡 本地 50000 中断", ["中断后首次续费", "年费 18,000.00 元"]),
        ("报价 钻石 板卡 本地 12人月", ["费用 240,000.00 元"]),
        ("报价 远山银行", ["远山银行信用卡中心（DEMO-ENHANCED）", "合同约定 50,000.00 元，与费率表一致"]),
        ("报价 增强 交换机", ["请写明板卡或交换机、本地或外地"]),
        ("报价 增强 交换机 外地", ["请写明合同成交价"]),
        ("报价 钻石 板卡 本地", ["请写明几个人月"]),
        ("报价 钻石 板卡 本地 中断 12人月", ["不在合同的费率表中", "请联系商务同事"]),
        ("报价 没有这家", ["没有找到客户"]),
    ],
)
def test_staff_are_told_a_fee_and_how_it_came_about(world: World, text: str, lines: list[str]) -> None:
    told = world.staff(text)
    assert all(line in told for line in lines), told


@pytest.mark.parametrize("text", ["/privacy", "隐私"])
def test_customers_are_told_what_is_kept_of_them(world: World, text: str) -> None:
    told = world.customer(text)
    assert "保存：" in told
    assert "删除" in told
    assert world.choice("regular", "转人工")


def test_a_card_that_is_asked_for_stands_at_the_end_of_the_chat(world: World) -> None:
    world.customer(P1)
    world.tap("确认1", who="li")
    edited = world.card()
    assert edited.replaces is not None
    world.staff("工单 T1")
    shown = world.phones.delivered["staff"][-1]
    assert (shown.card, shown.replaces) == ("ticket:1", None)
    world.staff("认领 T1")
    assert world.card().replaces == str(shown.id)  # later changes are made to this one


def test_a_report_by_command_is_shown_in_the_words_after_it(world: World) -> None:
    world.customer(f"/report {P1}")
    assert f"原话：{P1}\n" in world.card().text


def test_who_writes_as_the_staff_group_itself_is_told_to_show_who_they_are(world: World) -> None:
    message = replace(world.inbound("staff", Sender("staff", "值班群"), "/todo"), is_group=True)
    assert send(world, message) == "只有值班人员可以操作。请先关闭群里的匿名发言，再操作。"
    stranger = replace(world.inbound("staff", Sender("stranger", "新人"), "/todo"), is_group=True)
    assert send(world, stranger) == "只有值班人员可以操作。请让管理员为您登记。"

"""Chats that are blocked, gone or moved, and cards that were deleted."""

from __future__ import annotations

from tests.support.telegram.api import STAFF_CHAT
from tests.support.telegram.ways import everywhere, polled
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"


@everywhere
def test_a_customer_who_blocked_the_bot_is_phoned(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("member", chat=telegram.chen.id, user=telegram.chen.user, state="blocked")
    telegram.settle()
    assert any("T1" in line and "请打电话" in line for line in telegram.heard(STAFF_CHAT))
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert any("客户停用了机器人" in line for line in telegram.heard(STAFF_CHAT))
    assert telegram.tickets()[0]["responded_at"] is None  # nothing arrived, so it is no response


@polled
def test_an_answer_to_who_has_no_ticket_and_blocked_the_bot_is_told_to_support(
    telegram: TelegramWorld,
) -> None:
    telegram.chen.say("录音文件怎么下载")
    telegram.api.control("state", chat=telegram.chen.id, state="blocked")
    asked = next(m for m in telegram.api.messages(STAFF_CHAT) if "咨询" in m.get("text", ""))
    telegram.li.say("在管理工具里导出", chat=STAFF_CHAT, reply_to=asked["message_id"])
    assert any("的答复没有送到（客户停用了机器人）" in line for line in telegram.heard(STAFF_CHAT))


@everywhere
def test_a_chat_that_is_gone_is_said_to_support(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("state", chat=telegram.chen.id, state="deleted")
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert any("这个聊天已不存在" in line for line in telegram.heard(STAFF_CHAT))


@everywhere
def test_a_group_that_moved_without_a_word_is_found_when_it_is_written_to(telegram: TelegramWorld) -> None:
    telegram.group(-55, "青禾客服", "group")
    telegram.bind_group(-55)
    telegram.chen.say(f"/report {P1}", chat=-55)
    telegram.api.control("migrate", chat=-55, to=-10055, user=telegram.chen.user, quietly=True)
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.last(-10055) == "李工（工单 T1）：在查了"
    telegram.chen.say("/status", chat=-10055)
    assert "T1" in telegram.last(-10055)


@everywhere
def test_a_card_is_not_edited_into_what_bears_its_number_in_the_new_place(telegram: TelegramWorld) -> None:
    old, new = -56, -10056
    telegram.small_staff_group(old)
    telegram.chen.say(P1)
    card = next(m for m in telegram.api.messages(old) if m.get("text", "").startswith("【T1】"))
    telegram.api.control("migrate", chat=old, to=new, user=telegram.li.user, quietly=True)
    telegram.li.say("/todo", chat=new)
    line = telegram.fill(new, card["message_id"])

    telegram.chen.press("全部受影响")
    assert line in telegram.heard(new)
    assert "客户答：全部受影响" in next(text for text in telegram.heard(new) if text.startswith("【T1】"))


@polled
def test_a_staff_chat_of_the_settings_that_moved_is_found_at_the_start(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("migrate", chat=STAFF_CHAT, to=-100501, user=telegram.li.user)
    telegram.settle()
    telegram.stop()
    telegram.start(staff_chat=-100501)
    telegram.lin.say(P1)
    cards = [line for line in telegram.heard(-100501) if line.startswith("【T2】")]
    assert len(cards) == 1
    assert telegram.heard(STAFF_CHAT)[1:] == []


@everywhere
def test_a_card_that_was_deleted_is_sent_anew(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("delete", chat=STAFF_CHAT, message_id=telegram.card()["message_id"])
    telegram.chen.press("全部受影响")
    assert "客户答：全部受影响" in telegram.card()["text"]

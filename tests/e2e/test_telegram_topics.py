"""Groups with topics (forums), private chats with them: what is answered stands where it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.telegram.api import BOT_ID, GROUP, STAFF_CHAT, USERNAME
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
OFFICE, LINES = 7, 9


@pytest.fixture
def mode() -> str:
    """One way in is enough: these are about where something is said."""
    return "polling"


@pytest.fixture
def forum(telegram: TelegramWorld) -> TelegramWorld:
    """A customer's group with two topics."""
    telegram.bound_group(topics=[OFFICE, LINES])
    return telegram


def said(telegram: TelegramWorld, chat: int = GROUP) -> list[tuple[int | None, str]]:
    """Return the bot's messages in a group, each with its topic."""
    ours: list[dict[str, Any]] = [m for m in telegram.api.messages(chat) if m["from"]["id"] == BOT_ID]
    return [(m.get("message_thread_id"), m.get("text") or m["caption"]) for m in ours]


def report(telegram: TelegramWorld, topic: int = LINES) -> None:
    telegram.chen.say(f"/report@{USERNAME} {P1}", chat=GROUP, topic=topic)


def test_a_receipt_and_what_follows_stand_in_the_topic_of_the_report(forum: TelegramWorld) -> None:
    report(forum)
    forum.li.say("在查了", chat=STAFF_CHAT, reply_to=forum.card()["message_id"])
    forum.li.say("/resolve T1 已重启登录服务", chat=STAFF_CHAT)
    assert {topic for topic, _ in said(forum)} == {LINES}
    assert any("在查了" in text for _, text in said(forum))


def test_a_press_and_a_question_are_answered_where_they_were_made(forum: TelegramWorld) -> None:
    report(forum)
    forum.lin.press("全部受影响", chat=GROUP)
    assert said(forum)[-1][0] == LINES
    forum.lin.say("/status", chat=GROUP, topic=OFFICE)
    assert said(forum)[-1][0] == OFFICE
    forum.lin.say("/status", chat=GROUP)
    assert said(forum)[-1][0] is None
    forum.li.say("在查了", chat=STAFF_CHAT, reply_to=forum.card()["message_id"])
    assert said(forum)[-1] == (LINES, "李工（工单 T1）：在查了")  # of the ticket, whatever else was asked


def test_an_answer_without_a_ticket_goes_where_the_question_was(forum: TelegramWorld) -> None:
    forum.chen.say(f"/human@{USERNAME}", chat=GROUP, topic=OFFICE)
    asked = next(m for m in forum.api.messages(STAFF_CHAT) if "要求人工" in m.get("text", ""))
    forum.li.say("请讲", chat=STAFF_CHAT, reply_to=asked["message_id"])
    assert said(forum)[-1] == (OFFICE, "李工：请讲")


def test_what_was_said_in_a_topic_that_is_closed_since_is_said_in_the_group(forum: TelegramWorld) -> None:
    report(forum)
    forum.api.control("close_topic", chat=GROUP, topic=LINES)
    forum.li.say("在查了", chat=STAFF_CHAT, reply_to=forum.card()["message_id"])
    assert said(forum)[-1] == (None, "李工（工单 T1）：在查了")


def test_a_thread_of_replies_is_no_topic(telegram: TelegramWorld) -> None:
    telegram.bound_group()
    telegram.chen.say(f"/report@{USERNAME} {P1}", chat=GROUP, message_thread_id=3)
    assert "已收到，工单号 T1" in telegram.last(GROUP)


def test_support_s_question_and_answer_stay_in_their_topic(telegram: TelegramWorld) -> None:
    telegram.group(STAFF_CHAT, "值班群", topics=[OFFICE])
    telegram.chen.say(P1)
    telegram.li.say("/todo", chat=STAFF_CHAT, topic=OFFICE)
    cards, listed = said(telegram, STAFF_CHAT)
    assert (cards[0], listed[0]) == (None, OFFICE)


def in_private(telegram: TelegramWorld) -> list[tuple[int | None, str]]:
    return said(telegram, telegram.chen.id)


def test_in_a_private_chat_with_topics_each_fault_is_answered_in_its_own(telegram: TelegramWorld) -> None:
    telegram.topics_of(telegram.chen, [OFFICE, LINES])
    telegram.chen.say(P1, topic=LINES)
    assert in_private(telegram)[-1][0] == LINES
    telegram.wait(minutes=10)
    telegram.chen.say("报表导不出来", topic=OFFICE)
    topic, receipt = in_private(telegram)[-1]
    assert (topic, receipt.split("。")[0]) == (OFFICE, "已收到，工单号 T2")

    telegram.chen.press("全部受影响", on=telegram.api.messages(telegram.chen.id)[1])
    assert in_private(telegram)[-1][0] == LINES
    telegram.li.say("/reply T1 在查了", chat=STAFF_CHAT)
    assert in_private(telegram)[-1] == (LINES, "李工（工单 T1）：在查了")
    telegram.chen.say("/status")
    assert in_private(telegram)[-1][0] is None


def test_a_private_topic_that_was_deleted_loses_no_answer(telegram: TelegramWorld) -> None:
    telegram.topics_of(telegram.chen, [LINES])
    telegram.chen.say(P1, topic=LINES)
    telegram.api.control("close_topic", chat=telegram.chen.id, topic=LINES)
    telegram.li.say("/reply T1 在查了", chat=STAFF_CHAT)
    assert in_private(telegram)[-1] == (None, "李工（工单 T1）：在查了")


def test_cards_stand_in_the_topic_of_the_settings_and_answers_where_they_were_asked(
    telegram: TelegramWorld,
) -> None:
    telegram.group(STAFF_CHAT, "值班群", topics=[OFFICE, LINES])
    telegram.stop()
    telegram.account = {"staff_topic": str(LINES)}
    telegram.start()

    telegram.chen.say(P1)
    assert [topic for topic, _ in said(telegram, STAFF_CHAT)] == [LINES]
    telegram.li.say("/todo", chat=STAFF_CHAT, topic=OFFICE)
    telegram.li.say("/todo", chat=STAFF_CHAT)
    assert [topic for topic, _ in said(telegram, STAFF_CHAT)][1:] == [OFFICE, None]
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert "李工（工单 T1）：在查了" in telegram.chen.last()


def test_a_topic_that_is_not_there_loses_no_card(telegram: TelegramWorld) -> None:
    telegram.group(STAFF_CHAT, "值班群", topics=[OFFICE])
    telegram.stop()
    telegram.account = {"staff_topic": str(LINES)}
    telegram.start()

    telegram.chen.say(P1)
    assert [topic for topic, _ in said(telegram, STAFF_CHAT)] == [None]

"""Texts that are too long for one message: cut, in turn with everything else, and known by every part."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.messages import Option, Say
from bot.store import tables as t
from tests.support.telegram.api import STAFF_CHAT, Json, labels
from tests.support.telegram.ways import polled
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
SENTENCE = "这是一句话。"
LONG = SENTENCE * 1500  # three parts


def say(telegram: TelegramWorld, chat: int, *messages: Say, ticket: int | None = None) -> None:
    with telegram.app.store.begin(telegram.now) as unit:
        for message in messages:
            unit.messages.say(telegram.chat_id(chat), message, ticket=ticket)
    telegram.wait(seconds=1, settle=len(messages) == 1)


def is_delayed(telegram: TelegramWorld) -> bool:
    """Whether a message waits because the platform said so."""
    with telegram.app.store.read() as session:
        return bool(session.scalars(select(t.OutboxRow.id).where(t.OutboxRow.error == "flood")).all())


def long_card(telegram: TelegramWorld) -> list[Json]:
    """Let the card of T1 be sent in three parts, and return them."""
    before = len(telegram.api.messages(STAFF_CHAT))
    say(telegram, STAFF_CHAT, Say(f"【T1】{LONG}", card="ticket:1"), ticket=1)
    return telegram.api.messages(STAFF_CHAT)[before:]


@pytest.mark.parametrize("mode", ["polling"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_reply_to_any_part_of_a_card_is_relayed_to_the_customer(telegram: TelegramWorld, part: int) -> None:
    telegram.chen.say(P1)
    parts = long_card(telegram)
    assert len(parts) == 3
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=parts[part]["message_id"])
    assert telegram.chen.last() == "李工（工单 T1）：在查了"


@polled
def test_a_part_that_arrived_before_the_rest_failed_is_known(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    fault = {"method": "sendMessage", "chat": STAFF_CHAT, "kind": "flood", "skip": 1, "retry_after": 60}
    telegram.api.control("fault", **fault)
    [part] = long_card(telegram)
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=part["message_id"], settle=False)
    telegram.until(lambda: telegram.chen.last() == "李工（工单 T1）：在查了")


@polled
def test_parts_count_as_messages_and_none_is_said_twice(telegram: TelegramWorld) -> None:
    telegram.chen.say("你好")
    telegram.api.control("limit", is_limited=True)
    before = len(telegram.heard(telegram.chen.id))
    say(telegram, telegram.chen.id, Say(LONG))
    for _ in range(6):
        telegram.wait(seconds=1)
    assert "".join(telegram.heard(telegram.chen.id)[before:]) == LONG
    found = telegram.api.look()
    assert found["floods"] == 1  # the third within a second of the test's clock; after the pause it goes on
    assert found["early"] == 0


@polled
def test_what_comes_after_a_long_text_waits_for_all_of_it(telegram: TelegramWorld) -> None:
    telegram.chen.say("你好")
    fault = {"method": "sendMessage", "chat": telegram.chen.id, "kind": "flood", "skip": 1, "retry_after": 60}
    telegram.api.control("fault", **fault)
    before = len(telegram.heard(telegram.chen.id))
    say(telegram, telegram.chen.id, Say(LONG), Say("下一条"))
    telegram.until(lambda: is_delayed(telegram))
    assert len(telegram.heard(telegram.chen.id)) == before + 1
    telegram.wait(seconds=60)
    assert "".join(telegram.heard(telegram.chen.id)[before:]) == f"{LONG}下一条"


@polled
def test_a_group_that_moves_between_two_parts_gets_the_rest_only(telegram: TelegramWorld) -> None:
    telegram.group(-55, "青禾客服", "group")
    telegram.bind_group(-55)
    fault = {"method": "sendMessage", "chat": -55, "kind": "flood", "skip": 1, "retry_after": 60}
    telegram.api.control("fault", **fault)
    say(telegram, -55, Say(LONG))
    telegram.api.control("migrate", chat=-55, to=-10055, user=telegram.chen.user, quietly=True)
    telegram.wait(seconds=61)
    assert "".join((*telegram.heard(-55), *telegram.heard(-10055))) == LONG


@polled
@pytest.mark.parametrize("kind", ["flood", "drop"])
def test_the_first_part_is_not_said_again_when_the_second_meets_trouble(
    telegram: TelegramWorld, kind: str
) -> None:
    telegram.chen.say("你好")
    fault = {"method": "sendMessage", "chat": telegram.chen.id, "kind": kind, "skip": 1, "retry_after": 60}
    telegram.api.control("fault", **fault)
    say(telegram, telegram.chen.id, Say(SENTENCE * 1000))
    heard = len(telegram.heard(telegram.chen.id))
    telegram.wait(seconds=61)
    first, last = telegram.heard(telegram.chen.id)[-2:]
    assert first + last == SENTENCE * 1000
    assert len(telegram.heard(telegram.chen.id)) == heard + 1


@polled
def test_a_card_that_became_too_long_leaves_no_old_buttons(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    options = (Option("认领", "认领 T1", "claim", 1),)
    long = Say("【T1】" + "字" * 5000, options, card="ticket:1", note="变长了")
    say(telegram, STAFF_CHAT, long, ticket=1)
    first, *_, last = (
        m for m in telegram.api.messages(STAFF_CHAT) if "【T1】" in m["text"] or "字" in m["text"]
    )
    assert labels(first) == []
    assert labels(last) == ["认领"]


@polled
def test_a_long_text_with_a_file_is_not_cut(telegram: TelegramWorld) -> None:
    telegram.put_file("pic", b"\x89PNG\r\n\x1a\n....")
    telegram.chen.say(caption=P1, photo=[{"file_id": "pic", "file_unique_id": "u", "width": 9, "height": 9}])
    telegram.until(lambda: telegram.kept() == 1)
    say(telegram, STAFF_CHAT, Say("字" * 1500, attachment=1), ticket=1)
    words, picture = telegram.api.messages(STAFF_CHAT)[-2:]
    assert words["text"] + picture["caption"] == "字" * 1500
    assert "photo" in picture


@polled
def test_a_long_answer_has_the_buttons_below_its_last_part(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    say(telegram, telegram.chen.id, Say(SENTENCE * 1000, (Option("查进度", "查进度", "status"),)))
    first, last = telegram.api.messages(telegram.chen.id)[-2:]
    assert len(first["text"]) <= 4096
    assert first["text"].endswith("。")
    assert "reply_markup" not in first
    assert last["reply_markup"]["inline_keyboard"][0][0]["text"] == "查进度"


@polled
def test_a_text_is_measured_as_the_platform_does(telegram: TelegramWorld) -> None:
    telegram.chen.say("你好")
    say(telegram, telegram.chen.id, Say("😱" * 3000))
    first, last = telegram.heard(telegram.chen.id)[-2:]
    assert (len(first), len(last)) == (2048, 952)

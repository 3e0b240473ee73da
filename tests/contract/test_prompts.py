"""Support is asked for words: they go to the customer of the message that is quoted, never to another's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import samples
from bot.messages import Attachment, AttachmentKind, Inbound, Outbound
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


@pytest.fixture
def two(world: World) -> World:
    """Two customers with a ticket each: T1 of the regular one, T2 of the enhanced one."""
    world.customer(P1)
    world.customer(P2, who="enhanced")
    world.staff("确认 T1 1")
    world.staff("确认 T2 2")
    return world


def send(world: World, message: Inbound) -> str:
    world.app.submit(message)
    world.app.deliver()
    return world.last(samples.STAFF_CHAT)


def in_group(world: World, text: str = "", who: str = "li", **given: object) -> str:
    message = world.inbound(samples.STAFF_CHAT, world.person(who), text)
    return send(world, replace(message, is_group=True, **given))  # type: ignore[arg-type]


def card(world: World, ticket: int) -> Outbound:
    of = f"ticket:{ticket}"
    return next(m for m in reversed(world.phones.delivered[samples.STAFF_CHAT]) if m.card == of)


def press(world: World, label: str, ticket: int, who: str = "li") -> Outbound:
    """Press a button of a ticket's card in the group, and return the prompt."""
    choice = world.choice(samples.STAFF_CHAT, label, card(world, ticket))
    in_group(world, who=who, choice=choice.id)
    return world.phones.delivered[samples.STAFF_CHAT][-1]


def test_a_quoted_card_wins_over_an_open_prompt(two: World) -> None:
    press(two, "回复客户", 1)
    before = two.heard("regular")

    in_group(two, "贵行录音服务器密码已重置", answers=str(card(two, 2).id))

    assert two.last("enhanced") == "李工（工单 T2）：贵行录音服务器密码已重置"
    assert two.heard("regular") == before


def test_a_prompt_is_the_one_that_is_quoted_whichever_was_asked_last(two: World) -> None:
    first = press(two, "回复客户", 1)
    second = press(two, "回复客户", 2)

    in_group(two, "给青禾的话", answers=str(first.id))
    in_group(two, "给远山的话", answers=str(second.id))

    assert two.last() == "李工（工单 T1）：给青禾的话"
    assert two.last("enhanced") == "李工（工单 T2）：给远山的话"


def test_a_reply_to_another_card_resolves_nothing(two: World) -> None:
    press(two, "解决", 1)

    in_group(two, "录音我看一下", answers=str(card(two, 2).id))

    assert two.tickets()[0]["work"] != "resolved"
    assert two.last("enhanced") == "李工（工单 T2）：录音我看一下"


def test_a_prompt_is_answered_by_whom_it_asked_and_once(two: World) -> None:
    prompt = press(two, "回复客户", 1)
    assert "没有发给客户" in in_group(two, "我来说", who="wang", answers=str(prompt.id))
    in_group(two, "李工的话", answers=str(prompt.id))
    assert "没有发给客户" in in_group(two, "再说一句", answers=str(prompt.id))
    assert [line for line in two.heard("regular") if "李工（" in line] == ["李工（工单 T1）：李工的话"]


def test_in_a_group_words_that_quote_nothing_complete_no_prompt(two: World) -> None:
    prompt = press(two, "回复客户", 1)
    before = two.heard("regular")
    assert in_group(two, "谁在看这个？") == "没有发给客户。请回复我问您的那条消息。"
    assert two.heard("regular") == before
    in_group(two, "马上好", answers=str(prompt.id))
    assert two.last() == "李工（工单 T1）：马上好"


def test_where_one_writes_alone_the_last_prompt_is_completed(two: World) -> None:
    two.staff("回复 T1")
    two.staff("回复 T2")
    two.staff("给远山的话")
    assert two.last("enhanced") == "李工（工单 T2）：给远山的话"
    before = two.heard("regular")
    two.staff("还有一句")
    assert two.heard("regular") == before


def test_a_command_in_between_ends_what_bare_words_would_complete(two: World) -> None:
    two.staff("回复 T1")
    before = two.heard("regular")
    two.staff("工单 T2")
    two.staff("密码已重置")
    assert two.heard("regular") == before


def test_who_quotes_what_is_not_known_completes_nothing(two: World) -> None:
    two.staff("回复 T1")
    before = two.heard("regular")
    message = two.inbound(samples.STAFF_CHAT, two.person("li"), "密码已重置")
    send(two, replace(message, answers="990099"))
    assert two.heard("regular") == before


def test_a_picture_completes_no_prompt_and_leaves_it_open(two: World) -> None:
    two.staff("回复 T1")
    message = two.inbound(samples.STAFF_CHAT, two.person("li"), "看这张图")
    told = send(two, replace(message, attachments=(Attachment(AttachmentKind.PHOTO, "p"),)))
    assert told == "图片和文件不能转给客户，请用文字回复。"
    two.staff("文字来了")
    assert two.last() == "李工（工单 T1）：文字来了"


def test_a_prompt_can_not_be_answered_for_ever(two: World) -> None:
    prompt = press(two, "解决", 1)
    two.wait(minutes=16)
    assert "没有发给客户" in in_group(two, "好了", answers=str(prompt.id))
    assert two.tickets()[0]["work"] != "resolved"


def test_an_edited_word_to_a_colleague_is_not_answered(two: World) -> None:
    count = len(two.heard(samples.STAFF_CHAT))
    in_group(two, "晚上吃什么", addressed=False, is_correction=True)
    in_group(two, "取消", addressed=False)
    assert len(two.heard(samples.STAFF_CHAT)) == count

"""A typed number answers the question under which it was read, or is asked about; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import samples
from bot.messages import Option, Say, Sender
from bot.store import tables as t
from tests.support.world import CHANNEL, World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "个别座席录音听不到"


def later(world: World) -> None:
    """Let a little time pass: what is shown now was not shown together with what came before."""
    world.now += timedelta(seconds=20)


def staff_later(world: World, text: str) -> str:
    later(world)
    return world.staff(text)


def works(world: World) -> list[str]:
    return [ticket["work"] for ticket in world.tickets()]


def labels(world: World, chat: str) -> list[str]:
    return [choice.label for choice in world.phones.delivered[chat][-1].choices]


def two_questions(world: World) -> None:
    """Show a customer the question about T2's effect, and then whether T1 works again."""
    world.customer(P1)
    later(world)
    world.customer(P2)
    staff_later(world, "解决 T1 服务器已重启")


def test_a_number_for_an_older_question_never_answers_a_newer_one(world: World) -> None:
    two_questions(world)
    later(world)

    asked = world.customer("1")

    assert asked == "请问“1”是指哪一个？"
    assert labels(world, "regular") == ["已恢复 T1", "全部受影响 T2"]
    assert "closed" not in works(world)
    assert "全部受影响（工单 T2）" in world.customer("２")
    assert "closed" not in works(world)


def test_words_that_two_questions_have_are_asked_about_too(world: World) -> None:
    two_questions(world)
    staff_later(world, "解决 T2 录音已恢复")
    later(world)

    assert world.customer("已恢复") == "请问“已恢复”是指哪一个？"
    assert works(world) == ["resolved", "resolved"]
    world.customer("已恢复 T1")
    assert works(world) == ["closed", "resolved"]


def test_a_number_that_only_one_question_has_answers_that_one(world: World) -> None:
    two_questions(world)
    later(world)

    assert "只是咨询（工单 T2）" in world.customer("三")
    assert works(world)[0] == "resolved"


def test_a_question_that_came_after_the_number_was_sent_is_not_what_it_answers(world: World) -> None:
    world.customer(P2)
    later(world)
    number, _ = world.app.receive(world.inbound("regular", Sender("regular", "regular"), "1"))
    staff_later(world, "解决 T1 录音已恢复")

    world.app.handle(number)
    world.app.deliver()

    assert "全部受影响（工单 T1）" in world.last()
    assert works(world) == ["resolved"]


def test_a_number_for_a_question_of_long_ago_is_asked_about_and_not_passed_on(world: World) -> None:
    world.customer(P1)
    for _ in range(3):
        later(world)
        world.customer("🙂")
    heard = len(world.heard(samples.STAFF_CHAT))
    later(world)

    assert world.customer("二") == "请问“二”是指“部分受影响”吗？不是的话，请直接打字告诉我。"
    assert labels(world, "regular") == ["部分受影响"]
    assert len(world.heard(samples.STAFF_CHAT)) == heard
    later(world)
    assert "部分受影响（工单 T1）" in world.customer("1")


def test_a_choice_is_told_by_the_words_that_say_what_it_is_about(world: World) -> None:
    world.customer(P1)
    staff_later(world, "约定 T1 响应 15:00")
    staff_later(world, "暂停 T1 提供日志")
    later(world)

    world.customer("1")

    assert {"同意时间", "同意暂停"} < set(labels(world, "regular"))


@pytest.mark.parametrize("number", ["1", "１", "一", "第一个"])
def test_consent_by_number_and_the_effect_that_says_the_same_are_one(world: World, number: str) -> None:
    world.customer(P1)
    staff_later(world, "确认 T1 1")
    later(world)

    world.customer(number)

    assert world.tickets()[0]["standing"] == "agreed"


def test_a_number_of_points_is_a_rating_and_nobody_is_bothered(world: World) -> None:
    world.customer(P1)
    staff_later(world, "解决 T1 服务器已重启")
    world.customer("已恢复")
    heard = len(world.heard(samples.STAFF_CHAT))

    later(world)

    assert "5 分" in world.customer("五")
    assert not [line for line in world.heard(samples.STAFF_CHAT)[heard:] if "留言" in line]


def is_confirmed(world: World) -> bool:
    return any("李工确认为优先等级1" in line for line in world.heard("regular"))


def own(world: World, text: str) -> str:
    """Let an engineer write in their own chat with the bot; return what they are told last."""
    later(world)
    world.app.submit(world.inbound("li", world.person("li"), text))
    world.app.deliver()
    return world.last("li")


def private(world: World) -> None:
    with world.app.store.begin(world.now) as unit:
        samples.add_chat(unit.session, samples.address(CHANNEL, "li"), "private", None)


def test_support_presses_a_card_by_its_number_in_a_chat_of_their_own(world: World) -> None:
    private(world)
    world.customer(P1)
    own(world, "T1")

    own(world, "1")

    assert is_confirmed(world)


def test_support_is_asked_which_card_a_number_is_about(world: World) -> None:
    private(world)
    world.customer(P1)
    world.customer(P2, who="enhanced")
    own(world, "T1")
    later(world)
    with world.app.store.begin(world.now) as unit:
        chat = unit.session.query(t.ChatRow.id).filter_by(chat="li").scalar()
        unit.messages.say(chat, Say("⚠ T2 没有人认领", (Option("认领", "认领 T2", "claim", 2),)), ticket=2)
    world.app.deliver()

    assert own(world, "1") == "请问“1”是指哪一个？"
    assert labels(world, "li") == ["认领 T2", "确认1 T1"]
    assert {ticket["assignee_id"] for ticket in world.tickets()} == {None}
    own(world, "1")
    assert [bool(ticket["assignee_id"]) for ticket in world.tickets()] == [False, True]


def test_choices_of_a_card_that_changed_out_of_sight_have_no_number(world: World) -> None:
    private(world)
    world.customer(P1)
    own(world, "T1")
    later(world)
    with world.app.store.begin(world.now) as unit:
        chat = unit.session.query(t.ChatRow.id).filter_by(chat="li").scalar()
        changed = Say("【T1】", (Option("关闭", "关闭 T1", "close", 1),), card="ticket:1", note="T1 变了")
        unit.messages.say(chat, changed, ticket=1)
    world.app.deliver()

    own(world, "1")

    assert is_confirmed(world)


def test_support_s_number_means_nothing_once_something_else_was_said(world: World) -> None:
    private(world)
    world.customer(P1)
    own(world, "T1")
    own(world, "待办")

    assert own(world, "1").startswith("可用命令")
    assert not is_confirmed(world)


def test_in_support_s_group_a_number_is_a_colleague_s_word(world: World) -> None:
    world.customer(P1)

    world.staff("1")

    assert not is_confirmed(world)

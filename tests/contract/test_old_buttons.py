"""Buttons outlive roles: who presses one of the other side's is refused, and nothing else happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import samples
from bot.desk.terms import Role
from bot.messages import Outbound
from bot.store import tables as t
from bot.store.staff_chats import take_back
from tests.support.world import CHANNEL, World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def make(world: World, user: str, role: Role) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.query(t.ContactRow).filter_by(channel=CHANNEL, user=user).one().role = role.value


def press(world: World, message: Outbound, number: int, who: str) -> str:
    chat = message.address.chat
    pressed = world.inbound(chat, world.person("li"), choice=message.choices[number].id)
    sender = replace(pressed.sender, user=who)
    world.app.submit(replace(pressed, sender=sender))
    world.app.deliver()
    return world.last(chat)


def own_card(world: World) -> Outbound:
    """Return the card that an engineer has asked for in their own chat."""
    with world.app.store.begin(world.now) as unit:
        samples.add_chat(unit.session, samples.address(CHANNEL, "li"), "private", None)
    world.app.submit(world.inbound("li", world.person("li"), "工单 T1"))
    world.app.deliver()
    return next(message for message in world.phones.delivered["li"] if message.card)


def alarmed(world: World) -> list[str]:
    return [line for line in world.heard(samples.STAFF_CHAT) if "程序没能处理" in line]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_former_engineer_s_press_is_refused(world: World, confirmed: bool) -> None:
    world.customer(P1)
    if confirmed:
        world.staff("确认 T1 1")
    card = own_card(world)
    make(world, "li", Role.CUSTOMER)

    for number, choice in enumerate(card.choices):
        if choice.label not in {"关闭", "绑定"}:
            assert press(world, card, number, "li").startswith("只有值班人员可以操作。"), choice.label

    assert len(world.tickets()) == 1
    assert alarmed(world) == []


def test_a_number_does_not_press_what_one_may_not_press(world: World) -> None:
    world.customer(P1)
    own_card(world)
    make(world, "li", Role.CUSTOMER)
    world.app.submit(world.inbound("li", world.person("li"), "1"))
    world.app.deliver()
    assert alarmed(world) == []
    assert not any("李工确认" in line for line in world.heard("regular"))


def test_in_a_chat_that_was_taken_back_a_press_is_refused(world: World) -> None:
    world.customer(P1)
    card = world.card()
    with world.app.store.begin(world.now) as unit:
        place = unit.session.query(t.ChatRow).filter_by(chat=samples.STAFF_CHAT).one().id
        take_back(unit.session, place)

    for number in range(len(card.choices)):
        assert press(world, card, number, "a visitor").startswith("只有值班人员可以操作。")

    assert len(world.tickets()) == 1


def test_a_customer_who_joined_support_can_not_press_a_customer_s_button(world: World) -> None:
    world.customer(P1)
    receipt = next(message for message in world.phones.delivered["regular"] if message.choices)
    make(world, "regular", Role.ENGINEER)
    with world.app.store.begin(world.now) as unit:
        unit.session.query(t.ChatRow).filter_by(chat="regular").one().customer_id = None

    told = press(world, receipt, 0, "regular")

    assert told == "这个按钮是给客户用的。请在工单卡片上操作。"
    assert len(world.tickets()) == 1

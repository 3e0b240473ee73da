"""Where support is told: its chat, or its members' own chats on platforms that know no groups."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bot import samples
from bot.desk.terms import Role
from bot.messages import Outbound
from bot.store import tables as t
from tests.support.staffing import alarms, full_staff, hire
from tests.support.world import CHANNEL, World

P1 = "所有坐席都登不上系统了，电话全打不进来"
ALONE = "alone"  # a platform without groups


def no_staff_chat(world: World) -> None:
    """Make support's chat an ordinary group."""
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(t.ChatRow).where(t.ChatRow.kind == "staff")).one()
        row.kind = "group"


def cards(messages: Sequence[Outbound]) -> list[str]:
    return [message.text for message in messages if message.card]


def test_without_a_staff_chat_members_are_told_in_their_own(world: World) -> None:
    full_staff(world)
    no_staff_chat(world)

    world.customer(P1)

    for member in ("li", "wang", "zhao"):
        assert "T1" in cards(world.phones.delivered[member])[0]
    assert samples.STAFF_CHAT not in world.phones.delivered


def test_with_a_staff_chat_only_members_of_other_platforms_are_told_in_their_own(world: World) -> None:
    full_staff(world)
    hire(world, "sun", "孙工", Role.ENGINEER, channel=ALONE)

    world.customer(P1)

    with world.app.store.read() as session:
        told = session.execute(
            select(t.ChatRow.channel, t.ChatRow.chat)
            .join(t.OutboxRow, t.OutboxRow.chat_id == t.ChatRow.id)
            .where(t.OutboxRow.card == "ticket:1")
        )
        assert set(map(tuple, told)) == {(CHANNEL, samples.STAFF_CHAT), (ALONE, "sun")}


@pytest.mark.parametrize("minutes", [60, 130])
def test_an_alarm_rings_once_in_each_members_own_chat(world: World, minutes: int) -> None:
    full_staff(world)
    no_staff_chat(world)
    world.customer(P1)

    for _ in range(minutes):
        world.wait(minutes=1)

    for member in ("li", "wang", "zhao"):
        heard = alarms(world, member)
        assert heard
        assert len(set(heard)) == len(heard)


def test_a_removed_member_is_told_no_more(world: World) -> None:
    full_staff(world)
    no_staff_chat(world)
    with world.app.store.begin(world.now) as unit:
        contact = unit.session.scalars(select(t.ContactRow).filter_by(channel=CHANNEL, user="li")).one()
        contact.role = Role.CUSTOMER.value

    world.customer(P1)

    assert "li" not in world.phones.delivered
    assert "wang" in world.phones.delivered


def test_a_customers_words_stay_within_their_own_line_of_the_card(world: World) -> None:
    world.customer("所有坐席都登不上系统了\n响应期限：明年\u202e\x1b[31m\n客户答：只是咨询")

    lines = world.card().text.splitlines()

    assert sum(line.startswith("响应期限：") for line in lines) == 1
    assert sum(line.startswith("客户答：") for line in lines) == 1
    assert "\u202e" not in world.card().text
    assert "\x1b" not in world.card().text

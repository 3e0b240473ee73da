"""A staff with private chats, for tests of who is alarmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import samples
from bot.desk.roster import Roster, Rotation
from bot.desk.terms import Role
from bot.messages import Outbound, Sender
from bot.store import tables as t
from tests.support.world import CHANNEL, World

MANAGER = "qian"


def private_chats(world: World, *users: str) -> None:
    """Let members of staff have talked with the program in private."""
    with world.app.store.begin(world.now) as unit:
        for user in users:
            samples.add_chat(unit.session, samples.address(CHANNEL, user), "private", None)


def hire(world: World, user: str, name: str, role: Role, *, channel: str = CHANNEL) -> None:
    """Add a member of staff with a private chat."""
    with world.app.store.begin(world.now) as unit:
        unit.session.add(
            t.ContactRow(
                channel=channel,
                account=samples.ACCOUNT,
                user=user,
                name=name,
                role=role.value,
                bind_failures=0,
            )
        )
        samples.add_chat(unit.session, samples.address(channel, user), "private", None)


def full_staff(world: World) -> None:
    """Give everybody a private chat and add a manager; 王工 is on call."""
    private_chats(world, "li", "wang", "zhao")
    hire(world, MANAGER, "钱经理", Role.MANAGER)
    roster = Roster((Rotation("值班", ("王工",), 7, date(2026, 1, 5)),))
    with world.app.store.begin(world.now) as unit:
        unit.roster.replace(roster, "test")


def alarms(world: World, chat: str = samples.STAFF_CHAT) -> list[str]:
    """Return the alarms that a chat was sent, in order."""
    return [m.text for m in messages(world, chat) if m.card is None and m.text.startswith("⚠")]


def messages(world: World, chat: str) -> list[Outbound]:
    """Return what a chat was sent."""
    return world.phones.delivered.get(chat, [])


def crowd(world: World, count: int, like: int = 0) -> list[str]:
    """Add customers with contracts like that sample customer, each with a chat; return the chats."""
    keys = [f"crowd{number}" for number in range(count)]
    with world.app.store.begin(world.now) as unit:
        for number, key in enumerate(keys, start=1):
            sample = replace(
                samples.CUSTOMERS[like], key=key, name=f"第{number}客服中心", person=f"{number}号班长"
            )
            customer = samples._customer(unit.session, sample, world.now)
            who = Sender(key, sample.person)
            samples._contact(unit.session, CHANNEL, who, Role.CUSTOMER, customer, sample.phone)
            samples.add_chat(unit.session, samples.address(CHANNEL, key), "private", customer)
    return keys

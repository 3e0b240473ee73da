"""The bot is put out of the staff chat: support is told elsewhere, and works there until it is back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot import samples
from bot.app import App
from bot.channels.pager import NAME as PAGER
from bot.doctor.database import check_database
from bot.doctor.finding import Status
from bot.messages import Occasion, Outcome, Receipt
from bot.store import tables as t
from intents import default_classifier
from tests.support.world import CHANNEL, Phones, World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


def own_chats(world: World, *people: str) -> None:
    """Let members of staff have opened a private chat with the bot."""
    with world.app.store.begin(world.now) as unit:
        for who in people:
            samples.add_chat(unit.session, samples.address(CHANNEL, who), "private", None)


def occur(world: World, occasion: Occasion) -> None:
    message = world.inbound(samples.STAFF_CHAT, world.person("li"))
    world.app.submit(replace(message, occasion=occasion, is_group=True))
    world.app.deliver()


def test_support_is_told_in_private_and_gets_what_comes_next_there(world: World) -> None:
    own_chats(world, "li", "zhao")
    count = len(world.heard(samples.STAFF_CHAT))

    occur(world, Occasion.UNFOLLOWED)
    world.customer(P1)

    for who in ("li", "zhao"):
        told, card = world.heard(who)
        assert told.startswith("⚠ 机器人已被移出值班群（C")
        assert "现在改发到这里" in told
        assert card.startswith("【T1】")
    assert len(world.heard(samples.STAFF_CHAT)) == count


def test_with_no_private_chat_the_pager_is_told(world: World) -> None:
    from_pager = Phones()
    world.app.close()
    settings = world.app.settings.model_copy(update={"alarm_urls": (SecretStr("json://127.0.0.1:9/"),)})
    world.app = App(settings, {CHANNEL: world.phones}, world.read_clock, default_classifier())
    world.app.channels[PAGER] = from_pager
    message = world.inbound(samples.STAFF_CHAT, world.person("li"))
    world.app.submit(replace(message, occasion=Occasion.UNFOLLOWED, is_group=True))
    world.phones.receipts = [Receipt(Outcome.FAILED, error="kicked")]
    world.app.deliver()
    [[told]] = from_pager.delivered.values()
    assert "机器人已被移出值班群" in told.text


@pytest.mark.parametrize("error", ["kicked", "chat_gone"])
def test_a_staff_chat_that_turns_out_to_be_gone_is_told_once(world: World, error: str) -> None:
    own_chats(world, "zhao")
    world.phones.receipts = [
        Receipt(Outcome.SENT, external_id="1"),
        Receipt(Outcome.FAILED, error=error),
    ]
    world.customer(P1)  # the receipt arrives, the card does not
    world.customer(P2, who="enhanced")

    told = [line for line in world.heard("zhao") if "机器人已被移出值班群" in line]
    assert len(told) == 1
    assert any("T1" in line for line in world.heard("zhao"))  # what was lost is raised here
    assert any(line.startswith("【T2】") for line in world.heard("zhao"))


@pytest.mark.parametrize("way", ["added", "heard"])
def test_once_it_is_there_again_the_chat_is_support_s_again(world: World, way: str) -> None:
    own_chats(world, "zhao")
    occur(world, Occasion.UNFOLLOWED)
    if way == "added":
        occur(world, Occasion.FOLLOWED)
    else:
        world.staff("待办")
    count = len(world.heard("zhao"))

    world.customer(P1)

    assert world.last(samples.STAFF_CHAT).startswith("【T1】")
    assert len(world.heard("zhao")) == count


def test_doctor_says_that_the_bot_is_not_in_the_staff_chat(world: World) -> None:
    occur(world, Occasion.UNFOLLOWED)
    found = [f for f in check_database(world.url, world.now) if f.check == "staff chat"]
    assert [finding.status for finding in found] == [Status.WARN, Status.WARN]
    assert "the bot was removed from it" in found[0].detail
    with world.app.store.read() as session:
        place = session.scalars(select(t.ChatRow.id).where(t.ChatRow.chat == samples.STAFF_CHAT)).one()
    assert f"remove-chat {place}" in found[0].advice

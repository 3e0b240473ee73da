"""Messages that are handled by one commit: in order, with no waiting for others, each as if it were alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bot import samples
from bot.delivery.inbox import Apart, Asked
from bot.messages import Inbound, Outcome, Receipt, Sender
from bot.reception import Composed
from bot.store.tables import Base, ChatRow, CustomerRow, InboxRow, TicketChatRow, TicketRow
from bot.web.service import HANDLERS, Service
from tests.contract.test_locks import P1, colleagues, together
from tests.support.world import World

ROUNDS = 5
ON_POSTGRESQL = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
FIRST = ("regular", "enhanced", "diamond")


def received(world: World, *messages: Inbound) -> list[Asked]:
    return [Asked(world.app.receive(message)[0], None) for message in messages]


def said(world: World, who: str, text: str) -> Inbound:
    return world.inbound(who, Sender(who, who), text)


@contextmanager
def held(world: World, *kinds: type[Base]) -> Iterator[None]:
    """Let another unit of work hold the rows of some tables."""
    with world.app.store.engine.connect() as connection:
        for kind in kinds:
            connection.execute(select(kind).with_for_update())
        yield


def is_handled(world: World, *asked: Asked) -> list[bool]:
    with world.app.store.read() as session:
        return [session.get_one(InboxRow, one.id).status == "handled" for one in asked]


def is_apart(world: World, asked: list[Asked]) -> list[bool]:
    return [isinstance(result, Apart) for result in world.app.handle_all(asked)]


def test_messages_that_come_at_the_same_moment_are_handled_by_one_commit(world: World) -> None:
    asked = received(world, *(said(world, who, P1) for who in FIRST))
    commits: list[object] = []
    event.listen(world.app.store.engine, "commit", commits.append)
    assert world.app.handle_all(asked) == [None] * len(FIRST)
    assert len(commits) == 1
    world.app.deliver()
    assert [f"工单号 T{number}" in world.heard(who)[0] for number, who in enumerate(FIRST, 1)] == [True] * 3
    assert world.differences() == {}


def test_messages_of_one_chat_are_handled_in_the_platforms_order_and_none_beyond_what_was_asked(
    world: World,
) -> None:
    later = said(world, "regular", "查进度")
    earlier = replace(said(world, "regular", P1), sent_at=later.sent_at - timedelta(seconds=5))
    last = replace(said(world, "regular", "谢谢"), sent_at=later.sent_at + timedelta(seconds=5))
    asked = received(world, later, earlier, last)[:2]
    assert is_apart(world, asked) == [False, False]
    world.app.deliver()
    first, second = world.heard("regular")
    assert "工单号 T1" in first
    assert "待工程师响应" in second


def test_each_is_answered_inline_by_itself(world: World) -> None:
    inbounds = [replace(said(world, who, P1), is_inline=True) for who in FIRST]
    asked = [
        one._replace(compose=lambda waiting: Composed(waiting[0].text, len(waiting)))
        for one in received(world, *inbounds)
    ]
    replies = world.app.handle_all(asked)
    assert [f"工单号 T{number}" in str(reply) for number, reply in enumerate(replies, 1)] == [True] * 3
    world.app.deliver()
    assert [world.heard(who) for who in FIRST] == [[], [], []]


def test_a_customers_second_message_meets_what_the_first_has_opened(world: World) -> None:
    [first, second] = colleagues(world, 2)
    assert is_apart(world, received(world, first, second)) == [False, False]
    [ticket] = world.tickets()
    assert ticket["revision"] == 2  # reported, joined


def test_what_staff_write_is_handled_by_itself(world: World) -> None:
    world.customer(P1)
    order = world.inbound(samples.STAFF_CHAT, world.person("li"), "认领 T1")
    assert is_apart(world, received(world, order, said(world, "enhanced", P1))) == [True, False]


def test_what_staff_write_in_a_customers_chat_is_too_and_what_follows_it_there(world: World) -> None:
    claim = world.inbound("regular", world.person("li"), "认领 T1")
    asked = received(world, said(world, "regular", P1), claim, said(world, "regular", "谢谢"))
    assert is_apart(world, asked) == [False, True, True]


def test_what_follows_a_chats_own_binding_waits_for_the_customers_lock(world: World) -> None:
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    messages = [said(world, "visitor", text) for text in (f"绑定 {code}", P1, "谢谢")]
    assert is_apart(world, received(world, *messages)) == [False, True, True]


def test_what_was_handled_before_is_left_to_who_asks_for_its_answer(world: World) -> None:
    asked = received(world, said(world, "regular", P1))
    world.app.handle(asked[0].id)
    assert is_apart(world, asked) == [True]
    assert len(world.tickets()) == 1


def test_a_held_message_goes_before_the_answer_to_what_woke_it(world: World) -> None:
    world.phones.receipts = [Receipt(Outcome.HELD, error="quota")]
    world.customer("在吗")
    world.app.handle_all(received(world, said(world, "regular", "谢谢"), said(world, "enhanced", "谢谢")))
    world.app.deliver()
    assert [text[:2] for text in world.heard("regular")] == ["您好", "不客"]
    assert [text[:2] for text in world.heard("enhanced")] == ["不客"]


@ON_POSTGRESQL
@pytest.mark.parametrize("kind", [CustomerRow, ChatRow])
def test_what_somebody_else_holds_is_waited_for_by_nobody(world: World, kind: type[Base]) -> None:
    asked = received(world, *(said(world, who, P1) for who in FIRST))
    with held(world, kind):
        assert is_apart(world, asked) == [True] * 3
    assert is_apart(world, asked) == [False] * 3


@ON_POSTGRESQL
def test_who_holds_a_ticket_keeps_the_others_waiting_for_a_moment_only(world: World) -> None:
    world.customer(P1)
    asked = received(world, *(said(world, who, "还是不行") for who in FIRST))
    with held(world, TicketRow):
        assert is_apart(world, asked) == [True] * 3
    assert is_apart(world, asked) == [False] * 3


@ON_POSTGRESQL
def test_resuming_leaves_what_somebody_holds_to_the_next_pass(world: World) -> None:
    waiting, beside = received(world, *(said(world, who, P1) for who in ("regular", "nobody")))
    world.now += timedelta(minutes=1)
    with held(world, CustomerRow):
        together(world.app.resume)
        assert is_handled(world, waiting, beside) == [False, True]
    world.app.resume()
    assert is_handled(world, waiting) == [True]


@ON_POSTGRESQL
def test_support_does_not_wait_for_customers_whose_rows_somebody_holds(world: World) -> None:
    world.customer(P1)
    service = Service(world.app)
    customers = received(world, *(said(world, FIRST[0], text) for text in ["还是不行"] * (HANDLERS + 1)))
    [order] = received(world, world.inbound(samples.STAFF_CHAT, world.person("li"), "帮助"))

    async def handle() -> int:
        waiting = [asyncio.create_task(service.handle(one.id)) for one in customers]
        await asyncio.sleep(0)  # they are first
        await service.handle(order.id)
        waited = sum(not one.done() for one in waiting)
        await asyncio.gather(*waiting, return_exceptions=True)
        return waited

    with held(world, CustomerRow):
        assert asyncio.run(handle()) > HANDLERS
        assert is_handled(world, *customers, order) == [False] * len(customers) + [True]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_colleagues_whose_reports_meet_in_several_processes_open_one_ticket(
    world: World, round_: int
) -> None:
    del round_
    asked = received(world, *colleagues(world, 6))

    def process(mine: list[Asked]) -> None:
        for one, result in zip(mine, world.app.handle_all(mine), strict=True):
            if isinstance(result, Apart):
                world.app.handle(*one)

    together(lambda: process(asked[0::2]), lambda: process(asked[1::2]))
    [ticket] = world.tickets()
    with world.app.store.read() as session:
        watching = session.scalars(select(TicketChatRow.chat_id)).all()
    assert (ticket["revision"], len(watching)) == (6, 6)
    assert world.differences() == {}

"""Locks under real concurrency: customer → chat → ticket by id, and a deadlock's victim tries again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select, update

from bot import samples
from bot.messages import Inbound, Sender
from bot.store.store import UnitOfWork
from bot.store.tables import CustomerRow, TicketChatRow
from tests.support.world import World, address

P1 = "所有坐席都登不上系统了"
ROUNDS = 5
GIVE_UP_S = 60


def together(*works: Callable[[], object]) -> None:
    """Run all at the same instant, each in a thread; raise what any of them raised."""
    start = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def one(work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    threads = [threading.Thread(target=one, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GIVE_UP_S)
        assert not thread.is_alive(), "it hangs"
    if raised:
        raise raised[0]


def colleagues(world: World, count: int) -> list[Inbound]:
    """Bind so many chats to one customer, and return the same report from each of them."""
    with world.app.store.begin(world.now) as unit:
        customer = unit.session.scalars(select(CustomerRow.id).limit(1)).one()
        for number in range(count):
            samples.add_chat(unit.session, address(f"colleague-{number}"), "private", customer)
    people = [Sender(f"colleague-{number}", f"同事{number}") for number in range(count)]
    return [world.inbound(person.user, person, P1) for person in people]


def submissions(world: World, messages: Sequence[Inbound]) -> list[Callable[[], object]]:
    return [lambda message=message: world.app.submit(message) for message in messages]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_colleagues_in_several_chats_who_report_at_once_open_one_ticket(world: World, round_: int) -> None:
    del round_
    together(*submissions(world, colleagues(world, 4)))
    [ticket] = world.tickets()
    with world.app.store.read() as session:
        watching = session.scalars(select(TicketChatRow.chat_id)).all()
    assert (ticket["revision"], len(watching)) == (4, 4)  # reported, joined three times
    assert world.differences() == {}


def test_customer_and_support_act_on_one_ticket_at_once_and_nothing_is_lost(world: World) -> None:
    world.customer(P1)
    reply = world.inbound(samples.STAFF_CHAT, world.person("li"), "认领 T1")
    urge = world.inbound("regular", Sender("regular", "regular"), "催单")
    confirm = world.inbound(samples.STAFF_CHAT, world.person("li"), "确认 T1 1")
    together(*submissions(world, [reply, urge, confirm]), world.app.sweep, world.app.deliver)
    [ticket] = world.tickets()
    assert ticket["revision"] == 4
    assert world.differences() == {}


def test_a_deadlocks_victim_tries_again(world: World) -> None:
    """Two units of work that lock two rows in opposite orders: the database ends one, both are done."""
    with world.app.store.read() as session:
        first, second = session.scalars(select(CustomerRow.id).order_by(CustomerRow.id).limit(2)).all()
    both_hold_one = threading.Barrier(2)

    def cross(one: int, other: int) -> Callable[[], object]:
        attempts = 0

        def work(unit: UnitOfWork) -> None:
            nonlocal attempts
            attempts += 1
            for number, key in enumerate((one, other)):
                unit.session.execute(
                    update(CustomerRow).where(CustomerRow.id == key).values(name=CustomerRow.name + "!")
                )
                if number == 0 and attempts == 1 and unit.session.get_bind().dialect.name == "postgresql":
                    both_hold_one.wait(GIVE_UP_S)

        return lambda: world.app.store.transact(work, world.now)

    together(cross(first, second), cross(second, first))
    with world.app.store.read() as session:
        names = session.scalars(select(CustomerRow.name).where(CustomerRow.id.in_([first, second]))).all()
    assert all(name.endswith("!!") for name in names)

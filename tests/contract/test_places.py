"""Chats that change their id, and locks over processes; on both databases."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, text

from bot import samples
from bot.messages import Address, Inbound, Sender
from bot.places import StorePlaces
from bot.store import tables as t
from bot.store.locks import ServerLock, lock
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.support.world import CHANNEL, MONDAY_10, World

P1 = "所有坐席都登不上系统了，电话全打不进来"
CHEN = Sender("regular", "陈班长")


def say(world: World, chat: str, words: str) -> None:
    message: Inbound = world.inbound("regular", CHEN, words)
    world.app.submit(replace(message, address=Address(CHANNEL, samples.ACCOUNT, chat)))
    world.app.deliver()


def places(world: World) -> StorePlaces:
    return StorePlaces(world.app.store, world.read_clock)


def place(chat: str) -> Address:
    return Address(CHANNEL, samples.ACCOUNT, chat)


def test_a_chat_that_moved_keeps_its_contract_and_its_tickets(world: World) -> None:
    say(world, "regular", P1)
    places(world).moved(place("regular"), place("new"))
    world.staff("回复 T1 在查了")
    assert world.last("new") == "李工（工单 T1）：在查了"
    say(world, "new", "查进度")
    assert "T1" in world.last("new")
    assert world.heard("staff").count("青禾保险客服中心的群已升级为超级群，消息照常收发。") == 1


def test_what_came_from_the_new_place_before_belongs_to_the_known_chat(world: World) -> None:
    say(world, "regular", P1)
    say(world, "new", "IVR挂了")  # not bound: a ticket without a contract
    places(world).moved(place("regular"), place("new"))

    with world.app.store.read() as session:
        chats = session.scalars(select(t.ChatRow).where(t.ChatRow.chat.in_(["regular", "new"]))).all()
        assert [chat.chat for chat in chats] == ["new"]
        tickets = session.scalars(select(t.TicketRow.chat_id)).all()
        assert set(tickets) == {chats[0].id}
    assert world.differences() == {}


def test_what_was_written_before_a_move_is_not_corrected_by_its_number_afterwards(world: World) -> None:
    message = replace(world.inbound("regular", CHEN, "有两个座席听不到录音"), external_id="7")
    world.app.submit(message)
    places(world).moved(place("regular"), place("new"))
    other = replace(message, text=P1, is_correction=True, dedupe_key="edited", address=place("new"))
    world.app.submit(other)
    with world.app.store.read() as session:
        first = session.scalars(select(t.InboxRow).order_by(t.InboxRow.id)).first()
        assert first is not None
        assert (first.content["text"], first.content.get("external_id")) == (message.text, None)
    world.app.deliver()
    assert "您改动的内容" not in world.last("new")


def test_what_is_pressed_in_the_place_of_before_belongs_to_the_chat(world: World) -> None:
    say(world, "regular", "有两个座席听不到录音")
    choice = next(one for one in world.phones.delivered["regular"][-1].choices if one.label == "全部受影响")
    places(world).moved(place("regular"), place("new"))

    press = replace(world.inbound("regular", CHEN), choice=choice.id, address=place("regular"))
    world.app.submit(press)
    world.app.deliver()
    assert "已记录：全部受影响（工单 T1）" in world.last("new")
    assert not places(world).make_staff(place("regular"))  # by its old id too it is a customer's
    with world.app.store.read() as session:
        assert session.scalars(
            select(t.ChatRow.chat).where(t.ChatRow.chat.in_(["regular", "new"]))
        ).all() == ["new"]


def test_support_s_chat_stays_support_s_under_its_new_number(world: World) -> None:
    say(world, "old", "大家好")  # not known as anything yet
    assert places(world).make_staff(place("bigger"))
    places(world).moved(place("old"), place("bigger"))
    assert places(world).support(CHANNEL, samples.ACCOUNT) == ["staff", "bigger"]


def test_a_move_that_is_told_twice_happens_once(world: World) -> None:
    say(world, "regular", P1)
    for _ in range(2):
        places(world).moved(place("regular"), place("new"))
    places(world).moved(place("nobody"), place("nowhere"))
    world.app.deliver()
    assert len([line for line in world.heard("staff") if "超级群" in line]) == 1


def test_a_customers_chat_is_never_made_supports(world: World) -> None:
    assert not places(world).make_staff(place("regular"))
    assert places(world).make_staff(place("another"))
    assert places(world).support(CHANNEL, samples.ACCOUNT) == ["staff", "another"]


def test_a_lock_is_held_by_one_and_passes_on(migrated_url: str) -> None:
    stores = [Store(migrated_url, load_workdays()) for _ in range(2)]
    first, second = (lock(store, "telegram:default") for store in stores)
    other = lock(stores[1], "telegram:another")
    assert [first.held(), second.held(), other.held(), first.held()] == [True, False, True, True]
    first.release()
    assert [second.held(), first.held()] == [True, False]
    for one in (second, other):
        one.release()
    for store in stores:
        store.close()


def test_a_lock_is_lost_with_its_connection(postgres_migrated: str) -> None:
    store = Store(postgres_migrated, load_workdays())
    mine = lock(store, "telegram:default")
    assert isinstance(mine, ServerLock)
    assert mine.held()
    with store.begin(MONDAY_10) as unit:
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        unit.session.execute(ended)
    assert not mine.held()  # somebody else may have it by now
    assert mine.held()  # nobody had
    mine.release()
    store.close()

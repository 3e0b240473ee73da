"""What comes in is taken once and holds up nobody, in both modes and on both databases."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import select

from bot.channels.telegram import intake, updates
from bot.errors import Unstorable
from bot.messages import Inbound
from bot.store import tables as t
from tests.support.telegram.api import STAFF_CHAT, TIMEOUT_S
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"
TOLD = "⚠ 有一条消息看不懂（留存编号 1），可能是客户报修。请运维查看，并留意客户来电。"


polled = pytest.mark.parametrize("mode", ["polling"])


def receipts(telegram: TelegramWorld) -> int:
    return len([line for line in telegram.heard(telegram.chen.id) if "已收到，工单号" in line])


def received(telegram: TelegramWorld) -> int:
    with telegram.app.store.read() as session:
        return len(session.scalars(select(t.InboxRow.id)).all())


def kept(telegram: TelegramWorld) -> list[t.UnreadRow]:
    with telegram.app.store.read() as session:
        return list(session.scalars(select(t.UnreadRow)))


def test_the_same_update_twice_is_handled_once(telegram: TelegramWorld) -> None:
    message = telegram.chen.say(P1)
    said, card = telegram.heard(telegram.chen.id), telegram.card()
    telegram.api.again({"update_id": 5000, "message": message})
    telegram.settle()
    assert receipts(telegram) == 1
    assert (telegram.heard(telegram.chen.id), telegram.card()) == (said, card)
    with telegram.app.store.read() as session:
        assert session.scalars(select(t.InboxRow.dedupe_key)).all() == ["update:777:5000"]


@polled
def test_a_press_that_is_slow_to_acknowledge_keeps_nobody_from_being_heard(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ACKNOWLEDGE_S", 600)
    telegram.chen.say(P1)
    telegram.api.control("fault", method="answerCallbackQuery", kind="hang")
    telegram.chen.press("全部受影响")
    telegram.lin.say(P1)
    assert "已收到，工单号 T2" in telegram.lin.last()
    assert telegram.api.look()["hanging"] == 1
    telegram.api.control("release")


@polled
def test_a_message_that_is_slow_to_handle_keeps_no_other_from_being_received(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, is_free = telegram.app.handle, threading.Event()

    def handle(*args: object) -> object:
        assert is_free.wait(2 * TIMEOUT_S)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(telegram.app, "handle", handle)
    telegram.chen.say(P1, settle=False)
    telegram.until(lambda: received(telegram) == 1)
    telegram.lin.say(P1, settle=False)
    telegram.until(lambda: received(telegram) == 2)
    is_free.set()
    telegram.settle()
    assert len(telegram.tickets()) == 2


def test_an_update_that_can_not_be_read_is_kept_and_holds_up_nobody(telegram: TelegramWorld) -> None:
    number = telegram.api.control("update", message={"nonsense": "挂了"})
    telegram.chen.say(P1)
    assert receipts(telegram) == 1
    [row] = kept(telegram)
    assert (row.key, row.error) == (f"update:777:{number}", "BadInput")
    assert "\\u6302" in row.body
    assert telegram.heard(STAFF_CHAT).count(TOLD) == 1


def test_an_update_that_breaks_the_program_is_kept_and_holds_up_nobody(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = updates.text_of

    def text_of(message: object, *more: object) -> object:
        if getattr(message, "text", "") == "poison":
            raise RuntimeError(message)
        return real(message, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(updates, "text_of", text_of)
    telegram.chen.say("poison", settle=False)
    telegram.chen.say(P1)
    assert receipts(telegram) == 1
    assert [row.error for row in kept(telegram)] == ["RuntimeError"]
    assert telegram.heard(STAFF_CHAT).count(TOLD) == 1


def test_an_update_that_the_database_refuses_is_kept_and_holds_up_nobody(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = telegram.app.inbox.receive

    def receive(inbound: Inbound, now: datetime) -> tuple[int, bool]:
        if inbound.text == "poison":
            raise Unstorable("a message that can't be stored")
        return real(inbound, now)

    monkeypatch.setattr(telegram.app.inbox, "receive", receive)
    telegram.chen.say("poison", settle=False)
    telegram.chen.say(P1)
    assert receipts(telegram) == 1
    assert [row.error for row in kept(telegram)] == ["Unstorable"]


def test_characters_that_no_database_keeps_and_names_without_end_hold_up_nobody(
    telegram: TelegramWorld,
) -> None:
    telegram.chen.user["first_name"] = "陈\0" * 200
    telegram.visitor.user["first_name"] = "访\0" * 200
    telegram.visitor.say("你好\0", album="a\0")
    telegram.chen.say(f"{P1}\0", media_group_id="a\0")
    assert receipts(telegram) == 1
    assert "热线" in telegram.visitor.last()
    assert kept(telegram) == []


def test_what_could_not_be_stored_comes_again(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = telegram.app.inbox.receive, [OSError("disk full"), OSError("disk full")]

    def receive(*args: object) -> tuple[int, bool]:
        if failures:
            raise failures.pop()
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(telegram.app.inbox, "receive", receive)
    telegram.chen.say(P1)
    assert receipts(telegram) == 1
    if telegram.mode == "webhook":
        assert "503" in telegram.api.look()["webhook_error"]

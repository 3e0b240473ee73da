"""What the platform does to our calls: floods, lost answers, odd answers, refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.telegram import api
from bot.store import tables as t
from bot.store.locks import lock
from tests.support.telegram.api import STAFF_CHAT
from tests.support.telegram.ways import everywhere, polled
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"


def receipts(telegram: TelegramWorld) -> int:
    return len([line for line in telegram.heard(telegram.chen.id) if "已收到，工单号" in line])


@everywhere
def test_a_flood_is_waited_out_and_said_once(telegram: TelegramWorld) -> None:
    telegram.api.control(
        "fault", method="sendMessage", chat=telegram.chen.id, kind="flood", retry_after=7, times=1
    )
    telegram.chen.say(P1)
    assert receipts(telegram) == 0
    telegram.wait(seconds=6)
    assert receipts(telegram) == 0
    telegram.wait(seconds=1)
    assert receipts(telegram) == 1
    assert telegram.api.look()["early"] == 0  # nothing was tried while the platform takes nothing


@everywhere
def test_an_answer_that_is_lost_before_it_had_effect_is_said_once(telegram: TelegramWorld) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="drop")
    telegram.chen.say(P1)
    telegram.wait(seconds=10)
    assert receipts(telegram) == 1


@everywhere
def test_an_answer_that_is_lost_after_delivery_may_double_but_never_loses(telegram: TelegramWorld) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="drop_after")
    telegram.chen.say(P1)
    telegram.wait(seconds=10)
    assert receipts(telegram) == 2
    assert len(telegram.tickets()) == 1


@everywhere
def test_a_call_that_times_out_after_delivery_is_made_again_and_makes_one_ticket(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.stop()
    monkeypatch.setattr(api, "READ_S", 2.0)
    telegram.start()
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="hang_after")
    telegram.chen.say(P1)
    with telegram.app.store.read() as session:
        here = t.OutboxRow.chat_id == telegram.chat_id(telegram.chen.id)
        row = session.scalars(select(t.OutboxRow).where(here)).one()
        assert (row.status, row.error) == ("pending", "timeout")
    telegram.wait(minutes=1)
    telegram.until(lambda: receipts(telegram) > 1)
    assert len(telegram.tickets()) == 1


@everywhere
def test_what_may_have_arrived_is_sent_six_times_at_most_and_support_is_told(
    telegram: TelegramWorld,
) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="drop_after", times=99)
    telegram.chen.say(P1)
    for _ in range(12):
        telegram.wait(minutes=2)
    assert receipts(telegram) == 6
    assert any("没有回音，可能已送达" in line and "请打电话" in line for line in telegram.heard(STAFF_CHAT))


@everywhere
def test_an_edit_without_an_answer_is_simply_made_again(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("fault", method="editMessageText", chat=STAFF_CHAT, kind="drop", times=5)
    telegram.chen.press("全部受影响")
    for _ in range(6):
        telegram.wait(minutes=2)
    assert "客户答：全部受影响" in telegram.card()["text"]
    assert len(telegram.cards()) == 1


@polled
def test_an_answer_of_a_new_shape_does_not_send_a_message_again(telegram: TelegramWorld) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="odd")
    telegram.chen.say(P1)
    telegram.wait(seconds=10)
    assert receipts(telegram) == 1


@polled
def test_a_gateways_error_page_is_tried_again(telegram: TelegramWorld) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="gateway", times=2)
    telegram.chen.say(P1)
    telegram.wait(seconds=10)
    telegram.wait(seconds=30)
    assert receipts(telegram) == 1


@everywhere
def test_a_press_that_is_too_old_to_acknowledge_counts(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.stop()
    telegram.chen.press("全部受影响", settle=False)
    telegram.api.set_clock(telegram.now.replace(hour=telegram.now.hour + 1))
    telegram.start()
    telegram.settle()
    assert "客户答：全部受影响" in telegram.card()["text"]
    assert telegram.api.look()["acknowledged"] == []


@polled
def test_words_that_look_like_markup_stay_words(telegram: TelegramWorld) -> None:
    telegram.chen.say(f"{P1} *【T9】* <b>优先等级2</b> [点这里](tg://user?id=1) _x_")
    assert "<b>优先等级2</b>" in telegram.card()["text"]
    assert "entities" not in telegram.card()


@polled
def test_a_file_that_is_too_large_is_said_to_both_sides(telegram: TelegramWorld) -> None:
    telegram.put_file("big", b"....", size=30 * 1024 * 1024)
    document = {"file_id": "big", "file_unique_id": "u", "file_name": "core.zip"}
    telegram.chen.say(caption=P1, document=document)
    telegram.until(lambda: "您发的附件没有收到：文件太大（工单 T1）" in telegram.chen.last())


@polled
def test_a_second_process_waits_for_the_first_ones_lock(telegram: TelegramWorld) -> None:
    other = lock(telegram.app.store, "telegram:default")
    assert not other.held()
    telegram.stop()
    assert other.held()
    other.release()
    telegram.start()

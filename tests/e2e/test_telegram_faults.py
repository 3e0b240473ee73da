"""What the platform does to us: floods, lost answers, blocks, redelivery, forged and malformed requests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.channels.telegram import api
from bot.store import tables as t
from bot.store.locks import lock
from bot.web.server import url_of
from tests.support.telegram.api import SECRET, STAFF_CHAT
from tests.support.telegram.world import TelegramWorld
from tests.support.world import empty

P1 = "所有坐席都登不上系统了，电话全打不进来"


@pytest.fixture
def database() -> str:
    """One is enough for most: these are about the platform."""
    return "sqlite"


@pytest.fixture
def migrated_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated database without rows."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    url: str = request.getfixturevalue("postgres_migrated")
    yield url
    empty(request.getfixturevalue("postgres_server"), "migrated")


polled = pytest.mark.parametrize("mode", ["polling"])
everywhere = pytest.mark.parametrize(
    ("mode", "database"),
    [("polling", "sqlite"), pytest.param("webhook", "postgresql", marks=pytest.mark.postgres)],
)
hooked = pytest.mark.parametrize("mode", ["webhook"])


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
def test_what_may_have_arrived_is_sent_three_times_at_most_and_support_is_told(
    telegram: TelegramWorld,
) -> None:
    telegram.api.control("fault", method="sendMessage", chat=telegram.chen.id, kind="drop_after", times=99)
    telegram.chen.say(P1)
    for _ in range(12):
        telegram.wait(minutes=2)
    assert receipts(telegram) == 3
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
def test_a_customer_who_blocked_the_bot_is_phoned(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("member", chat=telegram.chen.id, user=telegram.chen.user, state="blocked")
    telegram.settle()
    assert any("T1" in line and "请打电话" in line for line in telegram.heard(STAFF_CHAT))
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert any("客户停用了机器人" in line for line in telegram.heard(STAFF_CHAT))
    assert telegram.tickets()[0]["responded_at"] is None  # nothing arrived, so it is no response


@polled
def test_an_answer_to_who_has_no_ticket_and_blocked_the_bot_is_told_to_support(
    telegram: TelegramWorld,
) -> None:
    telegram.chen.say("录音文件怎么下载")
    telegram.api.control("state", chat=telegram.chen.id, state="blocked")
    asked = next(m for m in telegram.api.messages(STAFF_CHAT) if "咨询" in m.get("text", ""))
    telegram.li.say("在管理工具里导出", chat=STAFF_CHAT, reply_to=asked["message_id"])
    assert any("的答复没有送到（客户停用了机器人）" in line for line in telegram.heard(STAFF_CHAT))


@everywhere
def test_a_chat_that_is_gone_is_said_to_support(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("state", chat=telegram.chen.id, state="deleted")
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert any("这个聊天已不存在" in line for line in telegram.heard(STAFF_CHAT))


@everywhere
def test_a_group_that_moved_without_a_word_is_found_when_it_is_written_to(telegram: TelegramWorld) -> None:
    telegram.group(-55, "青禾客服", "group")
    telegram.bind_group(-55)
    telegram.chen.say(f"/report {P1}", chat=-55)
    telegram.api.control("migrate", chat=-55, to=-10055, user=telegram.chen.user, quietly=True)
    telegram.li.say("在查了", chat=STAFF_CHAT, reply_to=telegram.card()["message_id"])
    assert telegram.last(-10055) == "李工（工单 T1）：在查了"
    telegram.chen.say("/status", chat=-10055)
    assert "T1" in telegram.last(-10055)


@everywhere
def test_a_card_is_not_edited_into_what_bears_its_number_in_the_new_place(telegram: TelegramWorld) -> None:
    old, new = -56, -10056
    telegram.small_staff_group(old)
    telegram.chen.say(P1)
    card = next(m for m in telegram.api.messages(old) if m.get("text", "").startswith("【T1】"))
    telegram.api.control("migrate", chat=old, to=new, user=telegram.li.user, quietly=True)
    telegram.li.say("/todo", chat=new)
    line = telegram.fill(new, card["message_id"])

    telegram.chen.press("全部受影响")
    assert line in telegram.heard(new)
    assert "客户答：全部受影响" in next(text for text in telegram.heard(new) if text.startswith("【T1】"))


@polled
def test_a_staff_chat_of_the_settings_that_moved_is_found_at_the_start(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("migrate", chat=STAFF_CHAT, to=-100501, user=telegram.li.user)
    telegram.settle()
    telegram.stop()
    telegram.start(staff_chat=-100501)
    telegram.lin.say(P1)
    cards = [line for line in telegram.heard(-100501) if line.startswith("【T2】")]
    assert len(cards) == 1
    assert telegram.heard(STAFF_CHAT)[1:] == []


@everywhere
def test_a_card_that_was_deleted_is_sent_anew(telegram: TelegramWorld) -> None:
    telegram.chen.say(P1)
    telegram.api.control("delete", chat=STAFF_CHAT, message_id=telegram.card()["message_id"])
    telegram.chen.press("全部受影响")
    assert "客户答：全部受影响" in telegram.card()["text"]


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


@polled
def test_no_webhook_is_there_where_the_bot_polls(telegram: TelegramWorld) -> None:
    answer = httpx.post(f"{url_of(telegram.listener)}/telegram/default", json={}, trust_env=False)
    assert answer.status_code == 404


@hooked
def test_a_burst_over_many_connections_is_handled_in_the_order_it_was_written(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.api.control("hold", is_held=True)
    for words in (P1, *["查进度"] * 5):
        telegram.chen.say(words, settle=False)
    with monkeypatch.context() as held:  # until all are received, which is in any order
        held.setattr(telegram.app, "handle", lambda *_: None)
        held.setattr(telegram.app, "handle_all", lambda asked: [None] * len(asked))
        telegram.api.control("hold", is_held=False)
        telegram.until(lambda: telegram.api.look()["waiting"] == 0)
    telegram.app.resume()
    telegram.settle()
    first, *rest = (line for line in telegram.heard(telegram.chen.id) if "T1" in line)
    assert "已收到，工单号 T1" in first
    assert len(rest) == 5


@hooked
@pytest.mark.parametrize(
    ("secret", "body", "code"),
    [
        (None, b"{}", 401),
        ("wrong", b"{}", 401),
        (SECRET + "x", b"{}", 401),
        ("é", b"{}", 401),
        (SECRET, b"{", 400),
        (SECRET, b"[]", 400),
        (SECRET, b'{"update_id": "1", "message": {}}', 400),
        (SECRET, b'{"update_id": 1, "message": {}}', 200),  # kept: it would come again for a day
        (SECRET, b"[" * 100_000, 400),
        (SECRET, b" " * (1024 * 1024 + 1), 413),
        (SECRET, b'{"update_id": 1, "poll": null}', 200),
    ],
)
def test_what_is_forged_or_malformed_is_refused(
    telegram: TelegramWorld, secret: str | None, body: bytes, code: int
) -> None:
    headers = {"x-telegram-bot-api-secret-token": secret.encode()} if secret else {}
    url = f"{url_of(telegram.listener)}/telegram/default"
    assert httpx.post(url, content=body, headers=headers, trust_env=False).status_code == code

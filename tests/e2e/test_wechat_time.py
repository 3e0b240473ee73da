"""WeChat cuts a request after five seconds and tries again: what is answered inside it, and what is not."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.channels.wechat_callback import Window
from bot.delivery.inbox import Apart, Asked
from bot.delivery.next_message import Message
from bot.messages import Inbound
from bot.reception import Composer
from bot.store.store import UnitOfWork
from tests.support.wechat import P1, WechatWorld, signature_of


def test_a_report_is_answered_inside_the_passive_reply(wechat: WechatWorld) -> None:
    assert "青禾" in (wechat.bind() or "")

    answer = wechat.says(P1) or ""

    assert "T1" in answer
    assert "400-818-1110" in answer
    wechat.deliver_after(seconds=10)
    assert wechat.sent() == []  # nothing was sent twice, and nothing of the quota was used
    assert "T1" in wechat.card().text


def test_three_tries_of_one_message_open_one_ticket_and_get_the_same_bytes(wechat: WechatWorld) -> None:
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")

    first, second, third = (wechat.post(body).text for _ in range(3))

    assert first == second == third != "success"
    assert len(wechat.tickets()) == 1


def test_what_takes_longer_than_the_platform_waits_goes_by_the_api(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    slow = threading.Event()
    handle = wechat.app.handle_all

    def handle_slowly(asked: Sequence[Asked]) -> Sequence[str | Apart | None]:
        slow.wait(20)
        return handle(asked)

    monkeypatch.setattr(wechat.app, "handle_all", handle_slowly)
    monkeypatch.setattr("bot.channels.wechat_callback.READY_S", 0.05)
    assert wechat.says(P1) is None
    slow.set()
    wechat.wait_for(lambda: wechat.tickets() != [])
    wechat.deliver_after(seconds=6)

    [receipt] = wechat.texts()
    assert "T1" in receipt


def test_a_try_that_comes_while_the_first_is_handled_gets_the_same_bytes(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    started, go = threading.Event(), threading.Event()
    handle, receive = wechat.app.handle, wechat.app.receive_all
    received = threading.Semaphore(0)

    def receive_and_tell(inbounds: Sequence[Inbound]) -> Sequence[tuple[int, bool] | Exception]:
        found = receive(inbounds)
        received.release()
        return found

    def handle_slowly(inbox_id: int, compose: Composer) -> str | None:
        started.set()
        go.wait(20)
        return handle(inbox_id, compose)

    monkeypatch.setattr(wechat.app, "handle", handle_slowly)
    monkeypatch.setattr(wechat.app, "receive_all", receive_and_tell)
    with ThreadPoolExecutor() as pool:
        tries = [pool.submit(wechat.post, body)]
        started.wait(20)
        tries.append(pool.submit(wechat.post, body))
        assert all(received.acquire(timeout=20) for _ in range(2))
        go.set()
        first, second = (each.result().text for each in tries)

    assert first == second != "success"
    assert len(wechat.tickets()) == 1


def test_what_delivery_may_be_at_is_not_taken_and_nothing_overtakes_it(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)
    wechat.staff_undelivered("回复 T1 正在处理")

    assert wechat.says("查进度") is None
    wechat.deliver_after(seconds=6)

    assert [text[:2] for text in wechat.texts()] == ["李工", "T1"]


def test_a_message_that_can_not_be_stored_is_not_acknowledged(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    with monkeypatch.context() as broken:
        broken.setattr(wechat.app, "receive_all", lambda _: 1 / 0)
        assert wechat.post(body).status_code == 500

    assert "T1" in wechat.opened(wechat.post(body).text).text("Content")


def test_accounts_are_told_apart(wechat: WechatWorld) -> None:
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    sealed = wechat.callback.sealed(body, wechat.now)

    answered = wechat.http.post("/wechat/other", params=wechat.query(sealed), content=sealed.encode())

    assert answered.status_code == 404
    assert wechat.tickets() == []


def test_the_platform_s_check_of_the_address_is_answered(wechat: WechatWorld) -> None:
    timestamp = str(int(wechat.now.timestamp()))
    right = {"timestamp": timestamp, "nonce": "n", "echostr": "4711"}
    signature = {"signature": signature_of(timestamp, "n")}
    assert wechat.http.get("/wechat/service", params={**right, **signature}).text == "4711"
    assert wechat.http.get("/wechat/service", params={**right, "signature": "0" * 40}).status_code == 401
    assert wechat.http.get("/wechat/service").status_code == 401


def test_a_message_costs_two_commits(wechat: WechatWorld) -> None:
    """One makes it durable, one handles it; the answer and what may be sent afterwards are within them."""
    wechat.bind()
    commits: list[int] = []
    event.listen(wechat.app.store.engine, "commit", lambda connection: commits.append(id(connection)))
    written: list[int] = []
    readers = wechat.app.store._readers
    event.listen(readers, "commit", lambda connection: written.append(id(connection)))

    assert "T1" in (wechat.says(P1) or "")

    assert len(commits) - len(written) == 2


def test_an_answer_whose_commit_comes_too_late_is_given_to_the_next_try(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    with monkeypatch.context() as late:
        late.setattr("bot.channels.wechat_callback.READY_S", 0)
        late.setattr("bot.channels.wechat_callback.COMMITTED_S", 0)
        late.setattr(Window, "shut", lambda _: False)  # it has just been taken
        assert wechat.post(body).status_code == 503
    wechat.wait_for(lambda: wechat.tickets() != [])

    assert "T1" in wechat.opened(wechat.post(body).text).text("Content")
    wechat.deliver_after(seconds=6)
    assert wechat.sent() == []


def test_an_answer_whose_commit_seemed_to_fail_is_given_to_the_next_try(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the database ends after it has committed and before it says so."""
    wechat.bind()
    body = wechat.message("openid-1", f"<MsgType>text</MsgType><Content>{P1}</Content>")
    handle = wechat.app.handle_all

    def handle_and_break(asked: Sequence[Asked]) -> Sequence[str | Apart | None]:
        handle(asked)
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(wechat.app, "handle_all", handle_and_break)
        assert wechat.post(body).status_code == 503

    assert "T1" in wechat.opened(wechat.post(body).text).text("Content")
    wechat.deliver_after(seconds=6)
    assert wechat.sent() == []


def test_of_taking_and_shutting_one_wins() -> None:
    taken, shut = Window(), Window()
    assert taken.take()
    assert not taken.shut()
    assert taken.take()  # a unit of work may be done again
    assert shut.shut()
    assert not shut.take()


def test_an_answer_is_not_taken_when_delivery_may_be_at_it_because_a_lock_was_waited_for(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    handle = wechat.app._handle

    def handle_late(unit: UnitOfWork, message: Message) -> None:
        handle(unit, message)
        wechat.now += timedelta(seconds=4.8)

    monkeypatch.setattr(wechat.app.inbox.handling, "handle", handle_late)
    assert wechat.says(P1) is None
    wechat.deliver_after(seconds=1)

    [receipt] = wechat.texts()
    assert "T1" in receipt


def test_a_bug_in_composing_costs_only_the_quick_way(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    monkeypatch.setattr("bot.channels.wechat_text.passive", lambda *_: 1 / 0)

    assert wechat.says(P1) is None
    wechat.deliver_after(seconds=6)

    [receipt] = wechat.texts()
    assert "T1" in receipt

"""Stories in WeChat: the real program and channel, a strict stand-in for the platform, both databases."""

from __future__ import annotations

import threading

import pytest

from tests.support.wechat import WechatWorld

P1 = "所有坐席都登录不上，业务全停了"


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
    handle = wechat.app.handle

    def handle_slowly(inbox_id: int) -> None:
        slow.wait(20)
        handle(inbox_id)

    monkeypatch.setattr(wechat.app, "handle", handle_slowly)
    monkeypatch.setattr("bot.channels.wechat_callback.READY_S", 0.05)
    assert wechat.says(P1) is None
    slow.set()
    wechat.wait_for(lambda: wechat.tickets() != [])
    wechat.deliver_after(seconds=6)

    [receipt] = wechat.texts()
    assert "T1" in receipt


def test_following_by_the_contracts_code_binds(wechat: WechatWorld) -> None:
    code = wechat.code()

    assert "已绑定：青禾" in (wechat.does("subscribe", f"qrscene_{code}") or "")
    assert "用过" in (wechat.does("SCAN", code, who="openid-2") or "")
    assert "青禾" in (wechat.does("SCAN", wechat.code(), who="openid-2") or "")


def test_who_follows_is_told_how_to_report(wechat: WechatWorld) -> None:
    answer = wechat.does("subscribe") or ""

    assert "报修" in answer
    assert "绑定" in answer
    assert "400-818-1110" in answer


def test_who_leaves_with_an_open_ticket_is_phoned(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.says(P1)

    assert wechat.does("unsubscribe") is None
    wechat.app.deliver()
    assert "消息送不到，请打电话" in wechat.last("staff")

    wechat.staff("回复 T1 正在处理")
    assert wechat.sent() == []
    assert "送不到客户（unfollowed）" in "\n".join(wechat.heard("staff"))
    assert "message/custom/send" not in wechat.platform()["calls"]

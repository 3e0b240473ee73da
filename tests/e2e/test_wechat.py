"""Stories in WeChat: the real program and channel, a strict stand-in for the platform, both databases."""

from __future__ import annotations

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

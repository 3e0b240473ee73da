"""A long text goes to WeChat in pieces, of which none is lost and none that has arrived comes again."""

from __future__ import annotations

import pytest

from bot.messages import Say
from bot.tencent.client import WechatApi
from tests.support.killing import killed_before
from tests.support.wechat import WechatWorld

SEND = "message/custom/send"
GOES_WELL = {"endpoint": SEND, "slow": 0}
STEPS = [f"第{number}步：检查话务台与语音网关之间的连接是否正常。" for number in range(60)]


def say(wechat: WechatWorld, text: str) -> None:
    """Let the program say something to the first user."""
    with wechat.app.store.begin(wechat.now) as unit:
        unit.messages.say(wechat.chat_of("openid-1"), Say(text))
    wechat.app.deliver()


def test_of_a_long_text_each_piece_is_sent_once_though_one_of_them_fails(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.platform(faults=[GOES_WELL, {"endpoint": SEND, "code": -1}])
    say(wechat, "".join(STEPS))
    wechat.deliver_after(minutes=2)

    assert "".join(wechat.texts()) == "".join(STEPS)
    assert len(wechat.sent()) == 3
    assert wechat.left() == 1  # each piece cost one message, the failure none


def test_each_piece_goes_in_a_turn_of_its_own(wechat: WechatWorld) -> None:
    wechat.bind()
    with wechat.app.store.begin(wechat.now) as unit:
        said = unit.messages.say(wechat.chat_of("openid-1"), Say("".join(STEPS)))
    for turn in range(1, 4):
        wechat.app.courier.attempt(said, lambda: wechat.now)
        assert len(wechat.sent()) == turn


def test_a_piece_that_may_have_arrived_is_repeated_alone(wechat: WechatWorld) -> None:
    wechat.bind()
    wechat.platform(faults=[GOES_WELL, {"endpoint": SEND, "lost": True}])
    say(wechat, "".join(STEPS))
    wechat.deliver_after(minutes=2)

    first, second, again, third = wechat.texts()
    assert second == again
    assert first + second + third == "".join(STEPS)


def test_of_what_is_too_long_for_the_quota_the_rest_comes_when_the_user_writes(wechat: WechatWorld) -> None:
    wechat.bind()
    for _ in range(2):
        say(wechat, "第一条")
    wechat.says("怎么了", who="openid-2")
    say(wechat, "".join(STEPS))

    *_, first, second = wechat.texts()
    assert second.endswith("（未完，回复任意字看余下）")
    assert len(wechat.sent()) == 4
    rest = wechat.says("好") or ""

    assert first + second.removesuffix("（未完，回复任意字看余下）") + rest.split("\n\n")[0] == "".join(STEPS)


def test_a_process_that_ends_between_two_pieces_repeats_none_that_has_arrived(
    wechat: WechatWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat.bind()
    with killed_before(monkeypatch, WechatApi, lambda url: url == SEND and len(wechat.sent()) == 2):
        say(wechat, "".join(STEPS))
    wechat.restart()
    wechat.deliver_after(minutes=2)

    assert "".join(wechat.texts()) == "".join(STEPS)
    assert len(wechat.sent()) == 3

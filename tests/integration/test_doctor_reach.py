"""The doctor asks the public address as the platforms do when it is set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.doctor.finding import Status
from bot.doctor.reach import reach
from bot.tencent.callback import Callback
from tests.support.callbacks import Target
from tests.support.hostile import SECURE, WECOM, Hostile, hostile
from tests.support.wechat import Served

__all__ = ["hostile"]


@pytest.fixture
def url(hostile: Hostile) -> Iterator[str]:
    server = Served(hostile.served)
    yield server.url
    server.stop()


@pytest.mark.parametrize(("target", "is_sealed"), [(SECURE, False), (WECOM, True)], ids=["wechat", "wecom"])
def test_an_address_that_leads_to_the_service_is_told_from_one_that_does_not(
    hostile: Hostile, url: str, target: Target, *, is_sealed: bool
) -> None:
    right = target
    callback = Callback(right.token, right.receiver, right.aes_key)
    other = Callback("another-token", right.receiver, right.aes_key)

    def look(path: str, asked: Callback) -> Status:
        return reach("x", f"{url}{path}", asked, hostile.now, is_sealed=is_sealed).status

    assert look(right.path, callback) is Status.OK
    assert look(right.path, other) is Status.FAIL
    assert look("/elsewhere", callback) is Status.WARN
    assert reach("x", "http://127.0.0.1:9/", callback, hostile.now, is_sealed=is_sealed).status is Status.WARN

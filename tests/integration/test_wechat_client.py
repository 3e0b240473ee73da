"""Calls of WeChat's API against the stand-in: bounded, without secrets in errors, each failure told apart."""

from __future__ import annotations

import base64
import gzip
import secrets
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.messages import Fetched
from bot.tencent.client import WechatApi
from bot.tencent.client import wechat_api as api_of
from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.media import media_of
from bot.tencent.tokens import Kept

SECRET = "app-secret-of-this-test"  # noqa: S105 - made up
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
Control = Callable[..., dict[str, Any]]


class Table:
    """A shelf in memory, which two programs may share."""

    def __init__(self) -> None:
        self.kept: Kept | None = None

    def token(self, _key: str) -> Kept | None:
        return self.kept

    def lease(self, _key: str, _now: datetime, _until: datetime) -> bool:
        return True

    def keep(self, _key: str, token: Kept | None) -> None:
        self.kept = token or self.kept


class Clock:
    """An instant that is set."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The present."""
    return Clock()


@pytest.fixture
def appid() -> str:
    """An account of this test's own."""
    return f"wx{secrets.token_hex(8)}"


@pytest.fixture
def platform(wechat_api: str, appid: str, clock: Clock) -> Control:
    """Sets the platform's state and tells what it saw."""

    def control(**asked: Any) -> dict[str, Any]:
        body = {"appid": appid, "now": clock.now.timestamp(), **asked}
        found: dict[str, Any] = httpx.post(f"{wechat_api}/test", json=body, trust_env=False).json()
        return found

    control(secret=SECRET, did=[["openid-1", "message"]])
    return control


@pytest.fixture
def table() -> Table:
    """Where the token is kept."""
    return Table()


@pytest.fixture
def api(wechat_api: str, appid: str, table: Table, clock: Clock, platform: Control) -> Iterator[WechatApi]:
    """The account's API."""
    del platform
    made = api_of(wechat_api, appid, SECRET, table, clock)
    yield made
    made.close()


def failure(api: WechatApi) -> PlatformError:
    """Send, which fails, and return how."""
    with pytest.raises(PlatformError) as raised:
        api.message.send_text("openid-1", "客户的话")
    assert "客户的话" not in str(raised.value)
    return raised.value


def test_one_token_serves_all_calls_and_another_process_too(
    api: WechatApi, wechat_api: str, appid: str, table: Table, clock: Clock, platform: Control
) -> None:
    other = api_of(wechat_api, appid, SECRET, table, clock)
    for each in (api, other, api):
        each.message.send_text("openid-1", "您好")
    other.close()
    assert platform()["calls"].count("stable_token") == 1


def test_near_its_end_the_token_is_renewed_and_the_old_one_still_accepted(
    api: WechatApi, table: Table, clock: Clock, platform: Control
) -> None:
    api.message.send_text("openid-1", "您好")
    assert table.kept is not None
    old = table.kept[0]
    clock.now += timedelta(seconds=7200 - 299)
    platform()
    api.message.send_text("openid-1", "您好")
    assert table.kept[0] != old
    table.kept = (old, clock.now + timedelta(hours=1), None)
    api.message.send_text("openid-1", "您好")
    assert platform()["calls"].count("stable_token") == 2


def test_a_token_that_somebody_revoked_is_renewed_once(
    api: WechatApi, table: Table, platform: Control
) -> None:
    table.kept = ("token-of-yesterday", NOW + timedelta(hours=1), None)
    api.message.send_text("openid-1", "您好")
    assert [sent["text"]["content"] for sent in platform()["sent"]] == ["您好"]


def test_a_rejection_that_persists_costs_few_calls(api: WechatApi, platform: Control) -> None:
    platform(rejects_tokens=True)
    for _ in range(5):
        assert failure(api).trouble is Trouble.OPERATOR
    seen = platform()
    assert seen["forced"] == 1
    assert len(seen["calls"]) <= 5 * 4


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ({"html": True}, Trouble.BUSY),
        ({"status": 502}, Trouble.BUSY),
        ({"status": 504}, Trouble.UNKNOWN),
        ({"code": -1}, Trouble.BUSY),
        ({"code": 45009}, Trouble.RATE),
        ({"code": 45015}, Trouble.WINDOW),
        ({"code": 45047}, Trouble.USED_UP),
        ({"code": 48001}, Trouble.UNAUTHORISED),
        ({"code": 40003}, Trouble.PERMANENT),
        ({"code": 40164}, Trouble.OPERATOR),
        ({"code": 99999}, Trouble.BUSY),
    ],
)
def test_each_failure_is_told_apart(
    api: WechatApi, platform: Control, fault: dict[str, Any], trouble: Trouble
) -> None:
    platform(faults=[{"endpoint": "message/custom/send", **fault}])
    assert failure(api).trouble is trouble
    assert platform()["calls"].count("message/custom/send") == 1


def test_an_answer_that_does_not_come_may_have_been_heard(
    wechat_api: str, appid: str, clock: Clock, platform: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tencent.http.PAUSE_S", 0.2)
    api = api_of(wechat_api, appid, SECRET, Table(), clock)
    platform(faults=[{"endpoint": "message/custom/send", "slow": 1}])
    assert failure(api).trouble is Trouble.UNKNOWN
    api.close()


class Dripping(socketserver.BaseRequestHandler):
    """Answers in good order, but a byte at a time, for longer than anybody should wait."""

    def handle(self) -> None:
        said = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X-Pad: " + b"." * 400 + b"\r\n"
        body = b'{"errcode": 0, "access_token": "token", "expires_in": 7200}'
        self.request.recv(65536)
        with suppress(OSError):
            for byte in said + b"Content-Length: %d\r\n\r\n" % len(body) + body:
                self.request.sendall(bytes([byte]))
                time.sleep(0.01)


def test_an_answer_whose_headers_drip_is_not_waited_for(
    appid: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tencent.http.TOTAL_S", 0.3)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        threading.Thread(target=server.serve_forever).start()
        api = api_of(f"http://127.0.0.1:{server.server_address[1]}", appid, SECRET, Table(), clock)
        with pytest.raises(PlatformError) as raised:
            api.message.send_text("openid-1", "您好")
        api.close()
        server.shutdown()

    assert (raised.value.call, raised.value.trouble) == ("stable_token", Trouble.BUSY)
    assert "ReadTimeout" in str(raised.value)


class Bomb(socketserver.BaseRequestHandler):
    """Answers with little that would become much, whatever was asked for."""

    def handle(self) -> None:
        body = gzip.compress(b" " * 8 * 1024 * 1024, 9)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        self.request.recv(65536)
        with suppress(OSError):
            self.request.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def test_a_compressed_answer_is_not_unpacked(appid: str, clock: Clock) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Bomb) as server:
        threading.Thread(target=server.serve_forever).start()
        table = Table()
        table.kept = ("token", NOW + timedelta(hours=1), None)
        api = api_of(f"http://127.0.0.1:{server.server_address[1]}", appid, SECRET, table, clock)
        error = failure(api)
        api.close()
        server.shutdown()

    assert (error.trouble, error.hint) == (Trouble.UNKNOWN, "the answer is compressed, unasked")


def test_a_film_is_fetched_from_where_the_platform_says_without_the_token(
    api: WechatApi, wechat_api: str, platform: Control
) -> None:
    kept = {"content": base64.b64encode(b"a film").decode(), "type": "video", "name": "x"}
    platform(media={"m1": kept, "m2": {**kept, "content": base64.b64encode(b"." * 100).decode()}})

    assert media_of(api, "m1", 1000).content == b"a film"
    assert media_of(api, "m2", 50) == Fetched(error="too_large", is_lost=True)
    with pytest.raises(PlatformError):
        api.download("file:///etc/passwd", 1000)
    with pytest.raises(PlatformError) as raised:  # the address is good for a while only
        api.download(f"{wechat_api}/film/x/m3", 1000)
    assert raised.value.trouble is Trouble.BUSY


def test_nobody_there_is_tried_again(appid: str, clock: Clock) -> None:
    api = api_of("http://127.0.0.1:9", appid, SECRET, Table(), clock)
    assert failure(api).trouble is Trouble.BUSY
    api.close()


def test_an_address_that_is_not_whitelisted_names_it_to_the_operator(
    api: WechatApi, platform: Control
) -> None:
    platform(whitelisted=False)
    error = failure(api)
    assert (error.trouble, error.code) == (Trouble.OPERATOR, 40164)
    assert "203.0.113.9" in str(error)


def test_no_error_carries_a_secret_or_a_token(
    api: WechatApi, wechat_api: str, appid: str, clock: Clock, table: Table, platform: Control
) -> None:
    wrong = api_of(wechat_api, appid, "another-secret", Table(), clock)
    error = failure(wrong)
    wrong.close()
    assert (error.trouble, error.code) == (Trouble.OPERATOR, 40125)
    assert "another-secret" not in f"{error!r} {error.__cause__!r}"
    api.message.send_text("openid-1", "您好")
    platform(rejects_tokens=True)
    assert table.kept is not None
    assert table.kept[0] not in str(failure(api))


def test_a_proxy_of_the_environment_is_not_used(
    wechat_api: str, appid: str, clock: Clock, platform: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    api = api_of(wechat_api, appid, SECRET, Table(), clock)
    api.message.send_text("openid-1", "您好")
    api.close()
    assert platform()["calls"][-1] == "message/custom/send"

"""Ways out of the house, against a real HTTP server: the pager and the dead-man address."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from bot import settings
from bot.app import App
from bot.channels.pager import ADDRESS, Pager
from bot.errors import SettingError
from bot.messages import Outbound, Outcome, Receipt
from bot.watch.heartbeat import DeadMan
from tests.support.world import CHANNEL, World

SECRET = "a-token-that-nobody-may-see"  # noqa: S105 - made up


@dataclass
class Place:
    """A server on loopback that keeps what it is sent; ``status`` is what it answers."""

    url: str = ""
    status: int = 200
    requests: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture
def place() -> Iterator[Place]:
    """A running server."""
    kept = Place()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            kept.requests.append((self.path, body))
            self.send_response(kept.status)
            self.end_headers()

        do_GET = do_POST = _answer  # noqa: N815 - the base class's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    kept.url = f"127.0.0.1:{server.server_port}/{SECRET}"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def message(text: str = "⚠ T1 响应期限已到") -> Outbound:
    return Outbound(1, ADDRESS, text)


def test_the_pager_sends_an_alarm_to_every_address(place: Place) -> None:
    receipt = Pager([f"json://{place.url}", f"json://{place.url}?+second=1"]).send(message())

    assert receipt.outcome is Outcome.SENT
    assert [json.loads(body)["message"] for _, body in place.requests] == ["⚠ T1 响应期限已到"] * 2


def test_an_alarm_that_no_address_takes_is_tried_again_and_no_secret_is_logged(
    place: Place, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    place.status = 500
    caplog.set_level(logging.DEBUG)

    receipt = Pager([f"json://{place.url}"]).send(message())

    assert receipt.outcome is Outcome.LATER
    assert place.requests
    assert SECRET not in caplog.text + "".join(capsys.readouterr()) + str(receipt)


def test_a_wrong_address_stops_the_start_and_is_named_by_its_place() -> None:
    with pytest.raises(SettingError) as refusal:
        Pager([f"json://127.0.0.1/{SECRET}", f"nonsense-{SECRET}"])

    assert str(refusal.value) == "HOTLINE_ALARM_URLS: no address that Apprise knows: number 2"


def test_settings_keep_the_addresses_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_ALARM_URLS", f"json://127.0.0.1/{SECRET}  dingtalk://{SECRET}")
    monkeypatch.setenv("HOTLINE_DEADMAN_URL", f"https://127.0.0.1/{SECRET}")

    loaded = settings.load()

    assert len(loaded.alarm_urls) == 2
    assert SECRET not in repr(loaded)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HOTLINE_DEADMAN_URL", "ftp://x", "must begin with http:// or https://"),
        ("HOTLINE_ALARM_OFFICE", "9-18", "must be hours like 09:00-18:00"),
        ("HOTLINE_ALARM_OFFICE", "09:00-09:00", "opens and closes at the same time"),
        ("HOTLINE_ALARM_CHAIN_P1", "0,10,5,30", "must be four rising numbers of minutes"),
        ("HOTLINE_ALARM_CHAIN_P2", "5,10,20,30", "begin with 0"),
        ("HOTLINE_OUTAGE_REPORTS", "0", "must be at least 1"),
    ],
)
def test_a_wrong_setting_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingError) as refusal:
        settings.load()

    assert name in str(refusal.value)
    assert reason in str(refusal.value)


def test_an_alarm_that_the_staff_chat_refuses_reaches_the_pager_once(world: World, place: Place) -> None:
    loaded = world.app.settings.model_copy(update={"alarm_urls": (SecretStr(f"json://{place.url}"),)})
    world.app.close()
    world.app = App(loaded, {CHANNEL: world.phones}, world.read_clock, world.app.classifier)
    world.customer("所有坐席都登不上系统了")
    world.staff("确认 T1 1")
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.phones.receipts = [Receipt(Outcome.FAILED, error="no_rights")]

    world.app.deliver()
    world.wait(minutes=1)

    [text] = [json.loads(body)["message"] for _, body in place.requests]
    assert text.startswith("⚠ T1 优先等级1 · 响应时间已用 50%")
    assert "发给值班群没有送达" in text
    assert text.count("改由这里通知") == 1


def test_the_next_alarm_says_what_did_not_arrive(world: World) -> None:
    world.customer("所有坐席都登不上系统了")
    world.staff("确认 T1 1")
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.phones.receipts = [Receipt(Outcome.FAILED, error="no_rights")]
    world.app.deliver()

    world.wait(minutes=30)

    assert world.last("staff").endswith("已尝试：11:00 值班群（未送达）")


def test_the_dead_man_address_hears_of_the_sweep_once_a_minute(place: Place) -> None:
    now = [datetime.fromisoformat("2026-03-02T10:00:00+08:00")]
    dead_man = DeadMan(SecretStr(f"http://{place.url}"), lambda: now[0])

    for _ in range(25):
        dead_man.ping()
        now[0] += timedelta(seconds=5)

    assert [path for path, _ in place.requests] == [f"/{SECRET}"] * 3


def test_the_dead_man_address_hears_of_the_sweep_when_the_clock_was_set_back(place: Place) -> None:
    now = [datetime.fromisoformat("2026-03-02T10:00:00+08:00")]
    dead_man = DeadMan(SecretStr(f"http://{place.url}"), lambda: now[0])
    dead_man.ping()
    now[0] -= timedelta(hours=1)
    for _ in range(2):
        dead_man.ping()
    assert len(place.requests) == 2


def test_a_dead_man_address_that_is_down_stops_nothing_and_is_in_no_log(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.status = 503
    DeadMan(SecretStr(f"http://{place.url}"), lambda: datetime.fromisoformat("2026-03-02T10:00:00Z")).ping()
    DeadMan(
        SecretStr(f"http://127.0.0.1:1/{SECRET}"), lambda: datetime.fromisoformat("2026-03-02T10:00:00Z")
    ).ping()

    assert SECRET not in "".join(capsys.readouterr())

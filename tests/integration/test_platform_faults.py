"""A platform that fails over HTTP, with the real channels and engine: nothing is lost, and order holds."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.channels.telegram import api as telegram_api
from bot.messages import Address, Reach
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store.quotas import Quotas
from bot.store.store import Store
from bot.tencent import http as tencent_http
from tests.support.engine import PATIENCE_S, delivering

LATE_S = 30
MINUTE_429 = {"ok": False, "error_code": 429, "description": "slow", "parameters": {"retry_after": 60}}
NOTHING, LATE, NOBODY = "nothing", "late", "nobody"
HTML = b"<html><body>Bad Gateway</body></html>"
# How the platform answers one message, whether it arrived all the same, and after how many seconds each such
# attempt is followed by the next.
FAULTS: dict[str, tuple[tuple[int, bytes] | str, bool, tuple[int, ...]]] = {
    "500": ((500, b"{}"), False, (120,)),
    "html": ((502, HTML), False, (120,)),
    "html as if all were well": ((200, HTML), False, (5, 30)),
    "nobody there": (NOBODY, False, (1, 5, 30)),
    "429 for a minute": ((429, json.dumps(MINUTE_429).encode()), False, (120,)),
    "nothing": (NOTHING, True, (120,)),
    "nothing for a minute": (NOTHING, True, (5, 30, 120)),
    "after 30 s": (LATE, True, (120,)),
}


@dataclass(frozen=True)
class Dialect:
    """How a platform is spoken to.

    Attributes:
        account: its settings, without the address.
        sends: the end of the path to which messages go.
        text: returns what a message says, from the body of the call.
    """

    account: dict[str, str]
    sends: str
    text: Callable[[str], str]


def _text(body: str) -> str:
    return str(json.loads(body)["text"]["content"])


KEYS = {"secret": "s" * 32, "token": "t" * 16, "aes_key": "k" * 43}
DIALECTS = {
    "telegram": Dialect(
        {"token": "777:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"},  # of no bot
        "/sendMessage",
        lambda body: parse_qs(body)["text"][0],
    ),
    "wechat": Dialect({"appid": "wx1", **KEYS}, "/message/custom/send", _text),
    "wecom": Dialect({"corpid": "ww1", "agent": "1", **KEYS}, "/message/send", _text),
}


class FaultyPlatform:
    """Answers a message by a fault and all other calls as a platform does; notes what arrived.

    Attributes:
        faults: how many attempts more it answers by the fault.
        arrived: the messages that did.
        over: ends the wait of who waits for an answer.
        open: lets whoever calls connect.
    """

    def __init__(
        self, dialect: Dialect, fault: tuple[int, bytes] | str, faults: int, *, arrives: bool
    ) -> None:
        self.faults = faults
        self.arrived: list[str] = []
        self.over = threading.Event()
        self.open: Callable[[], None]
        self._dialect = dialect
        self._fault = fault
        self._arrives = arrives

    def take(self, path: str, body: str) -> tuple[int, bytes] | None:
        """Answer a call; None for no answer."""
        if not path.endswith(self._dialect.sends):
            return 200, json.dumps({"errcode": 0, "access_token": "a", "expires_in": 7200}).encode()
        fails = self.faults > 0
        self.faults -= 1
        if not fails or self._arrives:
            self.arrived.append(self._dialect.text(body))
        if fails and isinstance(self._fault, tuple):
            return self._fault
        if fails and self._fault == NOTHING:
            return None
        if fails:
            self.over.wait(PATIENCE_S)
        chat = {"id": 7, "type": "private", "first_name": "u"}
        message: dict[str, Any] = {"message_id": len(self.arrived), "date": 1, "chat": chat, "text": ""}
        return 200, json.dumps({"ok": True, "result": message, "errcode": 0, "msgid": "m"}).encode()

    def said(self) -> list[str]:
        """Return what arrived, in order, where several went as one too."""
        return [said for text in self.arrived for said in text.split("\n\n")]

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Take calls at an address; where nobody is to be there, only once `open` is called."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                answer = platform.take(self.path.partition("?")[0], body)
                if answer is None:
                    return  # the connection ends without a word
                status, content = answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Whoever asked has gone."""

        with Quiet(("127.0.0.1", 0), Handler, bind_and_activate=False) as server:
            server.server_bind()
            self.open = server.server_activate
            if self._fault != NOBODY:
                self.open()
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                self.over.set()
                server.shutdown()
                thread.join()


def _has_written(store: Store, channel: str) -> None:
    """Let the user have written just now: WeChat takes messages only then."""
    now = datetime.now(UTC)
    user = Address(channel, "a", "7")
    Quotas(store, lambda: now)._change(user, lambda ledger: ledger.after(Reach.MESSAGE, now))


@pytest.mark.parametrize(
    ("channel", "migrated_url"),
    [
        ("telegram", "sqlite"),
        pytest.param("telegram", "postgresql", marks=pytest.mark.postgres),
        ("wechat", "sqlite"),
        ("wecom", "sqlite"),
    ],
    indirect=["migrated_url"],
)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_platform_that_fails_gets_every_message_in_order_and_twice_only_what_nobody_knows_of(
    migrated_url: str, channel: str, tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect, (answer, arrives, pauses_s) = DIALECTS[channel], FAULTS[fault]
    assert (
        max(telegram_api.READ_S, tencent_http.TOTAL_S) < LATE_S
    )  # it is waited for less long, here less still
    if answer == LATE:
        monkeypatch.setattr(telegram_api, "READ_S", 0.5)
        monkeypatch.setattr(tencent_http, "PAUSE_S", 0.5)
    faults = 0 if answer == NOBODY else len(pauses_s)
    platform = FaultyPlatform(dialect, answer, faults, arrives=arrives)
    with platform.listening() as base:
        settings = Settings(
            database_url=migrated_url,
            data=tmp_path,
            **{channel: {"a": {**dialect.account, "api_base": base}}},  # type: ignore[arg-type]
        )
        store = open_store(settings)
        _has_written(store, channel)
        platforms = Platforms(settings, store)
        with delivering(migrated_url, **platforms.channels) as post:
            sent = [post.say("7", text, channel=channel) for text in ("first", "second")]
            for attempt, pause_s in enumerate(pauses_s, 1):
                post.wait(lambda made=attempt: post.attempts(sent[0]) == made)  # type: ignore[misc]
                assert platform.said().count("first") == (attempt if arrives else 0)
                if answer == NOBODY and attempt == len(pauses_s):
                    platform.open()
                post.ahead += timedelta(seconds=pause_s)
            post.wait(lambda: [post.status(each) for each in sent] == ["sent", "sent"])
        platforms.close()
        store.close()
    said = platform.said()
    assert said.count("first") == 1 + (len(pauses_s) if arrives else 0)
    assert (list(dict.fromkeys(said)), said[-1]) == (["first", "second"], "second")
    # What took much of WeChat's quota takes the rest along when it is tried once more.
    assert said.count("second") == 1 or (channel == "wechat" and len(pauses_s) > 1)

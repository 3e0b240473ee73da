"""A platform that fails over HTTP, with the real channel and engine: nothing is lost, and order holds."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.app import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from tests.support.engine import delivering

TOKEN = "777:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"  # noqa: S105 - of no bot
MINUTE_429 = {"ok": False, "error_code": 429, "description": "slow", "parameters": {"retry_after": 60}}
# How the platform answers, and whether the message arrived all the same.
FAULTS = {
    "500": ((500, b"{}"), False),
    "html": ((502, b"<html><body>Bad Gateway</body></html>"), False),
    "429 for a minute": ((429, json.dumps(MINUTE_429).encode()), False),
    "nothing": (None, True),
}


class FaultyTelegram:
    """Answers one call by a fault and all others as Telegram does; notes what arrived."""

    def __init__(self, fault: tuple[int, bytes] | None, *, arrives: bool) -> None:
        self.arrived: list[str] = []
        self.failed = threading.Event()
        self._fault = fault
        self._arrives = arrives

    def take(self, text: str) -> tuple[int, bytes] | None:
        """Answer a message."""
        is_first = not self.failed.is_set()
        self.failed.set()
        if not is_first or self._arrives:
            self.arrived.append(text)
        if is_first:
            return self._fault
        chat = {"id": 7, "type": "private", "first_name": "u"}
        message = {"message_id": len(self.arrived), "date": 1, "chat": chat, "text": text}
        return 200, json.dumps({"ok": True, "result": message}).encode()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Take calls at an address."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = platform.take(parse_qs(body)["text"][0])
                if answer is None:
                    return  # the connection ends without a word
                status, content = answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_platform_that_fails_gets_every_message_in_order_and_twice_only_what_nobody_knows_of(
    migrated_url: str, tmp_path: Path, fault: str
) -> None:
    answer, arrives = FAULTS[fault]
    telegram = FaultyTelegram(answer, arrives=arrives)
    with telegram.listening() as base:
        settings = Settings(
            database_url=migrated_url, data=tmp_path, telegram={"a": {"token": TOKEN, "api_base": base}}
        )
        store = open_store(settings)
        platforms = Platforms(settings, store)
        with delivering(migrated_url, **platforms.channels) as post:
            sent = [post.say("7", text, channel="telegram") for text in ("first", "second")]
            post.wait(telegram.failed.is_set)
            post.wait(lambda: post.attempts(sent[0]) == 1)
            assert telegram.arrived == (["first"] if arrives else [])
            post.ahead = timedelta(minutes=2)
            post.wait(lambda: [post.status(each) for each in sent] == ["sent", "sent"])
        platforms.close()
        store.close()
    assert telegram.arrived == (["first"] * arrives + ["first", "second"])

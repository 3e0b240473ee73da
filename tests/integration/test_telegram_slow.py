"""A Bot API that answers byte by byte and never comes to an end keeps no thread for ever."""

from __future__ import annotations

import socketserver
import threading
from contextlib import closing, suppress

import pytest
from telegram.error import TimedOut

from bot.accounts import TelegramAccount
from bot.channels.telegram import api
from bot.channels.telegram.errors import was_sent


class Dripping(socketserver.BaseRequestHandler):
    """Sends an answer without an end, each byte before anybody stops waiting for it."""

    over = threading.Event()

    def handle(self) -> None:
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(OSError):
            while not self.over.wait(0.05):
                self.request.sendall(b"1\r\n \r\n")


def test_a_call_ends_although_its_answer_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TOTAL_S", 0.5)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        account = TelegramAccount.model_validate({"token": "777:made-up", "api_base": base})
        with closing(api.Api(account, "HOTLINE_TELEGRAM")) as made, pytest.raises(TimedOut) as ended:
            made.call(made.bot.get_me())
        Dripping.over.set()
        server.shutdown()
    assert was_sent(ended.value)  # so that its outcome is unknown

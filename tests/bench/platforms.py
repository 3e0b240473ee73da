"""The platforms' own APIs, to which the service sends: the suite's stand-ins, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import httpx

from bot import clock
from tests.bench import callbacks

SUPPORT = -100500  # its group on Telegram
BOT = "777:bench"


class Apis(NamedTuple):
    """Where the stand-ins are."""

    telegram: str
    wechat: str


@contextmanager
def standing_in(users: Sequence[str]) -> Iterator[Apis]:
    """Run the stand-ins: a bot and support's group on Telegram, and users who just wrote to WeChat."""
    with ExitStack() as stack:
        telegram, wechat = (stack.enter_context(_running(name)) for name in ("telegram_api", "wechat_api"))
        bot = {"id": 777, "is_bot": True, "first_name": "维护热线", "username": "HotlineBot"}
        group = {"id": SUPPORT, "type": "supergroup", "title": "值班群"}
        _post(f"{telegram}/control/{BOT}/create", {"user": bot, "now": int(clock.now().timestamp())})
        _post(f"{telegram}/control/{BOT}/chat", group)
        account = {"appid": callbacks.APPID, "secret": callbacks.SECRET, "now": clock.now().timestamp()}
        _post(f"{wechat}/test", {**account, "did": [(user, "message") for user in users]})
        yield Apis(telegram, wechat)


@contextmanager
def _running(name: str) -> Iterator[str]:
    command = [sys.executable, "-m", f"tests.e2e.{name}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        try:
            yield said if said.startswith("http") else f"http://127.0.0.1:{said}"
        finally:
            process.terminate()


def _post(url: str, given: dict[str, object]) -> None:
    httpx.post(url, json=given, trust_env=False).raise_for_status()

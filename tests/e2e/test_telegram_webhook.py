"""The webhook: forged and malformed requests are refused, a burst is put in order."""

from __future__ import annotations

import httpx
import pytest

from bot.web.server import url_of
from tests.support.telegram.api import SECRET
from tests.support.telegram.ways import hooked, polled
from tests.support.telegram.world import TelegramWorld

P1 = "所有坐席都登不上系统了，电话全打不进来"


@polled
def test_no_webhook_is_there_where_the_bot_polls(telegram: TelegramWorld) -> None:
    answer = httpx.post(f"{url_of(telegram.listener)}/telegram/default", json={}, trust_env=False)
    assert answer.status_code == 404


@hooked
def test_a_burst_over_many_connections_is_handled_in_the_order_it_was_written(
    telegram: TelegramWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.api.control("hold", is_held=True)
    for words in (P1, *["查进度"] * 5):
        telegram.chen.say(words, settle=False)
    with monkeypatch.context() as held:  # until all are received, which is in any order
        held.setattr(telegram.app, "handle", lambda *_: None)
        held.setattr(telegram.app, "handle_all", lambda asked: [None] * len(asked))
        telegram.api.control("hold", is_held=False)
        telegram.until(lambda: telegram.api.look()["waiting"] == 0)
    now = telegram.app.now()
    telegram.app.inbox.resume(now, before=now)
    telegram.settle()
    first, *rest = (line for line in telegram.heard(telegram.chen.id) if "T1" in line)
    assert "已收到，工单号 T1" in first
    assert len(rest) == 5


@hooked
@pytest.mark.parametrize(
    ("secret", "body", "code"),
    [
        (None, b"{}", 401),
        ("wrong", b"{}", 401),
        (SECRET + "x", b"{}", 401),
        ("é", b"{}", 401),
        (SECRET, b"{", 400),
        (SECRET, b"[]", 400),
        (SECRET, b'{"update_id": "1", "message": {}}', 400),
        (SECRET, b'{"update_id": 1, "message": {}}', 200),  # kept: it would come again for a day
        (SECRET, b"[" * 100_000, 400),
        (SECRET, b" " * (1024 * 1024 + 1), 413),
        (SECRET, b'{"update_id": 1, "poll": null}', 200),
    ],
)
def test_what_is_forged_or_malformed_is_refused(
    telegram: TelegramWorld, secret: str | None, body: bytes, code: int
) -> None:
    headers = {"x-telegram-bot-api-secret-token": secret.encode()} if secret else {}
    url = f"{url_of(telegram.listener)}/telegram/default"
    assert httpx.post(url, content=body, headers=headers, trust_env=False).status_code == code

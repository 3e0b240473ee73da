"""The webhook while the platform itself can't be asked who the bot is, from the start on."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.accounts import TelegramAccount
from bot.channels.telegram.platform import Telegram
from bot.channels.telegram.webhook import HEADER
from bot.messages import Inbound
from bot.reception import Composer
from tests.support.telegram.api import SECRET

NOBODY = "http://127.0.0.1:9"
CHEN = {"id": 7, "is_bot": False, "first_name": "陈"}
PRESS = {"id": "1", "from": CHEN, "chat_instance": "1", "data": "1.0"}


class Received:
    """A reception that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[Inbound] = []

    async def receive(self, inbound: Inbound) -> tuple[int, bool]:
        self.messages.append(inbound)
        return len(self.messages), True

    async def handle(self, inbox_id: int, compose: Composer | None = None) -> str | None:  # noqa: ARG002
        return None


def posted(update: dict[str, Any]) -> tuple[int, list[Inbound]]:
    """Return how the webhook answers an update, and what was received of it."""
    account = TelegramAccount.model_validate(
        {"token": "777:made-up", "secret": SECRET, "mode": "webhook", "api_base": NOBODY}
    )
    ports: Any = (None, None)
    telegram = Telegram(
        {"default": account},
        ports,
        lambda: datetime.now(UTC),
        public_url="https://hotline.example.com",
        files=Path("unused"),
    )
    received = Received()

    async def post() -> int:
        served = httpx.ASGITransport(Starlette(routes=telegram.routes(received)))
        async with httpx.AsyncClient(transport=served, base_url="http://hotline") as platform:
            answer = await platform.post("/telegram/default", json=update, headers={HEADER: SECRET})
        return answer.status_code

    with closing(telegram):
        return asyncio.run(post()), received.messages


def message(kind: str) -> dict[str, Any]:
    chat = {"id": 7 if kind == "private" else -7, "type": kind, "title": "客服", "first_name": "陈"}
    return {"message_id": 1, "date": 1772416800, "chat": chat, "from": CHEN, "text": "所有坐席都登不上系统了"}


@pytest.mark.parametrize(
    "said",
    [
        {"message": message("private")},
        {
            "callback_query": {
                "id": "1",
                "from": CHEN,
                "chat_instance": "1",
                "data": "1.0",
                "message": message("supergroup"),
            }
        },
    ],
    ids=["private", "press"],
)
def test_what_is_for_us_whatever_our_name_is_made_durable(said: dict[str, Any]) -> None:
    code, [inbound] = posted({"update_id": 5, **said})
    assert code == 200
    assert inbound.dedupe_key == "update:777:5"  # the key that it has once the platform was asked


def test_of_a_group_it_is_sent_again_until_we_know_our_name() -> None:
    assert posted({"update_id": 5, "message": message("supergroup")}) == (503, [])

"""The stand-in of Telegram as one test sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx

Json = dict[str, Any]

HOST = "127.0.0.1"
TIMEOUT_S = 60
LOOK_EVERY_S = 0.02
STAFF_CHAT = -100500
GROUP = -100600
BOT_ID = 777
USERNAME = "HotlineBot"
SECRET = "a-secret-of-the-test"  # noqa: S105


class Api:
    """The stand-in as one test sees it: a bot of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT_S)

    def control(self, what: str, **given: Any) -> Any:
        """Do something with the test's hand."""
        return self._post(what, given)

    def _post(self, what: str, given: Any) -> Any:
        return self._http.post(f"/control/{self.token}/{what}", json=given).raise_for_status().json()

    def look(self) -> Json:
        """Return everything the service knows of the bot."""
        found: Json = self._post("look", None)
        return found

    def set_clock(self, now: datetime) -> None:
        """Set the service's clock."""
        self._post("clock", int(now.timestamp()))

    def again(self, update: Json) -> None:
        """Deliver an update a second time."""
        self._post("again", update)

    def messages(self, chat: int) -> list[Json]:
        """Return the messages of a chat as they stand now."""
        found: list[Json] = self.look()["chats"][str(chat)]
        return found

    def close(self) -> None:
        """Forget the bot."""
        self._post("remove", None)
        self._http.close()


def labels(message: Json) -> list[str]:
    """Return the labels of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]

"""Updates as the platform sends them, and what is read in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram import parsing, updates
from bot.channels.telegram.updates import Context, Me
from bot.messages import Inbound

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SENT = int(NOW.timestamp()) - 5
CONTEXT = Context("default", Me(777, "HotlineBot"), NOW)
CHEN = {"id": 42, "is_bot": False, "first_name": "陈", "last_name": "班长"}
PRIVATE = {"id": 42, "type": "private", "first_name": "陈"}
GROUP = {"id": -100123, "type": "supergroup", "title": "青禾客服"}
BOT = {"id": 777, "is_bot": True, "first_name": "热线", "username": "HotlineBot"}


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": SENT, "chat": PRIVATE, "from": CHEN, **fields}


def read(kind: str = "message", **fields: Any) -> Inbound | None:
    return updates.inbound(parsing.parse({"update_id": 9, kind: message(**fields)}), CONTEXT)


def heard(**fields: Any) -> Inbound:
    found = read(**fields)
    assert found is not None
    return found


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}

"""An update as it came becomes one of the library's, as little as possible lost to what it can't read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import Update

from bot.errors import BadInput

PRIVATE = "private"
# What a message is read by when the library knows something else in it no longer.
_ESSENTIAL = frozenset(
    {"message_id", "date", "edit_date", "chat", "from", "text", "caption", "entities", "caption_entities"}
    | {"photo", "voice", "audio", "video", "document", "location", "contact", "media_group_id"}
    | {"message_thread_id", "is_topic_message"}
)
_HEAD = ("message_id", "date", "chat", "from", "message_thread_id", "is_topic_message")
WRITTEN = ("message", "edited_message")
_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, OverflowError, OSError)


def parse(data: Any) -> Update:
    """Return an update as the library reads it.

    A message with something in it that the library can't read, such as a new kind of quotation, is read
    without that: nobody's words are lost to a novelty. What it replies to is left out only in a private
    chat, where it is for us in any case.

    Raises:
        BadInput: it is none; nothing of its content is quoted.
    """
    try:
        return _read(data)
    except _UNREADABLE as error:
        for readable in (_essence, _without_reply):
            with suppress(*_UNREADABLE):
                return _read(readable(data))
        raise BadInput(f"an update that can't be read ({type(error).__name__})") from None


def _read(data: Any) -> Update:
    update = Update.de_json(data, None) if isinstance(data["update_id"], int) else None
    if update is None:
        raise ValueError("no update")
    return update


def _essence(data: Any) -> dict[str, Any]:
    kept = {"update_id": data["update_id"]}
    for kind in WRITTEN:
        if kind in data:
            message = data[kind]
            kept[kind] = {key: value for key, value in message.items() if key in _ESSENTIAL}
            if "reply_to_message" in message:
                kept[kind]["reply_to_message"] = _head(message["reply_to_message"])
            if "forward_origin" in message:  # from whom, may be what can't be read
                kept[kind]["forward_origin"] = {"type": "hidden_user", "date": 1, "sender_user_name": ""}
    if "callback_query" in data:
        query = data["callback_query"]
        kept["callback_query"] = {key: query[key] for key in ("id", "from", "chat_instance", "data")}
        kept["callback_query"]["message"] = _head(query["message"])
    if len(kept) == 1:
        raise ValueError("nothing of it is known")
    return kept


def _head(message: dict[str, Any]) -> dict[str, Any]:
    return {key: message[key] for key in _HEAD if key in message}


def _without_reply(data: Any) -> dict[str, Any]:
    kept = _essence({key: value for key, value in data.items() if key != "callback_query"})
    for message in (kept[kind] for kind in WRITTEN if kind in kept):
        if message["chat"]["type"] != PRIVATE:
            raise ValueError("whether it is for us can't be told")
        message.pop("reply_to_message", None)
    return kept


def may_name_us(data: Any) -> bool:
    """Whether what an update says depends on the bot's name: a message in a group that can be read."""
    try:
        return any(data[kind]["chat"]["type"] != PRIVATE for kind in WRITTEN if kind in data)
    except _UNREADABLE:
        return False


def number(data: Any) -> int | None:
    """Return the number of an update as it came; None for what is no update at all."""
    found = data.get("update_id") if isinstance(data, dict) else None
    return found if isinstance(found, int) else None

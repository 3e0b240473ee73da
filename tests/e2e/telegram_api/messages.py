"""Messages of the bot's: sent, edited, acknowledged, each as strictly as the real service does it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

from tests.e2e.telegram_api.state import Bot, Chat, Json, Upload, bad

Files = Mapping[str, Upload]
Method = Callable[[Bot, Json, Files], Any]

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT_BYTES = 64
QUERY_SECONDS = 15 * 60
UNEDITABLE = "message can't be edited"
MESSAGE_PARAMETERS = {
    "chat_id",
    "reply_markup",
    "reply_parameters",
    "link_preview_options",
    "parse_mode",
    "caption",
    "text",
    "message_id",
    "message_thread_id",
    "entities",
    "disable_notification",
    "protect_content",
}


def send_message(bot: Bot, given: Json, _: Files) -> Json:
    """Send a text."""
    chat = bot.chat(given["chat_id"])
    bot.check_rate(chat.id)
    text = _text(given.get("text", ""), given.get("parse_mode"), TEXT_LIMIT, "message text is empty")
    return _say(bot, chat, given, text=text)


def send_file(field: str) -> Method:
    """Return the method that sends one kind of file."""

    def send(bot: Bot, given: Json, files: Files) -> Json:
        chat = bot.chat(given["chat_id"])
        bot.check_rate(chat.id)
        content = files.get(str(given.get(field, "")).removeprefix("attach://")) or files.get(field)
        if not content:
            raise bad(f"there is no {field} in the request")
        if field == "photo" and not content.startswith((b"\x89PNG", b"\xff\xd8")):
            raise bad("IMAGE_PROCESS_FAILED")
        caption = _text(given.get("caption", ""), given.get("parse_mode"), CAPTION_LIMIT, None)
        file_id = f"out-{len(bot.files)}"
        bot.files[file_id] = content
        shown = _file(field, file_id, content)
        if field == "document":
            shown["file_name"] = content.name
        return _say(bot, chat, given, caption=caption, **{field: shown})

    return send


def _file(field: str, file_id: str, content: bytes) -> Any:
    found = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}
    if field == "photo":
        return [{**found, "width": 10, "height": 10}]
    return {**found, "duration": 1} if field == "voice" else found


def _say(bot: Bot, chat: Chat, given: Json, **content: Any) -> Json:
    markup = _markup(given.get("reply_markup"))
    reply = json.loads(given["reply_parameters"]) if "reply_parameters" in given else None
    if reply and int(reply["message_id"]) not in chat.messages:
        if not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        reply = None
    more = topic(chat, int(given["message_thread_id"])) if "message_thread_id" in given else {}
    if markup and "inline_keyboard" in markup:  # the service shows no other kind again
        more["reply_markup"] = markup
    if "entities" in given:
        more["entities"] = _entities(json.loads(given["entities"]), content["text"])
    if reply:
        answered = {**chat.messages[int(reply["message_id"])]}
        answered.pop("reply_to_message", None)
        more["reply_to_message"] = answered
    return bot.store(chat, **{"from": bot.user}, **content, **more)


def send_chat_action(bot: Bot, given: Json, _: Files) -> bool:
    """Show that the bot is typing; nothing stays of it."""
    chat = bot.chat(given["chat_id"])
    if "message_thread_id" in given:
        topic(chat, int(given["message_thread_id"]))
    return True


def topic(chat: Chat, thread: int) -> Json:
    """Return what makes a message one of a topic."""
    if thread not in chat.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def _entities(given: list[Json], text: str) -> list[Json]:
    units = len(text.encode("utf-16-le")) // 2
    if any(e["offset"] < 0 or e["length"] < 1 or e["offset"] + e["length"] > units for e in given):
        raise bad("ENTITY_BOUNDS_INVALID")
    return given


def _own(bot: Bot, given: Json) -> Json:
    message: Json | None = bot.chat(given["chat_id"]).messages.get(int(given["message_id"]))
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != bot.user["id"]:
        raise bad(UNEDITABLE)
    return message


def edit_message_text(bot: Bot, given: Json, _: Files) -> Json:
    """Edit one of the bot's own messages."""
    message = _own(bot, given)
    if "text" not in message:
        raise bad(UNEDITABLE)
    text = _text(given.get("text", ""), given.get("parse_mode"), TEXT_LIMIT, "message text is empty")
    markup = _markup(given.get("reply_markup"))
    if (message["text"], message.get("reply_markup")) == (text, markup):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as "
            "a current content and reply markup of the message"
        )
    message |= {"text": text, "edit_date": bot.now, "reply_markup": markup}
    if markup is None:
        del message["reply_markup"]
    return message


def edit_message_reply_markup(bot: Bot, given: Json, _: Files) -> Json:
    """Edit the buttons of one of the bot's own messages."""
    message = _own(bot, given)
    markup = _markup(given.get("reply_markup"))
    if message.get("reply_markup") == markup:
        raise bad("message is not modified")
    message.pop("reply_markup", None)
    if markup is not None:
        message["reply_markup"] = markup
    return message


def _text(text: str, parse_mode: str | None, limit: int, empty: str | None) -> str:
    if not text.strip() and empty:
        raise bad(empty)
    if len(text.encode("utf-16-le")) // 2 > limit:  # code units, after entities are parsed
        raise bad("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    if parse_mode == "HTML":
        _Html().feed(text)
    elif parse_mode and re.search(r"(?<!\\)[_*\[\]()~`>#+\-=|{}.!]", text):
        raise bad("can't parse entities: character is reserved and must be escaped")
    return text


class _Html(HTMLParser):
    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag not in {"b", "i", "u", "s", "a", "code", "pre"}:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}"')


def _markup(given: str | None) -> Json | None:
    markup: Json | None = json.loads(given) if given else None
    if markup and "force_reply" in markup:
        return markup
    for row in markup["inline_keyboard"] if markup else ():
        for button in row:
            if not button.get("text"):
                raise bad("text buttons are unallowed in the inline keyboard")
            if not 1 <= len(button.get("callback_data", "").encode()) <= DATA_LIMIT_BYTES:
                raise bad("BUTTON_DATA_INVALID")
    return markup


def answer_callback_query(bot: Bot, given: Json, _: Files) -> bool:
    """Acknowledge a press, once and not too late."""
    pressed = bot.queries.pop(given["callback_query_id"], None)
    if pressed is None or bot.now - pressed > QUERY_SECONDS:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    bot.acknowledged.append(given["callback_query_id"])
    return True

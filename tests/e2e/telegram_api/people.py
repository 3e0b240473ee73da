"""What a test makes people do: they write, edit, press, add and block the bot, send albums, move groups."""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.telegram_api.messages import topic
from tests.e2e.telegram_api.state import Bot, Chat, Json


def say(bot: Bot, given: Json) -> Json:
    """Let somebody write into a chat, and return the message; privacy decides whether the bot gets it."""
    chat, user = bot.chats[given["chat"]], given["user"]
    content: Json = {key: given[key] for key in CONTENT if key in given}
    text = content.get("text") or content.get("caption") or ""
    key = "entities" if "text" in content else "caption_entities"
    if found := entities(text):
        content[key] = found
    if "topic" in given:
        content |= topic(chat, given["topic"])
        # An app answers the message by which the topic was made, where its user answers nothing.
        made = {"message_id": given["topic"], "date": bot.now, "chat": chat.json(), "from": user}
        made["forum_topic_created"] = {"name": "分区", "icon_color": 7322096}
        content["reply_to_message"] = made
    if "reply_to" in given:
        answered = {**chat.messages[given["reply_to"]]}
        answered.pop("reply_to_message", None)
        content["reply_to_message"] = answered
    message = bot.store(chat, **{"from": user}, **content)
    if reaches(bot, chat, message):
        bot.add("message", message)
    return message


CONTENT = (
    "text",
    "caption",
    "photo",
    "voice",
    "video",
    "document",
    "location",
    "contact",
    "media_group_id",
    "forward_origin",
    "dice",
    "sticker",
    "game",
    "poll",
    "message_thread_id",
)


def edit(bot: Bot, given: Json) -> Json:
    """Let somebody edit their message."""
    chat = bot.chats[given["chat"]]
    message = chat.messages[given["message_id"]]
    message |= {"text": given["text"], "edit_date": bot.now}
    if found := entities(given["text"]):
        message["entities"] = found
    if reaches(bot, chat, message):
        bot.add("edited_message", message)
    return message


def press(bot: Bot, given: Json) -> Json:
    """Let somebody press a button of a message."""
    chat = bot.chats[given["chat"]]
    message = chat.messages[given["message_id"]]
    buttons = [b for row in message["reply_markup"]["inline_keyboard"] for b in row]
    button = next(b for b in buttons if b["text"] == given["label"])
    query_id = f"q{next(bot.query_ids)}"
    bot.queries[query_id] = bot.now
    query = {
        "id": query_id,
        "from": given["user"],
        "chat_instance": str(chat.id),
        "data": button["callback_data"],
        "message": message,
    }
    bot.add("callback_query", query)
    return query


def member(bot: Bot, given: Json) -> Json:
    """Let somebody add, remove, block or unblock the bot."""
    chat = bot.chats[given["chat"]]
    states = {"member": "member", "blocked": "kicked", "kicked": "kicked"}
    before = states.get(str(chat.state), "left")
    chat.state = given["state"]
    change = {
        "chat": chat.json(),
        "from": given["user"],
        "date": bot.now,
        "old_chat_member": {"status": given.get("before", before), "user": bot.user, "until_date": 0},
        "new_chat_member": {"status": states[given["state"]], "user": bot.user, "until_date": 0},
    }
    bot.add("my_chat_member", change)
    return change


def migrate(bot: Bot, given: Json) -> Json:
    """Turn a group into a supergroup; both say so, unless ``quietly``."""
    old = bot.chats[given["chat"]]
    new = Chat(given["to"], "supergroup", old.title)
    bot.chats[new.id] = new
    old.state = new.id
    if not given.get("quietly"):
        bot.add("message", bot.store(old, **{"from": given["user"]}, migrate_to_chat_id=new.id))
        bot.add("message", bot.store(new, **{"from": given["user"]}, migrate_from_chat_id=old.id))
    return new.json()


def entities(text: str) -> list[Json]:
    """Return commands and mentions as the service marks them, in UTF-16 code units."""
    found = []
    for pattern, kind in ((r"(?<!\S)/[a-z_]+(?:@\w+)?", "bot_command"), (r"@\w{5,32}", "mention")):
        for match in re.finditer(pattern, text):
            inside = any(
                e["offset"] <= units(text[: match.start()]) < e["offset"] + e["length"] for e in found
            )
            if not inside:
                start = units(text[: match.start()])
                found.append({"type": kind, "offset": start, "length": units(match[0])})
    return sorted(found, key=lambda e: e["offset"])


def units(text: str) -> int:
    """Return a length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def reaches(bot: Bot, chat: Chat, message: Json) -> bool:
    """Whether the bot gets a message: in a group with privacy mode on only commands and replies to it."""
    if chat.type == "private" or bot.user["can_read_all_group_messages"]:
        return True
    text = message.get("text") or message.get("caption") or ""
    answered: Any = message.get("reply_to_message")
    is_reply = answered is not None and answered["from"]["id"] == bot.user["id"]
    command = re.match(r"/[a-z_]+(?:@(\w+))?", text)
    return is_reply or (
        command is not None and (command[1] or bot.user["username"]).lower() == bot.user["username"].lower()
    )

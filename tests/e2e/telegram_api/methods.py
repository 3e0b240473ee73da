"""The methods of the Bot API, each as strict as the real one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tests.e2e.telegram_api.messages import (
    MESSAGE_PARAMETERS,
    Files,
    Method,
    answer_callback_query,
    edit_message_reply_markup,
    edit_message_text,
    send_chat_action,
    send_file,
    send_message,
)
from tests.e2e.telegram_api.state import ApiError, Bot, Json, bad

MOST_CONNECTIONS = 40  # to a webhook, unless it asks for another number


def get_me(bot: Bot, _: Json, __: Files) -> Json:
    """Tell who the bot is."""
    return bot.user


def get_file(bot: Bot, given: Json, _: Files) -> Json:
    """Tell where a file can be downloaded; none above 20 MB."""
    file_id = given["file_id"]
    if file_id not in bot.files:
        raise bad("wrong file_id or the file is temporarily unavailable")
    size = bot.file_sizes.get(file_id, len(bot.files[file_id]))
    if size > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file_id,
        "file_size": size,
        "file_path": f"files/{file_id}",
    }


def set_webhook(bot: Bot, given: Json, _: Files) -> bool:
    """Send updates to an address from now on."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", given.get("secret_token", "")):
        raise bad("secret token contains unallowed characters")
    connections = int(given.get("max_connections", MOST_CONNECTIONS))
    if not 1 <= connections <= 100:
        raise bad("max_connections is out of bounds")
    bot.webhook = {"url": given["url"], "secret": given.get("secret_token"), "connections": connections}
    _allow(bot, given)
    return True


def delete_webhook(bot: Bot, given: Json, _: Files) -> bool:
    """Keep updates for polling."""
    bot.webhook = None
    if given.get("drop_pending_updates") == "true":
        bot.updates.clear()
    return True


def get_webhook_info(bot: Bot, _: Json, __: Files) -> Json:
    """Tell how the webhook does."""
    info: Json = {
        "url": bot.webhook["url"] if bot.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if bot.allowed:
        info["allowed_updates"] = bot.allowed
    if bot.webhook_error:
        info |= {"last_error_date": bot.now, "last_error_message": bot.webhook_error}
    return info


def get_updates(bot: Bot, given: Json, _: Files) -> list[Json]:
    """Confirm what lies before the offset, and return what waits; a second poller ends the first."""
    if bot.webhook is not None:
        raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
    with bot.changed:
        bot.poller += 1
        mine = bot.poller
        bot.changed.notify_all()
        _allow(bot, given)
        if "offset" in given:
            while bot.updates and bot.updates[0]["update_id"] < int(given["offset"]):
                bot.updates.popleft()
        del bot.again[: bot.handed_again]
        bot.handed_again = 0
        bot.changed.wait_for(
            lambda: bool(bot.updates or bot.again) or bot.poller != mine,
            timeout=float(given.get("timeout", 0)),
        )
        if bot.poller != mine:
            bot.conflicts += 1
            raise ApiError(409, "Conflict: terminated by other getUpdates request")
        bot.handed_again = len(bot.again)
        return [*bot.again, *bot.updates][: int(given.get("limit", 100))]


def _allow(bot: Bot, given: Json) -> None:
    if "allowed_updates" in given:
        bot.allowed = json.loads(given["allowed_updates"]) or None


def set_my_commands(bot: Bot, given: Json, _: Files) -> bool:
    """Keep a menu."""
    commands = json.loads(given["commands"])
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = json.loads(given.get("scope", '{"type": "default"}'))
    if "chat_id" in scope:
        bot.chat(scope["chat_id"])
    bot.commands[f"{scope['type']}:{scope['chat_id']}" if "chat_id" in scope else scope["type"]] = commands
    return True


def delete_my_commands(bot: Bot, given: Json, _: Files) -> bool:
    """Take a menu away."""
    scope = json.loads(given.get("scope", '{"type": "default"}'))
    bot.commands.pop(f"{scope['type']}:{scope['chat_id']}" if "chat_id" in scope else scope["type"], None)
    return True


def get_my_commands(bot: Bot, given: Json, _: Files) -> list[Json]:
    """Return a menu."""
    scope = json.loads(given.get("scope", '{"type": "default"}'))
    name = f"{scope['type']}:{scope['chat_id']}" if "chat_id" in scope else scope["type"]
    return bot.commands.get(name, [])


def get_chat(bot: Bot, given: Json, _: Files) -> Json:
    """Describe a chat."""
    chat = bot.chat(given["chat_id"])
    return {**chat.json(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}


GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def get_chat_member(bot: Bot, given: Json, _: Files) -> Json:
    """Tell what the bot may do in a chat."""
    chat = bot.chat(given["chat_id"])
    if int(given["user_id"]) != bot.user["id"]:
        raise bad("member not found")
    return {**chat.membership, "user": bot.user}


METHODS: Mapping[str, tuple[Method, set[str]]] = {
    "getMe": (get_me, set()),
    "getUpdates": (get_updates, {"offset", "limit", "timeout", "allowed_updates"}),
    "setWebhook": (set_webhook, {"url", "secret_token", "allowed_updates", "max_connections"}),
    "deleteWebhook": (delete_webhook, {"drop_pending_updates"}),
    "getWebhookInfo": (get_webhook_info, set()),
    "sendMessage": (send_message, MESSAGE_PARAMETERS),
    "sendChatAction": (send_chat_action, {"chat_id", "action", "message_thread_id"}),
    "sendPhoto": (send_file("photo"), MESSAGE_PARAMETERS | {"photo"}),
    "sendDocument": (send_file("document"), MESSAGE_PARAMETERS | {"document"}),
    "sendVoice": (send_file("voice"), MESSAGE_PARAMETERS | {"voice"}),
    "editMessageText": (edit_message_text, MESSAGE_PARAMETERS),
    "editMessageReplyMarkup": (edit_message_reply_markup, {"chat_id", "message_id", "reply_markup"}),
    "answerCallbackQuery": (answer_callback_query, {"callback_query_id"}),
    "getFile": (get_file, {"file_id"}),
    "setMyCommands": (set_my_commands, {"commands", "scope", "language_code"}),
    "deleteMyCommands": (delete_my_commands, {"scope", "language_code"}),
    "getMyCommands": (get_my_commands, {"scope", "language_code"}),
    "getChat": (get_chat, {"chat_id"}),
    "getChatMember": (get_chat_member, {"chat_id", "user_id"}),
}

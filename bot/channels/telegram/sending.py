"""One neutral message becomes calls of the Bot API, and how they ended becomes a receipt."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.telegram.errors import is_topic_gone, is_uneditable, is_unmodified, receipt
from bot.channels.telegram.outgoing import CAPTION_LIMIT, TEXT_LIMIT, keyboard, length, pieces
from bot.channels.telegram.ports import Clock
from bot.messages import AttachmentKind, File, Outbound, Outcome, Receipt, Sender

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a customer's address must not be fetched by the platform
GONE = "（文件已不在服务器上）"


async def deliver(bot: Bot, message: Outbound, chat: str, files: Path, now: Clock) -> Receipt:
    """Deliver one message to ``chat``, or its next part: a long text goes in parts, each in its own turn.

    A card is edited where it stands.

    Raises:
        ChatMigrated: the chat has another id now.
    """
    content = await _content(message.file, files)
    text = f"{message.text}\n{GONE}" if message.file is not None and content is None else message.text
    parts = pieces(text, CAPTION_LIMIT if content is not None else TEXT_LIMIT)
    number, count = message.arrived, len(parts)
    if number >= count:  # its file has gone since, and with it the need for so many
        return Receipt(Outcome.SENT)
    try:
        if number == 0 and message.replaces is not None and await _stands(bot, message, parts, chat):
            return Receipt(Outcome.SENT, external_id=message.replaces)
    except ChatMigrated:
        raise
    except TelegramError as error:  # to edit again what was edited changes nothing
        return receipt(error, now(), is_repeatable=True)
    try:
        if content is not None and number == count - 1:
            sent = await _send_file(bot, message, content, chat, parts[number])
        else:
            sent = await _send(bot, message, chat, parts[number], number, count)
    except ChatMigrated:
        raise
    except TelegramError as error:
        if message.topic is not None and is_topic_gone(error):  # deleted or closed: then into the group
            return await deliver(bot, replace(message, topic=None), chat, files, now)
        return receipt(error, now())
    if number < count - 1:
        return Receipt(Outcome.PART, external_id=str(sent.message_id), arrived=number + 1)
    return Receipt(Outcome.SENT, external_id=str(sent.message_id))


async def _content(file: File | None, files: Path) -> bytes | None:
    try:
        return await asyncio.to_thread((files / file.path).read_bytes) if file is not None else None
    except OSError:
        return None


async def _stands(bot: Bot, message: Outbound, parts: list[str], chat: str) -> bool:
    """Edit the message that this one replaces; tell whether it stands there now.

    One that can't is sent anew, and the buttons below the old one are taken away: they would say what no
    longer holds.
    """
    replaced = int(message.replaces or 0)
    try:
        if len(parts) > 1:
            await bot.edit_message_reply_markup(chat, replaced, reply_markup=None)
            return False
        await bot.edit_message_text(
            message.text,
            chat_id=chat,
            message_id=replaced,
            reply_markup=keyboard(message.choices),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if is_uneditable(error):
            return False
        if not is_unmodified(error):
            raise
        return len(parts) == 1
    return True


async def _send(bot: Bot, message: Outbound, chat: str, text: str, number: int, count: int) -> Message:
    """Send one piece of a text: the first quotes what it answers, the last bears the choices."""
    is_first = number == 0
    return await bot.send_message(
        chat,
        text,
        message_thread_id=_thread(message),
        reply_markup=_markup(message) if number == count - 1 and message.file is None else None,
        reply_parameters=_reply_to(message) if is_first else None,
        entities=_mention(message.asks, text) if message.asks and is_first else None,
        link_preview_options=NO_PREVIEW,
    )


def _markup(message: Outbound) -> InlineKeyboardMarkup | ForceReply | None:
    """Return the choices; where somebody in a group is asked, their app opens a reply to this message.

    A reply reaches the bot in privacy mode too, and is never taken for words to a colleague.
    """
    return ForceReply(selective=True) if message.asks else keyboard(message.choices)


def _mention(sender: Sender, text: str) -> list[MessageEntity]:
    """Return the mention of whom a question begins with, so that it is asked of them alone."""
    name, comma, _ = text.partition("，")
    if not comma or not sender.user.isdecimal():
        return []
    user = User(int(sender.user), sender.name or name, is_bot=False)
    return [MessageEntity(MessageEntity.TEXT_MENTION, 0, length(name), user=user)]


def _thread(message: Outbound) -> int | None:
    return int(message.topic) if message.topic is not None and message.topic.isdecimal() else None


def _reply_to(message: Outbound) -> ReplyParameters | None:
    if message.in_reply_to is None or not message.in_reply_to.isdecimal():
        return None
    return ReplyParameters(int(message.in_reply_to), allow_sending_without_reply=True)


async def _send_file(bot: Bot, message: Outbound, content: bytes, chat: str, caption: str) -> Message:
    """Send a kept file with the last piece of its text; what the platform won't show goes as a document."""
    file, thread = message.file, _thread(message)
    assert file is not None  # noqa: S101 - it has a content
    shown = InputFile(content, file.name)
    try:
        if file.kind is AttachmentKind.PHOTO:
            return await bot.send_photo(chat, shown, caption=caption, message_thread_id=thread)
        if file.kind is AttachmentKind.VOICE and file.media_type == "audio/ogg":
            return await bot.send_voice(chat, shown, caption=caption, message_thread_id=thread)
    except BadRequest as error:
        if not _is_about_the_file(error):
            raise
    return await bot.send_document(chat, shown, caption=caption, message_thread_id=thread)


def _is_about_the_file(error: TelegramError) -> bool:
    said = error.message.lower()
    return any(word in said for word in ("photo", "image", "voice", "dimensions"))

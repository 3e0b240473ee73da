"""One neutral message becomes calls of the Bot API, and how they ended becomes a receipt."""

from __future__ import annotations

import asyncio
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
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.errors import is_uneditable, is_unmodified, pause_of
from bot.channels.telegram.outgoing import CAPTION_LIMIT, keyboard, length, pieces
from bot.messages import AttachmentKind, File, Outbound, Outcome, Receipt, Sender

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a customer's address must not be fetched by the platform
PATIENCE_S = 30.0  # between two pieces of one message


async def deliver(bot: Bot, message: Outbound, chat: str, files: Path) -> Receipt:
    """Deliver one message to ``chat``; a card is edited where it stands.

    Raises:
        TelegramError: as `errors.receipt` reads it.
    """
    if message.file is not None:
        return _sent(await _send_file(bot, message, message.file, chat, files))
    parts = pieces(message.text)
    if message.replaces is not None and len(parts) == 1 and await _edited(bot, message, chat):
        return Receipt(Outcome.SENT, external_id=message.replaces)
    return _sent(await _send(bot, message, parts, chat))


async def _edited(bot: Bot, message: Outbound, chat: str) -> bool:
    """Edit the message that this one replaces; tell whether it stands there now."""
    try:
        await bot.edit_message_text(
            message.text,
            chat_id=chat,
            message_id=int(message.replaces or 0),
            reply_markup=keyboard(message.choices),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if is_uneditable(error):
            return False
        if not is_unmodified(error):
            raise
    return True


async def _send(bot: Bot, message: Outbound, parts: list[str], chat: str) -> Message:
    """Send a text in its pieces, the choices below the last; return the last.

    What was begun is finished: to try again later would say the first piece twice.
    """
    *first, last = parts
    sent: Message | None = None
    for part in first:
        sent = await _patiently(bot, message, part, chat, is_first=sent is None, choices=False)
    return await _patiently(bot, message, last, chat, is_first=sent is None, choices=True)


async def _patiently(
    bot: Bot, message: Outbound, text: str, chat: str, *, is_first: bool, choices: bool
) -> Message:
    reply = _reply_to(message) if is_first else None
    while True:
        try:
            return await bot.send_message(
                chat,
                text,
                reply_markup=_markup(message) if choices else None,
                reply_parameters=reply,
                entities=_mention(message.asks, text) if message.asks and is_first else None,
                link_preview_options=NO_PREVIEW,
            )
        except RetryAfter as error:
            if is_first or pause_of(error).total_seconds() > PATIENCE_S:
                raise
            await asyncio.sleep(pause_of(error).total_seconds())


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


def _reply_to(message: Outbound) -> ReplyParameters | None:
    if message.in_reply_to is None or not message.in_reply_to.isdecimal():
        return None
    return ReplyParameters(int(message.in_reply_to), allow_sending_without_reply=True)


async def _send_file(bot: Bot, message: Outbound, file: File, chat: str, files: Path) -> Message:
    """Send a kept file with its text; a picture that the platform won't show goes as a document."""
    try:
        content = await asyncio.to_thread((files / file.path).read_bytes)
    except OSError:
        return await _send(bot, message, pieces(f"{message.text}\n（文件已不在服务器上）"), chat)
    caption = (
        message.text if length(message.text) <= CAPTION_LIMIT else pieces(message.text, CAPTION_LIMIT)[0]
    )
    try:
        if file.kind is AttachmentKind.PHOTO:
            return await bot.send_photo(chat, InputFile(content, file.name), caption=caption)
        if file.kind is AttachmentKind.VOICE and file.media_type == "audio/ogg":
            return await bot.send_voice(chat, InputFile(content, file.name), caption=caption)
    except BadRequest as error:
        if not _is_about_the_file(error):
            raise
    return await bot.send_document(chat, InputFile(content, file.name), caption=caption)


def _is_about_the_file(error: TelegramError) -> bool:
    said = error.message.lower()
    return any(word in said for word in ("photo", "image", "voice", "dimensions"))


def _sent(message: Message) -> Receipt:
    return Receipt(Outcome.SENT, external_id=str(message.message_id))

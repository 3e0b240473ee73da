"""What a message says and carries: words without the bot's own name, attachments, a telephone number."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message, MessageEntity

from bot.messages import Attachment, AttachmentKind

_UNIT = 2  # bytes: entities are counted in UTF-16 code units


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message, and whether they name the bot or command it."""

    text: str
    addresses_us: bool


def text_of(message: Message, bot_id: int, username: str) -> Said:
    """Return a message's words (or a picture's), with mentions of the bot taken out: ``/status@bot`` is
    ``/status``; a command for another bot is none for us."""
    text = message.text or message.caption or _spoken(message)
    entities = message.entities or message.caption_entities
    raw, ours = text.encode("utf-16-le"), False
    for entity in sorted(entities, key=lambda e: e.offset, reverse=True):
        start, end = entity.offset * _UNIT, (entity.offset + entity.length) * _UNIT
        words = raw[start:end].decode("utf-16-le", "replace")
        kept = _kept(entity, words, bot_id, username)
        if kept is not None:
            ours = True
            raw = raw[:start] + kept.encode("utf-16-le") + raw[end:]
    return Said(raw.decode("utf-16-le", "replace").strip(), ours)


def _kept(entity: MessageEntity, words: str, bot_id: int, username: str) -> str | None:
    """Return what stays of words that address us; None for words that don't."""
    if entity.type == MessageEntity.MENTION:
        return "" if words.lower() == f"@{username}".lower() else None
    if entity.type == MessageEntity.TEXT_MENTION:
        return "" if entity.user is not None and entity.user.id == bot_id else None
    if entity.type == MessageEntity.BOT_COMMAND:
        command, _, name = words.partition("@")
        return command if name.lower() in ("", username.lower()) else None
    return None


def _spoken(message: Message) -> str:
    """Return words for what has none of its own: a sticker's emoji, somebody's telephone number."""
    if message.sticker is not None:
        return message.sticker.emoji or ""
    if message.poll is not None:
        return f"{message.poll.question}：{'、'.join(option.text for option in message.poll.options)}"
    contact = message.contact
    if contact is not None and own_phone(message) is None:
        name = f"{contact.first_name} {contact.last_name or ''}".strip()
        return f"{name} {contact.phone_number}"
    return ""


def own_phone(message: Message) -> str | None:
    """Return the sender's own number, where they shared it: somebody else's is only words."""
    contact, user = message.contact, message.from_user
    if contact is None or user is None or contact.user_id != user.id:
        return None
    return contact.phone_number


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """Return what a message carries; of a picture the largest size."""
    found = [
        (AttachmentKind.PHOTO, message.photo[-1] if message.photo else None),
        (AttachmentKind.VOICE, message.voice or message.audio),
        (AttachmentKind.VIDEO, message.video or message.video_note),
        # An animation comes as a document too, a GIF that is a film.
        (AttachmentKind.FILE, message.document),
    ]
    carried = [
        Attachment(kind, item.file_id, getattr(item, "file_name", None) or "", item.file_unique_id)
        for kind, item in found
        if item is not None
    ]
    return (*carried, *_place(message))


def _place(message: Message) -> tuple[Attachment, ...]:
    location = message.location or (message.venue.location if message.venue else None)
    if location is None:
        return ()
    name = message.venue.title if message.venue else ""
    return (Attachment(AttachmentKind.LOCATION, f"{location.latitude},{location.longitude}", name),)

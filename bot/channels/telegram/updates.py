"""Updates of the Bot API become neutral messages: one function for each kind that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from bot.channels.telegram.content import attachments_of, own_phone, text_of
from bot.channels.telegram.parsing import PRIVATE
from bot.messages import Address, Forwarded, Inbound, Occasion, Sender

NAME = "telegram"
_START = re.compile(r"^/start(?:\s+(?P<scene>\S{1,64}))?\s*$")
_PRESENT = frozenset({ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED})


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself; ``username`` without the @."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Context:
    """What reading an update needs beside it: which account it came to, who we are, and the time now."""

    account: str
    me: Me
    now: datetime


def inbound(update: Update, context: Context) -> Inbound | None:
    """Return what an update says to us; None for what is no message, such as somebody who joins a group."""
    return next((KINDS[kind](update, context) for kind in KINDS if getattr(update, kind) is not None), None)


def migration(update: Update, account: str) -> tuple[Address, Address] | None:
    """Return the old and the new place of a group that became a supergroup."""
    message = update.message
    if message is None:
        return None
    here = _address(message.chat, account)
    if message.migrate_to_chat_id:
        return here, Address(NAME, account, str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Address(NAME, account, str(message.migrate_from_chat_id)), here
    return None


def _written(update: Update, context: Context) -> Inbound | None:
    message = update.message
    return _message(update.update_id, message, context) if message else None


def _edited(update: Update, context: Context) -> Inbound | None:
    message = update.edited_message
    return _message(update.update_id, message, context, is_correction=True) if message else None


def _message(
    update_id: int, message: Message, context: Context, *, is_correction: bool = False
) -> Inbound | None:
    sender = _sender(message)
    if sender is None or _is_service(message):
        return None
    is_group = message.chat.type != PRIVATE
    said = text_of(message, context.me.id, context.me.username)
    answered = message.reply_to_message
    ours = answered is not None and answered.from_user is not None and answered.from_user.id == context.me.id
    start = _START.match(said.text) if not is_correction else None
    return Inbound(
        address=_address(message.chat, context.account),
        sender=sender,
        dedupe_key=key(update_id, context.me),
        sent_at=(message.edit_date if is_correction else None) or message.date,
        text="" if start else said.text,
        attachments=attachments_of(message),
        addressed=not is_group or said.addresses_us or ours,
        is_group=is_group,
        answers=str(answered.message_id) if answered is not None and ours else None,
        is_correction=is_correction,
        occasion=Occasion.FOLLOWED if start else None,
        scene=(start["scene"] or "") if start else "",
        phone=own_phone(message),
        external_id=str(message.message_id),
        album=message.media_group_id,
        forwarded=_forwarded(message, context.me),
        number=update_id,
        topic=_topic(message),
    )


def _pressed(update: Update, context: Context) -> Inbound | None:
    query: CallbackQuery | None = update.callback_query
    if query is None or query.message is None or not query.data:
        return None
    return Inbound(
        address=_address(query.message.chat, context.account),
        sender=_person(query.from_user),
        dedupe_key=key(update.update_id, context.me),
        sent_at=context.now,  # the platform says when the message was sent, not when it was pressed
        choice=query.data,
        is_group=query.message.chat.type != PRIVATE,
        topic=_topic(query.message) if isinstance(query.message, Message) else None,
    )


def _membership(update: Update, context: Context) -> Inbound | None:
    """The bot was added to a group or removed from it, or somebody blocked it."""
    change: ChatMemberUpdated | None = update.my_chat_member
    if change is None:
        return None
    was, now = (_is_present(member) for member in (change.old_chat_member, change.new_chat_member))
    is_group = change.chat.type != PRIVATE
    if was == now or (now and not is_group):
        return None  # who comes back to a private chat says /start
    return Inbound(
        address=_address(change.chat, context.account),
        sender=_person(change.from_user),
        dedupe_key=key(update.update_id, context.me),
        sent_at=change.date,
        is_group=is_group,
        occasion=Occasion.FOLLOWED if now else Occasion.UNFOLLOWED,
    )


KINDS: Mapping[str, Callable[[Update, Context], Inbound | None]] = {
    "message": _written,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}
ALLOWED = tuple(KINDS)


def _is_present(member: ChatMember) -> bool:
    return member.status in _PRESENT and getattr(member, "is_member", True)


def _is_service(message: Message) -> bool:
    """Whether the platform itself speaks: somebody joined, a title changed, a post of a linked channel."""
    carries = message.text or message.caption or message.effective_attachment
    return not carries or bool(message.is_automatic_forward)


def _sender(message: Message) -> Sender | None:
    """Return who wrote; None for other bots. An administrator who writes as the group stays the group."""
    if message.sender_chat is not None:
        return Sender(str(message.sender_chat.id), message.sender_chat.effective_name or "群")
    if message.from_user is None or message.from_user.is_bot:
        return None
    return _person(message.from_user)


def _person(user: User) -> Sender:
    return Sender(str(user.id), user.full_name)


def _forwarded(message: Message, me: Me) -> Forwarded | None:
    """Return whose words a message passes on; who somebody else is may be private, so it is not kept."""
    origin = message.forward_origin
    if origin is None:
        return None
    author = getattr(origin, "sender_user", None)
    return Forwarded.OURS if author is not None and author.id == me.id else Forwarded.OTHERS


def _topic(message: Message) -> str | None:
    """Return the topic of a forum; a thread of replies elsewhere is none, and can't be written into."""
    return str(message.message_thread_id) if message.is_topic_message else None


def _address(chat: Chat, account: str) -> Address:
    return Address(NAME, account, str(chat.id))


def key(update_id: int, me: Me) -> str:
    """Return by what an update is known: another bot of the same account begins with numbers of its own."""
    return f"update:{me.id}:{update_id}"

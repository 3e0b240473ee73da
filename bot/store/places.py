"""Chats by the platform's own ids: which are support's, and what happens when such an id changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.desk.case import Chat
from bot.messages import Address
from bot.store import tables as t

_NAMES_CHAT = (
    t.InboxRow.chat_id,
    t.OutboxRow.chat_id,
    t.TicketRow.chat_id,
)


def support(session: Session, channel: str, account: str) -> list[str]:
    """Return the ids of the chats in which support works on an account: groups and members' own."""
    place = {"channel": channel, "account": account}
    members = select(t.ContactRow.user).filter_by(**place).where(t.STAFF_CONTACT)
    is_members = and_(t.ChatRow.kind == "private", t.ChatRow.chat.in_(members))
    found = select(t.ChatRow.chat).filter_by(**place).where(or_(t.STAFF_CHAT, is_members))
    return list(session.scalars(found.order_by(t.ChatRow.id)))


def move(session: Session, old: Address, new: Address) -> Chat | None:
    """Give a chat its new id and return it; None where it has it already, or was never heard of.

    The old id is remembered: buttons there can still be pressed. The new place numbers its messages anew, so
    the numbers of the old one are forgotten: nothing is edited, quoted or corrected by them. A message may
    have come from the new place before: then it belongs to the chat that was known.
    """
    known = _row(session, old)
    if known is None:
        return None
    _forget_numbers(session, known.id)
    if (other := _row(session, new)) is not None:
        _absorb(session, other, into=known)
    known.former_chat, known.chat = known.chat, new.chat
    session.flush()
    return Chat(known.id, known.kind, known.customer_id, known.state)


def _row(session: Session, place: Address) -> t.ChatRow | None:
    key = {"channel": place.channel, "account": place.account, "chat": place.chat}
    return session.scalars(select(t.ChatRow).filter_by(**key).with_for_update()).first()


def _forget_numbers(session: Session, chat_id: int) -> None:
    """Forget by which numbers the platform knows what was said in a chat."""
    session.execute(update(t.OutboxRow).where(t.OutboxRow.chat_id == chat_id).values(external_id=None))
    said = select(t.OutboxRow.id).where(t.OutboxRow.chat_id == chat_id)
    session.execute(delete(t.OutboxPartRow).where(t.OutboxPartRow.outbox_id.in_(said)))
    of_chat = update(t.InboxRow).where(t.InboxRow.chat_id == chat_id)
    content = _without(session, "external_id", "answers", "topic")
    session.execute(of_chat.values(content=content), execution_options={"synchronize_session": False})


def _without(session: Session, *keys: str) -> ColumnElement[Any]:
    """Return a received message's content without some of its keys, as the database makes it."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_remove(t.InboxRow.content, *(f"$.{key}" for key in keys))
    content: ColumnElement[Any] = t.InboxRow.content.expression
    for key in keys:
        content = content.op("-")(cast(key, String))
    return content


def _absorb(session: Session, other: t.ChatRow, into: t.ChatRow) -> None:
    """Give everything of one chat to another, and drop it; support's never becomes a customer's."""
    for column in _NAMES_CHAT:
        session.execute(update(column.class_).where(column == other.id).values(chat_id=into.id))
    watched = select(t.TicketChatRow.ticket_id).where(t.TicketChatRow.chat_id == into.id)
    session.execute(
        update(t.TicketChatRow)
        .where(t.TicketChatRow.chat_id == other.id, t.TicketChatRow.ticket_id.not_in(watched))
        .values(chat_id=into.id)
    )
    for left in session.scalars(select(t.TicketChatRow).where(t.TicketChatRow.chat_id == other.id)):
        session.delete(left)
    if other.kind == "staff" and into.customer_id is None:
        into.kind = "staff"
    if into.kind != "staff":
        into.customer_id = into.customer_id or other.customer_id
    session.delete(other)
    session.flush()

"""Chats by the platform's own ids: which are support's, and what happens when such an id changes."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.desk.case import Chat
from bot.messages import Address
from bot.store import tables as t

_NAMES_CHAT = (
    t.InboxRow.chat_id,
    t.OutboxRow.chat_id,
    t.TicketRow.chat_id,
)


def staff(session: Session, channel: str, account: str) -> list[str]:
    """Return the platform's ids of the chats in which support works on an account."""
    found = select(t.ChatRow.chat).filter_by(channel=channel, account=account, kind="staff")
    return list(session.scalars(found.order_by(t.ChatRow.id)))


def move(session: Session, old: Address, new: Address) -> Chat | None:
    """Give a chat its new id and return it; None where it has it already, or was never heard of.

    A message may have come from the new place before: then it belongs to the chat that was known.
    """
    known = _row(session, old)
    if known is None:
        return None
    if (other := _row(session, new)) is not None:
        _absorb(session, other, into=known)
    known.chat = new.chat
    session.flush()
    return Chat(known.id, known.kind, known.customer_id, known.state)


def _row(session: Session, place: Address) -> t.ChatRow | None:
    key = {"channel": place.channel, "account": place.account, "chat": place.chat}
    return session.scalars(select(t.ChatRow).filter_by(**key).with_for_update()).first()


def _absorb(session: Session, other: t.ChatRow, into: t.ChatRow) -> None:
    """Give everything of one chat to another, and drop it."""
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
    into.customer_id = into.customer_id or other.customer_id
    session.delete(other)
    session.flush()

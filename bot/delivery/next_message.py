"""Which message is handled next, with its chat locked and with all that handling it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.desk.case import Chat, Contact
from bot.messages import Address, Inbound
from bot.store import tables as t
from bot.store.chats import contact_of
from bot.store.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Message:
    """A received message, ready to be handled.

    Attributes:
        reported_at: the earlier of the platform's timestamp and our receipt: where a response clock starts.
    """

    id: int
    inbound: Inbound
    chat: Chat
    contact: Contact
    reported_at: datetime


Find = Callable[[UnitOfWork], int | None]  # the chat whose next message is handled; None: nothing is to do

IN_ORDER = (t.InboxRow.sent_at, t.InboxRow.content["number"].as_integer(), t.InboxRow.id)  # the platform's
# A message with all that handling it will ask for, in one query.
AROUND = (
    select(t.InboxRow, t.ChatRow, t.ContactRow, t.CustomerRow)
    .join(t.ChatRow, t.ChatRow.id == t.InboxRow.chat_id)
    .join(t.ContactRow, t.ContactRow.id == t.InboxRow.contact_id)
    .outerjoin(t.CustomerRow, t.CustomerRow.id == t.ChatRow.customer_id)
    .where(t.InboxRow.id == bindparam("message"))
)
NEXT = (
    select(t.InboxRow)
    .where(t.InboxRow.chat_id == bindparam("chat"), t.InboxRow.status == "received")
    .order_by(*IN_ORDER)
    .limit(1)
)


def chat_of(inbox_id: int) -> Find:
    """Find the chat of a message that is not handled; what handling will ask for is read with it."""

    def find(unit: UnitOfWork) -> int | None:
        message: t.InboxRow = unit.session.execute(AROUND, {"message": inbox_id}).one()[0]
        return message.chat_id if message.status == "received" else None

    return find


def in_chat(chat_id: int) -> Find:
    """Find a chat that is known."""
    return lambda _: chat_id


def lock_chat(unit: UnitOfWork, chat_id: int) -> Chat:
    """Lock the chat's customer, then the chat: two colleagues in two chats must not open two tickets."""
    while True:
        customer_id = unit.session.get_one(t.ChatRow, chat_id).customer_id
        if customer_id is not None:
            unit.session.lock_one(t.CustomerRow, customer_id)
        chat = unit.chats.get(chat_id)
        if chat.customer_id == customer_id:  # else it was bound in between
            return chat


def message_of(session: Session, row: t.InboxRow, chat: Chat) -> Message:
    """Return a stored message as it is handled."""
    place = session.get_one(t.ChatRow, row.chat_id)
    inbound = Inbound.from_dict(
        row.content,
        address=Address(place.channel, place.account, place.chat),
        dedupe_key=row.dedupe_key,
        sent_at=row.sent_at,
    )
    contact = contact_of(session.get_one(t.ContactRow, row.contact_id))
    return Message(row.id, inbound, chat, contact, min(row.sent_at, row.received_at))


def next_of(unit: UnitOfWork, chat_id: int) -> t.InboxRow | None:
    """Return the earliest message of a chat, by the platform's order, that is not handled."""
    return unit.session.scalars(NEXT, {"chat": chat_id}).first()

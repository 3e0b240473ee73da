"""Several messages at once: what nobody else holds is locked, and what they need is read for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeVar

from sqlalchemy import bindparam, exists, or_, select

from bot.delivery.next_message import IN_ORDER
from bot.desk.terms import Role
from bot.store import tables as t
from bot.store.store import UnitOfWork

MOST = 50  # that wait in these chats: the rest is for the next
INBOX, CHAT, CONTACT, OUTBOX = map(t.table_of, (t.InboxRow, t.ChatRow, t.ContactRow, t.OutboxRow))
Row = TypeVar("Row", t.CustomerRow, t.ChatRow)

ASKED = (
    select(
        INBOX.c.id.label("message"),
        CHAT.c.id,
        CHAT.c.customer_id,
        or_(CHAT.c.kind == "staff", CONTACT.c.role != Role.CUSTOMER.value).label("is_staffs"),
        exists().where(OUTBOX.c.chat_id == CHAT.c.id, OUTBOX.c.status == "held").label("has_held"),
    )
    .join_from(INBOX, CHAT, CHAT.c.id == INBOX.c.chat_id)
    .join(CONTACT, CONTACT.c.id == INBOX.c.contact_id)
    .where(INBOX.c.id.in_(bindparam("messages", expanding=True)), INBOX.c.status == "received")
)
WAITING = (
    select(t.InboxRow, t.ContactRow)
    .join(t.ContactRow, t.ContactRow.id == t.InboxRow.contact_id)
    .where(t.InboxRow.chat_id.in_(bindparam("chats", expanding=True)), t.InboxRow.status == "received")
    .order_by(*IN_ORDER)
    .limit(MOST)
)


class Place(NamedTuple):
    """Where a message that is to be handled stands, by the ids of message, chat and customer.

    Attributes:
        is_staffs: it, or its chat, is staff's.
        has_held: messages to that chat wait until it writes.
    """

    message: int
    id: int
    customer_id: int | None
    is_staffs: bool
    has_held: bool


class Taken(NamedTuple):
    """A message whose chat is locked; ``has_held``: messages to that chat wait until it writes."""

    row: t.InboxRow
    has_held: bool


def places(unit: UnitOfWork, asked: Collection[int]) -> list[Place]:
    """Return where those of these messages stand that are not handled."""
    return [Place(*row) for row in unit.session.execute(ASKED, {"messages": list(asked)})]


def take(unit: UnitOfWork, asked: Collection[Place]) -> Iterator[Taken]:
    """Lock the customers and chats of these messages, and yield what is to be handled there, in order.

    Nobody is waited for: what somebody else holds is left out. A chat's messages go in the platform's order,
    and none goes that is after the last that was asked for, nor from the first on that failed or needs other
    locks: one before it, handled in between, may have bound the chat or made its sender staff. Nor do those
    of staff, which may be about any customer, whose lock would come out of order.
    """
    messages = {place.message for place in asked if not place.is_staffs}
    found = {place.id: place for place in asked if not place.is_staffs}
    wanted = {place.customer_id for place in found.values() if place.customer_id is not None}
    customers = _lock_free(unit, t.CustomerRow, wanted)
    free = [place.id for place in found.values() if place.customer_id in {None, *customers}]
    chats = _lock_free(unit, t.ChatRow, free)
    ours = {key for key, chat in chats.items() if chat.customer_id == found[key].customer_id}
    unit.tickets.read_ahead(list(customers))
    rows = unit.session.scalars(WAITING, {"chats": list(ours)}).all() if ours else []
    last = {row.chat_id: number for number, row in enumerate(rows) if row.id in messages}
    asked_for = [row for number, row in enumerate(rows) if number <= last.get(row.chat_id, -1)]
    for row in asked_for:
        chat, place = chats[row.chat_id], found[row.chat_id]
        sender = unit.session.get_one(t.ContactRow, row.contact_id)
        is_staffs = chat.kind == "staff" or sender.role != Role.CUSTOMER.value
        if is_staffs or row.attempts or chat.customer_id != place.customer_id:
            ours.discard(row.chat_id)
        if row.chat_id in ours:
            yield Taken(row, place.has_held)


def _lock_free(unit: UnitOfWork, kind: type[Row], keys: Collection[int]) -> dict[int, Row]:
    """Lock those of some rows that nobody holds, and return them by their ids."""
    which = select(kind).where(kind.id.in_(keys)).order_by(kind.id)
    free = which.with_for_update(skip_locked=True, key_share=True)
    rows = unit.session.scalars(free).all() if keys else []
    unit.session.note_locked(rows)
    return {row.id: row for row in rows}

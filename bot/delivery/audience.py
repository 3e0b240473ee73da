"""Whom a message is for, and what it therefore means that it does not arrive."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.desk.case import Case
from bot.desk.events import BOT, Actor, Side
from bot.store import tables as t
from bot.store.store import UnitOfWork


def is_for_staff(unit: UnitOfWork, row: t.OutboxRow) -> bool:
    """Whether a message goes to support: to say in the same chat that it failed would go on for ever."""
    kind = unit.session.get_one(t.ChatRow, row.chat_id).kind
    return kind == "staff" or any(row.chat_id in member.chats for member in unit.alarms.members())


def is_call(unit: UnitOfWork, row: t.OutboxRow) -> bool:
    """Whether a message calls support to act: it can't wait, and is raised another way where it must."""
    return row.urgent or (row.card is not None and row.note is None and is_for_staff(unit, row))


def first_of(unit: UnitOfWork, row: t.OutboxRow, *alike: ColumnElement[bool]) -> Case | None:
    """Return the ticket of a customer's message that is the first such one in its chat, else None."""
    others = select(t.OutboxRow.id).where(
        t.OutboxRow.chat_id == row.chat_id,
        t.OutboxRow.ticket_id == row.ticket_id,
        t.OutboxRow.id != row.id,
        *alike,
    )
    if row.ticket_id is None or is_for_staff(unit, row) or unit.session.scalars(others).first():
        return None
    return unit.tickets.get(row.ticket_id)


def author(unit: UnitOfWork, row: t.OutboxRow) -> Actor:
    """Return the engineer whose message it was."""
    if row.inbox_id is None:
        return BOT
    contact = unit.session.get_one(t.ContactRow, unit.session.get_one(t.InboxRow, row.inbox_id).contact_id)
    return Actor(Side.VENDOR, contact.id, contact.name)

"""Chats and customers in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from bot.desk.calendar import SHANGHAI
from bot.desk.case import Chat, Contact, Customer
from bot.desk.contract import Terms, in_force
from bot.desk.staff import ContactPerson
from bot.desk.terms import Role
from bot.store import phones, telephone
from bot.store import tables as t
from bot.store import terms as contracts
from bot.store.session import UnitSession
from bot.store.staff_chats import staff_chats


def contact_of(row: t.ContactRow) -> Contact:
    """Return the pure record of a contact."""
    return Contact(row.id, row.name, Role(row.role), row.customer_id, row.phone)


class ChatStore:
    """See `bot.dialogue.ports.Chats`."""

    def __init__(self, session: UnitSession) -> None:
        self._session = session

    def get(self, chat_id: int) -> Chat:
        row = self._session.lock_one(t.ChatRow, chat_id)
        return Chat(row.id, row.kind, row.customer_id, row.state)

    def keep(self, chat_id: int, state: Mapping[str, Any]) -> None:
        self._session.write(self._session.get_one(t.ChatRow, chat_id), state=dict(state))

    def exists(self, chat_id: int) -> bool:
        return self._session.get(t.ChatRow, chat_id) is not None

    def staff(self) -> list[int]:
        return staff_chats(self._session)

    def bind(self, chat_id: int, customer_id: int) -> None:
        self._session.write(self._session.lock_one(t.ChatRow, chat_id), customer_id=customer_id)

    def unbind(self, chat_id: int) -> None:
        row = self._session.lock_one(t.ChatRow, chat_id)
        row.customer_id, row.state = None, {}

    def make_staff(self, chat_id: int) -> None:
        self._session.write(self._session.lock_one(t.ChatRow, chat_id), kind="staff")

    def telephone(self, customer_id: int) -> tuple[Chat, Contact]:
        chat_id, contact = telephone.of(self._session, customer_id)
        return self.get(chat_id), contact_of(contact)


class CustomerStore:
    """See `bot.dialogue.ports.Customers`."""

    def __init__(self, session: UnitSession) -> None:
        self._session = session

    def get(self, customer_id: int) -> Customer:
        row = self._session.get_one(t.CustomerRow, customer_id)
        return Customer(row.id, row.name)

    def find(self, words: str) -> list[Customer]:
        pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._session.scalars(
            select(t.CustomerRow)
            .where(
                or_(
                    t.CustomerRow.name.ilike(f"%{pattern}%", escape="\\"),
                    t.CustomerRow.id.in_(
                        select(t.ContractRow.customer_id).where(t.ContractRow.number == words)
                    ),
                )
            )
            .order_by(t.CustomerRow.id)
            .limit(10)
        )
        return [Customer(row.id, row.name) for row in rows]

    def terms(self, customer_id: int, at: datetime) -> Terms | None:
        return in_force(contracts.of_customer(self._session, customer_id), at.astimezone(SHANGHAI).date())

    def phones_of(self, customer_id: int) -> list[ContactPerson]:
        return phones.of_customer(self._session, customer_id)

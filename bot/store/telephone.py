"""A customer's telephone, where a ticket needs a chat: nothing is delivered to it, support phones."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.terms import Role
from bot.store import tables as t

PHONE = "phone"  # the kind of such a chat, and its channel: no platform has it
ACCOUNT = "calls"
CALLER = "来电客户"


def of(session: Session, customer_id: int) -> tuple[int, t.ContactRow]:
    """Return the chat (its id) and the contact that stand for a customer's telephone; made when new.

    The customer is locked, so that they are made once, and no two calls open two tickets for one fault.
    """
    session.get_one(t.CustomerRow, customer_id, with_for_update=t.LOCK)
    key = {"channel": PHONE, "account": ACCOUNT}
    chat = session.scalars(select(t.ChatRow).filter_by(**key, chat=str(customer_id))).first()
    contact = session.scalars(select(t.ContactRow).filter_by(**key, user=str(customer_id))).first()
    if chat is None:
        chat = t.ChatRow(**key, chat=str(customer_id), kind=PHONE, customer_id=customer_id, state={})
        session.add(chat)
    if contact is None:
        contact = t.ContactRow(
            **key,
            user=str(customer_id),
            name=CALLER,
            role=Role.CUSTOMER.value,
            customer_id=customer_id,
            bind_failures=0,
        )
        session.add(contact)
    session.flush()
    return chat.id, contact

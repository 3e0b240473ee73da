"""Whom to phone at a customer, as their contracts' records say."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.staff import ContactPerson
from bot.store import tables as t

SAID = 3  # a card has little room


def of_customer(session: Session, customer_id: int) -> list[ContactPerson]:
    """Return the persons in the order of the record; one whom two contracts name stands once."""
    rows = session.scalars(
        select(t.ContactPersonRow)
        .where(t.ContactPersonRow.customer_id == customer_id)
        .order_by(t.ContactPersonRow.id)
    )
    seen = dict.fromkeys((row.name, row.phone) for row in rows)
    return [ContactPerson(name, phone) for name, phone in seen]


def say(persons: Sequence[ContactPerson]) -> str | None:
    """Return the first of them in one line, None if there is none."""
    return "；".join(f"{person.name} {person.phone}" for person in persons[:SAID]) or None

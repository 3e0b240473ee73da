"""Whom to phone at a customer, as their contracts' records say."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.desk.staff import ContactPerson
from bot.store import tables as t

SAID = 3  # a card has little room
PERSON = t.table_of(t.ContactPersonRow).c
PERSONS = (
    select(PERSON.customer_id, PERSON.name, PERSON.phone)
    .where(PERSON.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(PERSON.id)
)


def of_customer(session: Session, customer_id: int) -> list[ContactPerson]:
    """Return the persons in the order of the record; one whom two contracts name stands once."""
    return of_customers(session, [customer_id])[customer_id]


def of_customers(session: Session, customers: Collection[int]) -> dict[int, list[ContactPerson]]:
    """Return the persons of several customers, as `of_customer` does."""
    rows = session.execute(PERSONS, {"customers": list(customers)})
    seen: dict[int, dict[ContactPerson, None]] = {customer: {} for customer in customers}
    for customer, name, phone in rows:
        seen[customer][ContactPerson(name, phone)] = None
    return {customer: list(persons) for customer, persons in seen.items()}


def say(persons: Sequence[ContactPerson]) -> str | None:
    """Return the first of them in one line, None if there is none."""
    return "；".join(f"{person.name} {person.phone}" for person in persons[:SAID]) or None

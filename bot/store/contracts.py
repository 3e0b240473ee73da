"""Contract records in the store: versions of terms, and whom to phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.desk.contract import Terms
from bot.desk.staff import ContactPerson
from bot.store import tables as t
from bot.store import terms as contracts
from bot.store.session import UnitSession


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a contract's terms and when it was entered."""

    terms: Terms
    entered_at: datetime


class ContractStore:
    """Contracts by their number."""

    def __init__(self, session: UnitSession, now: datetime) -> None:
        self._session = session
        self._now = now

    def newest(self, number: str | None = None) -> list[Terms]:
        """Return the last version of every contract, or of one, by number."""
        query = select(t.ContractRow).order_by(t.ContractRow.number, t.ContractRow.version)
        if number is not None:
            query = query.where(t.ContractRow.number == number)
        last = {row.number: row for row in self._session.scalars(query)}
        return [Terms.from_dict(row.terms) for row in last.values()]

    def versions(self, number: str) -> list[Version]:
        """Return all versions of a contract, the first one first."""
        rows = self._session.scalars(
            select(t.ContractRow).where(t.ContractRow.number == number).order_by(t.ContractRow.version)
        )
        return [Version(Terms.from_dict(row.terms), row.created_at) for row in rows]

    def add(self, terms: Terms) -> None:
        """Store a new contract or version; its customer is made where the name is new."""
        row = t.ContractRow(
            customer_id=self.customer_id(terms.customer_name),
            number=terms.contract_number,
            version=terms.version,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            terms=terms.to_dict(),
            created_at=self._now,
        )
        self._session.add(row)
        self._session.flush()
        contracts.note_new(self._session, row)

    def correct(self, terms: Terms) -> None:
        """Store what happened to a contract (sealed, paid, ended) in the version that stands."""
        row = self._session.scalars(
            select(t.ContractRow)
            .where(t.ContractRow.number == terms.contract_number, t.ContractRow.version == terms.version)
            .with_for_update()
        ).one()
        row.terms = terms.to_dict()
        self._session.flush()

    def customer_id(self, name: str) -> int:
        """Return the id of the customer of that name, who is made when new."""
        row = self._session.scalars(select(t.CustomerRow).where(t.CustomerRow.name == name)).first()
        if row is None:
            row = t.CustomerRow(name=name)
            self._session.add(row)
            self._session.flush()
        return row.id

    def customer_names(self) -> list[str]:
        """Return the names of all customers."""
        return list(self._session.scalars(select(t.CustomerRow.name).order_by(t.CustomerRow.id)))

    def persons(self, number: str) -> tuple[ContactPerson, ...]:
        """Return whom the contract's record names."""
        rows = self._session.scalars(
            select(t.ContactPersonRow)
            .where(t.ContactPersonRow.contract_number == number)
            .order_by(t.ContactPersonRow.id)
        )
        return tuple(ContactPerson(row.name, row.phone) for row in rows)

    def replace_persons(self, terms: Terms, persons: Sequence[ContactPerson]) -> None:
        """Store whom the contract's record names, instead of those that it named before."""
        self._session.execute(
            delete(t.ContactPersonRow).where(t.ContactPersonRow.contract_number == terms.contract_number)
        )
        customer_id = self.customer_id(terms.customer_name)
        self._session.add_all(
            t.ContactPersonRow(
                customer_id=customer_id,
                contract_number=terms.contract_number,
                name=person.name,
                phone=person.phone,
            )
            for person in persons
        )
        self._session.flush()

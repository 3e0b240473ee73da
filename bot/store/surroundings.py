"""What surrounds a ticket: its customer, the reporter, the terms of the contract; each is read once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.desk.case import Contact, Customer
from bot.desk.contract import Terms
from bot.desk.ticket import Ticket
from bot.store import phones
from bot.store import tables as t
from bot.store import terms as contracts
from bot.store.chats import contact_of
from bot.store.session import UnitSession
from bot.store.terms import Reference


class Surroundings:
    """Reads what surrounds tickets, one query a table, and remembers it for a unit of work."""

    def __init__(self, session: UnitSession) -> None:
        self._session = session

    def read_ahead(self, rows: Sequence[t.TicketRow], tickets: Sequence[Ticket]) -> None:
        """Read at once what surrounds several tickets."""
        self._session.read_ahead(t.CustomerRow, {row.customer_id for row in rows if row.customer_id})
        self._session.read_ahead(t.ContactRow, {row.contact_id for row in rows})
        contracts.read_ahead(self._session, {ticket.contract for ticket in tickets if ticket.contract})
        self.read_phones(
            [row.customer_id for row in rows if row.customer_id and not self._contact(row).phone]
        )

    def customer(self, row: t.TicketRow) -> Customer | None:
        """Return whose ticket it is; None: the reporter is not bound."""
        if row.customer_id is None:
            return None
        found = self._session.get_one(t.CustomerRow, row.customer_id)
        return Customer(found.id, found.name)

    def reporter(self, row: t.TicketRow) -> Contact:
        """Return who reported; without a number of their own, with those of the contract's record."""
        reporter = contact_of(self._contact(row))
        if reporter.phone or row.customer_id is None:
            return reporter
        self.read_phones([row.customer_id])
        return replace(reporter, phone=self._session.memory["phones", row.customer_id])

    def terms(self, contract: Reference | None) -> Terms | None:
        """Return the terms of a version of a contract, as its record says now."""
        return contracts.of(self._session, contract) if contract is not None else None

    def _contact(self, row: t.TicketRow) -> t.ContactRow:
        return self._session.get_one(t.ContactRow, row.contact_id)

    def read_phones(self, customers: Collection[int]) -> None:
        """Read at once whom to phone at several customers."""
        if missing := [one for one in set(customers) if ("phones", one) not in self._session.memory]:
            for customer, persons in phones.of_customers(self._session, missing).items():
                self._session.memory["phones", customer] = phones.say(persons)

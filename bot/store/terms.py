"""The terms of contracts, as their records say now; each record is read once in a unit of work."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select, tuple_

from bot.desk.contract import Terms
from bot.store import tables as t
from bot.store.session import UnitSession

Reference = tuple[str, int]  # a contract's number and version

NAMED = select(t.ContractRow).where(
    tuple_(t.ContractRow.number, t.ContractRow.version).in_(bindparam("contracts", expanding=True))
)
OWNED = (
    select(t.ContractRow)
    .where(t.ContractRow.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(t.ContractRow.id)
)


def read_ahead(session: UnitSession, contracts: Collection[Reference]) -> None:
    """Read several records by one query, so that asking for each of them later needs none."""
    if missing := [key for key in set(contracts) if ("contract", key) not in session.memory]:
        for row in session.scalars(NAMED, {"contracts": missing}):
            _remember(session, row)


def of(session: UnitSession, contract: Reference) -> Terms:
    """Return the terms of a version of a contract."""
    read_ahead(session, [contract])
    return _read(session, session.memory["contract", contract])


def read_ahead_of(session: UnitSession, customers: Collection[int]) -> None:
    """Read the records of several customers by one query, so that asking for those of each needs none."""
    if missing := [one for one in set(customers) if ("contracts of", one) not in session.memory]:
        session.memory.update({("contracts of", one): [] for one in missing})
        for row in session.scalars(OWNED, {"customers": missing}):
            session.memory["contracts of", row.customer_id].append(_remember(session, row))


def of_customer(session: UnitSession, customer_id: int) -> list[Terms]:
    """Return the terms of all versions of a customer's contracts."""
    read_ahead_of(session, [customer_id])
    return [_read(session, row) for row in session.memory["contracts of", customer_id]]


def note_new(session: UnitSession, row: t.ContractRow) -> None:
    """Note that a customer has a record more."""
    session.memory.pop(("contracts of", row.customer_id), None)


def _remember(session: UnitSession, row: t.ContractRow) -> t.ContractRow:
    session.memory["contract", (row.number, row.version)] = row
    return row


def _read(session: UnitSession, row: t.ContractRow) -> Terms:
    key, stored = ("terms", row.number, row.version), row.terms
    known = session.memory.get(key)
    if known is None or known[0] is not stored:  # a correction puts another record there
        known = session.memory[key] = (stored, Terms.from_dict(stored))
    terms: Terms = known[1]
    return terms

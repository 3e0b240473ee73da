"""Importing the sheet: all rows or none, unless the good ones alone are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.contract_files.cells import folded
from bot.contract_files.plan import Outcome, Planned, plan
from bot.contract_files.reading import Row
from bot.contract_files.rows import Read, read_row
from bot.store.contracts import ContractStore
from bot.store.store import UnitOfWork
from bot.watch.correction import correct_contract


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each row; ``stored``: whether the good ones were written."""

    rows: tuple[Planned, ...]
    stored: bool

    @property
    def bad(self) -> tuple[Planned, ...]:
        """The rows that are not stored for a reason of their own."""
        return tuple(row for row in self.rows if row.outcome is Outcome.BAD)


def import_rows(unit: UnitOfWork, rows: Sequence[Row], *, partial: bool) -> Report:
    """Write the rows in this unit of work: all of them, or with ``partial`` those that are good."""
    contracts = unit.contracts
    planned = [_planned(read, contracts) for read in _consistent([read_row(row) for row in rows], contracts)]
    stored = partial or all(row.outcome is not Outcome.BAD for row in planned)
    if stored:
        for row in planned:
            _store(unit, row)
    return Report(tuple(planned), stored)


def _planned(read: Read, contracts: ContractStore) -> Planned:
    stored = contracts.newest(read.number)
    return plan(read, stored[0] if stored else None, contracts.persons(read.number))


def _store(unit: UnitOfWork, row: Planned) -> None:
    if row.terms is None:
        return
    if row.outcome in (Outcome.NEW, Outcome.VERSION):
        unit.contracts.add(row.terms)
    elif row.changes:
        unit.contracts.correct(row.terms)
        correct_contract(unit, row.number, row.terms.version, "合同记录有更新")
    if row.persons is not None and row.outcome is not Outcome.UNCHANGED:
        unit.contracts.replace_persons(row.terms, row.persons)


def _consistent(reads: Sequence[Read], contracts: ContractStore) -> list[Read]:
    """Find rows that are good alone and bad together: one number twice, one customer written two ways."""
    first_row: dict[str, int] = {}
    names = {folded(name): name for name in contracts.customer_names()}
    checked = []
    for read in reads:
        problems = list(read.problems)
        number, name = read.number, read.values.get("customer_name")
        if number and (first := first_row.setdefault(number, read.row)) != read.row:
            problems.append(("contract_number", f"stands in row {first} already"))
        if name and (written := names.setdefault(folded(name), name)) != name:
            problems.append(("customer_name", f"is written {written!r} elsewhere: write it the same way"))
        checked.append(replace(read, problems=tuple(problems)))
    return checked

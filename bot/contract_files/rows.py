"""A row's cells as values of the contract record, with the reason for each cell that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.contract_files.columns import COLUMNS, NONE_WORD, PERSONS, PHONES, REMARKS, Column
from bot.contract_files.reading import Row
from bot.desk.contract import Terms
from bot.desk.staff import ContactPerson
from bot.errors import BadInput

_DEFAULTS = {field.name: field.default for field in fields(Terms)}


@dataclass(frozen=True, slots=True)
class Read:
    """A row with its cells read."""

    row: int
    values: Mapping[str, Any]
    persons: tuple[ContactPerson, ...] | None
    problems: tuple[tuple[str, str], ...]

    @property
    def number(self) -> str:
        """The contract's number, empty where it can't be read."""
        return str(self.values.get("contract_number", ""))


def read_row(row: Row) -> Read:
    """Read all cells of a row, with the reason for each that is wrong."""
    values: dict[str, Any] = {}
    problems = list(row.problems)
    for column in COLUMNS:
        cell = row.cells.get(column.field)
        if cell is None or column.field == REMARKS:
            continue
        try:
            values[column.field] = _value(column, cell)
        except BadInput as error:
            problems.append((column.field, str(error)))
    wrong = {name for name, _ in problems}
    if "contract_number" not in values and "contract_number" not in wrong:
        problems.append(("contract_number", "missing"))
    names, phones = values.pop(PERSONS, ()), values.pop(PHONES, ())
    persons = None
    if not wrong & {PERSONS, PHONES}:
        if len(names) != len(phones):
            problems.append((PHONES, f"{len(phones)} numbers for {len(names)} persons"))
        elif names:
            persons = tuple(map(ContactPerson, names, phones))
    return Read(row.number, values, persons, tuple(problems))


def _value(column: Column, cell: str) -> Any:
    if cell == NONE_WORD and column.can_be_emptied:
        return {} if column.field == "office_exceptions" else _DEFAULTS[column.field]
    return column.parse(cell)

"""What a row of the sheet does to its contract: new, a new version, recorded, unchanged or bad."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.contract_files.columns import COLUMNS
from bot.contract_files.rows import Read
from bot.desk import record
from bot.desk.contract import Terms
from bot.desk.fee_check import check_fee
from bot.desk.staff import ContactPerson
from bot.desk.terms import Level, Place, Zone
from bot.errors import BadInput

# What happens to a contract is recorded in the version that stands; it amends no term (contract 6.4).
FACTS = frozenset({"sealed", "paid_on", "ended_on"})
_YEAR_DAYS = range(364, 368)


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    VERSION = "new version"
    RECORDED = "recorded"  # sealing, payment, an end, the reference of a page, persons: no term changed
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the record before and after, in JSON types."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Planned:
    """A row and what it does.

    Attributes:
        terms: what will be on record; None for a bad row.
        persons: whom to phone; None: the row says nothing of them.
        problems: of a bad row, field and reason.
        notices: what a person should look at; nothing is corrected for it.
    """

    row: int
    number: str
    outcome: Outcome
    terms: Terms | None = None
    persons: tuple[ContactPerson, ...] | None = None
    changes: tuple[Change, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()


def plan(read: Read, stored: Terms | None, known_persons: tuple[ContactPerson, ...] = ()) -> Planned:
    """Say what a row does to the contract that is on record, ``None`` for a new one.

    Fields that the row leaves empty stay as they are on record.

    Source: contract 6.4 (a change needs the page that both have signed).
    """
    problems = [*read.problems, *_missing(read, stored), *_not_of_level(read, stored)]
    if problems:
        return _bad(read, problems)
    try:
        terms = replace(stored, **read.values) if stored else Terms(**read.values)
    except BadInput as error:  # "field: reason; field: reason"
        return _bad(read, [_parted(part) for part in str(error).split("; ")])
    notices = _notices(terms)
    if stored is None:
        return Planned(read.row, read.number, Outcome.NEW, terms, read.persons, notices=notices)
    changes = changes_between(stored, terms)
    amended = [change for change in changes if change.field not in FACTS | {"signed_page"}]
    if problem := _amendment_problem(stored, terms, amended):
        return _bad(read, [problem])
    if amended:
        terms, outcome = replace(terms, version=stored.version + 1), Outcome.VERSION
    else:
        is_new = bool(changes) or read.persons not in (None, known_persons)
        outcome = Outcome.RECORDED if is_new else Outcome.UNCHANGED
    return Planned(read.row, read.number, outcome, terms, read.persons, changes, notices=notices)


def _bad(read: Read, problems: list[tuple[str, str]]) -> Planned:
    return Planned(read.row, read.number, Outcome.BAD, problems=tuple(problems))


def _parted(problem: str) -> tuple[str, str]:
    name, _, reason = problem.partition(": ")
    return name, reason


def _missing(read: Read, stored: Terms | None) -> list[tuple[str, str]]:
    if stored is not None:
        return []
    wrong = {name for name, _ in read.problems}
    return [
        (column.field, "missing")
        for column in COLUMNS
        if column.required and column.field not in read.values and column.field not in wrong
    ]


def _not_of_level(read: Read, stored: Terms | None) -> list[tuple[str, str]]:
    """Return what the row says that the contract's level does not have: it would be of no effect."""
    level = read.values.get("level", stored.level if stored else None)
    if level is None:
        return []
    only = {
        "service_hours": Level.REGULAR,
        "office_hours": Level.DIAMOND,
        "office_exceptions": Level.DIAMOND,
        "man_months": Level.DIAMOND,
    }
    return [
        (name, f"only for the {owner} level, this contract is {level}")
        for name, owner in only.items()
        if read.values.get(name) and level is not owner
    ]


def changes_between(stored: Terms, terms: Terms) -> tuple[Change, ...]:
    """Return which fields differ, but for the number of the version."""
    before, after = stored.to_dict(), terms.to_dict()
    return tuple(
        Change(name, before[name], after[name])
        for name in record.names(terms)
        if name != "version" and getattr(stored, name) != getattr(terms, name)
    )


def _amendment_problem(stored: Terms, terms: Terms, amended: list[Change]) -> tuple[str, str] | None:
    if terms.customer_name != stored.customer_name:
        return (
            "customer_name",
            f"this contract is {stored.customer_name}'s: another customer's has its own number",
        )
    if amended and terms.signed_page in ("", stored.signed_page):
        names = ", ".join(change.field for change in amended)
        known = f", on record: {stored.signed_page!r}" if stored.signed_page else ""
        return "signed_page", f"{names} changed: give the page on which both signed the change{known}"
    return None


def _notices(terms: Terms) -> tuple[str, ...]:
    notices = []
    fees = check_fee(terms)
    if fees.differs:
        computed = f"at least {fees.computed:,}" if fees.at_least else f"{fees.computed:,}"
        notices.append(
            f"agreed fee {fees.agreed:,} differs from the computed one, {computed}, by {fees.difference:+,}"
        )
    if terms.place is Place.ELSEWHERE and terms.zone is not Zone.AWAY:
        notices.append("the fee is for elsewhere (外地), the service is in Beijing")
    if terms.place is Place.LOCAL and terms.zone is Zone.AWAY:
        notices.append("the fee is for local (本地), the service is out of town")
    days = (terms.ends_on - terms.starts_on).days + 1
    if days not in _YEAR_DAYS:
        notices.append(f"the term has {days} days; agreements are yearly (contract 3.1)")
    return tuple(notices)

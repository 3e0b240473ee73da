"""One version of a contract's terms, and what they mean on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.desk import record, tables
from bot.desk.calendar import AroundTheClock, DailyHours, OfficeHours, ServiceHours, Workdays
from bot.desk.money import check_money
from bot.desk.terms import Level, Place, Purchase, Scheme, Zone
from bot.errors import BadInput

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """The terms that clocks need; times of day are Asia/Shanghai.

    Attributes:
        service_hours: of the regular level's 7×8.
        response_around_the_clock: the response clock runs day and night, whatever the service hours.
        office_hours: on the customer's working days, for the diamond level.
        office_exceptions: the customer's own days, worked (true) or not, that go before the PRC calendar.
        onsite_agreed_hours: arrival agreed in the record for Beijing beyond the 5th ring (enhanced level).

    Source: contract 1.
    """

    level: Level
    zone: Zone
    service_hours: Hours = tables.SERVICE_HOURS
    response_around_the_clock: bool = False
    office_hours: Hours = tables.OFFICE_HOURS
    office_exceptions: Mapping[date, bool] = field(default_factory=dict, hash=False)
    onsite_agreed_hours: Decimal | None = None

    def __post_init__(self) -> None:
        _raise_if_any(self._service_problems())

    def _service_problems(self) -> list[str]:
        found = [
            f"{name}: opens and closes at the same time, {opens:%H:%M}"
            for name, (opens, closes) in (
                ("service_hours", self.service_hours),
                ("office_hours", self.office_hours),
            )
            if opens == closes
        ]
        if self.response_around_the_clock and self.level is Level.DIAMOND:
            found.append(
                "response_around_the_clock: a diamond contract's clock is the engineer's office hours"
            )
        if self.onsite_agreed_hours is not None:
            if self.level is not Level.ENHANCED or self.zone is not Zone.BEYOND:
                found.append("onsite_agreed_hours: only for the enhanced level beyond the 5th ring")
            elif not _is_whole_minutes(self.onsite_agreed_hours):
                found.append("onsite_agreed_hours: must be above 0 and at most 720, in whole minutes")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(ServiceTerms):
    """One version of a contract; a change is a new version with its own signed page (contract 6.4).

    Attributes:
        price: what the platform was sold for, CNY (合同成交价); ``None`` when not on record.
        agreed_fee: what both sides signed, CNY a year; never replaced by the computed fee (contract 3).
        sealed: both sides have signed and sealed it (contract 6.2).
        ends_on: the last day of the term, inside it.
        paid_on: the day on which payment in full arrived (contract 3.2).
        ended_on: the first day after an early end that a person confirmed (contract 5.1).
        man_months: of a diamond contract.
        signed_page: where the signature page of this version is kept.
    """

    contract_number: str
    version: int = 1
    customer_name: str
    scheme: Scheme
    place: Place
    purchase: Purchase = Purchase.CONTINUOUS
    price: Decimal | None = None
    agreed_fee: Decimal
    man_months: int | None = None
    signed_on: date
    sealed: bool = True
    starts_on: date
    ends_on: date
    paid_on: date | None = None
    ended_on: date | None = None
    hardware: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    signed_page: str = ""

    def __post_init__(self) -> None:
        _raise_if_any(self._service_problems() + self._record_problems())

    def _record_problems(self) -> list[str]:
        found = [
            f"{name}: must not be empty"
            for name in ("contract_number", "customer_name")
            if not getattr(self, name).strip()
        ]
        if self.version < 1:
            found.append("version: must be at least 1")
        if self.man_months is not None and self.man_months < 1:
            found.append("man_months: must be at least 1")
        if self.ends_on < self.starts_on:
            found.append(f"ends_on: {self.ends_on} is before starts_on {self.starts_on}")
        for name, amount in (("price", self.price), ("agreed_fee", self.agreed_fee)):
            try:
                check_money(amount or Decimal(0))
            except BadInput as error:
                found.append(f"{name}: {error}")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return JSON types: dates and times ISO, amounts as strings."""
        return {name: record.to_json(getattr(self, name)) for name in record.names(self)}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Terms:
        """Read what ``to_dict`` wrote.

        Raises:
            BadInput: names every field that is wrong.
        """
        return record.from_json(cls, raw)


class Coverage(StrEnum):
    """What a contract gives on a day."""

    NOT_STARTED = "not_started"
    UNPAID = "unpaid"
    ACTIVE = "active"
    EXPIRED = "expired"
    ENDED = "ended"


class State(StrEnum):
    """How far a contract has come (contract 6.2, 3.2, 5.1)."""

    SIGNED = "signed"
    IN_EFFECT = "in_effect"
    PAID = "paid"
    ACTIVE = "active"
    ENDED = "ended"


def coverage(terms: Terms, on: date) -> Coverage:
    """Return what the contract gives on a day of Asia/Shanghai.

    A late payment delays the start of service, not the term; the day of payment is served.

    Source: contract 3.2.
    """
    if terms.ended_on is not None and on >= terms.ended_on:
        return Coverage.ENDED
    if on > terms.ends_on:
        return Coverage.EXPIRED
    if not terms.sealed or on < terms.starts_on:
        return Coverage.NOT_STARTED
    if terms.paid_on is None or on < terms.paid_on:
        return Coverage.UNPAID
    return Coverage.ACTIVE


def state(terms: Terms, on: date) -> State:
    """Return how far the contract has come on a day of Asia/Shanghai (contract 6.2, 3.2, 5.1)."""
    given = coverage(terms, on)
    if given in (Coverage.ENDED, Coverage.EXPIRED):
        return State.ENDED
    if given is Coverage.ACTIVE:
        return State.ACTIVE
    if not terms.sealed:
        return State.SIGNED
    return State.IN_EFFECT if terms.paid_on is None or on < terms.paid_on else State.PAID


def in_force(versions: Iterable[Terms], on: date) -> Terms | None:
    """Return which of a customer's contract records speaks for a day of Asia/Shanghai; ``None`` without any.

    Of each contract it is the last version whose term has begun: a renewal that begins later does not speak
    yet, an amendment or an ending replaces what was before. Of several contracts the one that covers the day
    goes first, then the one whose term holds it, then the one that ends last.

    Source: contract 3.1, 6.2, 6.4.
    """
    speaking: dict[str, Terms] = {}
    for terms in sorted(versions, key=lambda terms: terms.version):
        if terms.starts_on <= on or terms.contract_number not in speaking:
            speaking[terms.contract_number] = terms
    return max(
        speaking.values(),
        key=lambda terms: (
            coverage(terms, on) is Coverage.ACTIVE,
            terms.starts_on <= on <= terms.ends_on,
            terms.ends_on,
        ),
        default=None,
    )


def payment_due(terms: Terms, workdays: Workdays) -> date:
    """Return the last day for payment in full: the fifth working day after the signing (contract 3.2)."""
    day, left = terms.signed_on, tables.PAYMENT_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= workdays.is_workday(day)
    return day


def hours_of(terms: ServiceTerms, workdays: Workdays) -> ServiceHours:
    """Return the hours in which the response clock of the contract runs (contract 1)."""
    if terms.level is Level.DIAMOND:
        return OfficeHours(*terms.office_hours, workdays, terms.office_exceptions)
    if terms.level is Level.ENHANCED or terms.response_around_the_clock:
        return AroundTheClock()
    return DailyHours(*terms.service_hours)


def _is_whole_minutes(hours: Decimal) -> bool:
    return hours.is_finite() and 0 < hours <= 720 and not hours * 60 % 1


def _raise_if_any(problems: list[str]) -> None:
    if problems:
        raise BadInput("; ".join(problems))

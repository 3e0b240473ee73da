"""Contract records: what they mean on a day, what they refuse, and how they are kept."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from bot.desk.calendar import AroundTheClock, DailyHours, OfficeHours
from bot.desk.contract import Coverage, State, Terms, coverage, hours_of, payment_due, state
from bot.desk.terms import Level, Purchase, Zone
from bot.errors import BadInput, UnknownYear
from bot.workdays import PrcWorkdays

from .samples import SAMPLE, service, terms

WORKDAYS = PrcWorkdays()


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2021, 1, 19), Coverage.NOT_STARTED),
        (date(2021, 1, 20), Coverage.UNPAID),
        (date(2021, 1, 21), Coverage.UNPAID),
        (date(2021, 1, 22), Coverage.ACTIVE),  # service starts on receipt
        (date(2022, 1, 20), Coverage.ACTIVE),  # the last day is inside the term
        (date(2022, 1, 21), Coverage.EXPIRED),
    ],
)
def test_a_contract_covers_its_term_from_payment_on(on: date, expected: Coverage) -> None:
    assert coverage(SAMPLE, on) is expected


def test_paying_early_does_not_start_service_before_the_term() -> None:
    early = terms(paid_on=date(2021, 1, 16))
    assert coverage(early, date(2021, 1, 19)) is Coverage.NOT_STARTED
    assert coverage(early, date(2021, 1, 20)) is Coverage.ACTIVE


def test_a_contract_never_paid_is_unpaid_and_then_expired() -> None:
    unpaid = terms(paid_on=None)
    assert coverage(unpaid, date(2022, 1, 20)) is Coverage.UNPAID
    assert coverage(unpaid, date(2022, 1, 21)) is Coverage.EXPIRED


def test_an_early_end_holds_from_its_day_on() -> None:
    ended = terms(ended_on=date(2021, 8, 10))
    assert coverage(ended, date(2021, 8, 9)) is Coverage.ACTIVE
    assert coverage(ended, date(2021, 8, 10)) is Coverage.ENDED
    assert coverage(ended, date(2023, 1, 1)) is Coverage.ENDED


def test_a_contract_that_one_side_has_not_sealed_covers_nothing() -> None:
    assert coverage(terms(sealed=False), date(2021, 6, 1)) is Coverage.NOT_STARTED


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({"sealed": False, "paid_on": None}, date(2021, 1, 15), State.SIGNED),
        ({"paid_on": None}, date(2021, 1, 15), State.IN_EFFECT),
        ({"paid_on": None}, date(2021, 6, 1), State.IN_EFFECT),
        ({"paid_on": date(2021, 1, 16)}, date(2021, 1, 15), State.IN_EFFECT),
        ({"paid_on": date(2021, 1, 16)}, date(2021, 1, 16), State.PAID),
        ({}, date(2021, 1, 22), State.ACTIVE),
        ({}, date(2022, 1, 21), State.ENDED),
        ({"ended_on": date(2021, 8, 10)}, date(2021, 8, 10), State.ENDED),
    ],
)
def test_a_contract_comes_from_signed_to_ended(changes: dict[str, Any], on: date, expected: State) -> None:
    assert state(terms(**changes), on) is expected


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # a Monday: the weekend lies between
        (date(2026, 11, 20), date(2026, 11, 27)),
        (date(2026, 11, 21), date(2026, 11, 27)),  # signed on a Saturday
        (date(2026, 9, 29), date(2026, 10, 12)),
        (date(2026, 2, 12), date(2026, 2, 26)),  # Spring Festival, with a make-up Saturday
    ],
)
def test_payment_is_due_on_the_fifth_working_day_after_signing(signed: date, expected: date) -> None:
    assert payment_due(terms(signed_on=signed), WORKDAYS) == expected


def test_payment_in_an_unknown_year_is_an_error() -> None:
    with pytest.raises(UnknownYear):
        payment_due(terms(signed_on=date(2026, 12, 30)), WORKDAYS)


def test_the_level_decides_when_the_response_clock_runs() -> None:
    assert hours_of(service(Level.REGULAR), WORKDAYS) == DailyHours(time(9), time(17))
    assert hours_of(service(Level.ENHANCED), WORKDAYS) == AroundTheClock()
    assert hours_of(service(Level.DIAMOND), WORKDAYS) == OfficeHours(time(9), time(18), WORKDAYS)
    assert hours_of(service(Level.REGULAR, response_around_the_clock=True), WORKDAYS) == AroundTheClock()


FULL = terms(
    level=Level.ENHANCED,
    version=3,
    purchase=Purchase.LAPSED,
    price=Decimal("123456.78"),
    service_hours=(time(22), time(6)),
    office_hours=(time(8, 30), time(17, 30)),
    office_exceptions={date(2026, 11, 28): True, date(2026, 11, 24): False},
    onsite_agreed_hours=Decimal("4.5"),
    ended_on=date(2021, 12, 1),
    hardware=("板卡 A", "服务器"),
    permissions=("远程巡检",),
    signed_page="扫描件 12 页",
)


@pytest.mark.parametrize("record", [SAMPLE, FULL, terms(price=None, paid_on=None), terms(man_months=12)])
def test_a_record_survives_json(record: Terms) -> None:
    text = json.dumps(record.to_dict(), ensure_ascii=False)
    assert Terms.from_dict(json.loads(text)) == record


def test_a_record_keeps_dates_as_iso_and_money_as_strings() -> None:
    kept = FULL.to_dict()
    assert kept["signed_on"] == "2021-01-15"
    assert kept["price"] == "123456.78"
    assert kept["service_hours"] == ["22:00", "06:00"]
    assert kept["office_exceptions"] == {"2026-11-24": False, "2026-11-28": True}
    assert kept["level"] == "enhanced"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("level", "gold", "regular, enhanced, diamond"),
        ("zone", None, "inside, beyond, away"),
        ("signed_on", "2021-02-30", "malformed"),
        ("signed_on", 20210115, "must be a string"),
        ("price", "12,000", "malformed"),
        ("price", "-1", "from 0"),
        ("price", "NaN", "from 0"),
        ("price", "0.001", "two decimals"),
        ("agreed_fee", 23000, "must be a string"),
        ("agreed_fee", "Infinity", "from 0"),
        ("version", 0, "at least 1"),
        ("version", True, "must be int"),
        ("version", "1", "must be int"),
        ("man_months", 0, "at least 1"),
        ("contract_number", " ", "empty"),
        ("customer_name", "", "empty"),
        ("ends_on", "2021-01-19", "before starts_on"),
        ("service_hours", ["09:00", "09:00"], "same time"),
        ("office_hours", ["09:00"], "2 items"),
        ("office_hours", "09:00-18:00", "must be a list"),
        ("service_hours", ["09:00+08:00", "17:00"], "no zone"),
        ("office_exceptions", {"2026-11-28": "yes"}, "must be bool"),
        ("office_exceptions", ["2026-11-28"], "malformed"),
        ("hardware", "板卡", "must be a list"),
        ("sealed", "yes", "must be bool"),
        ("onsite_agreed_hours", "4", "enhanced level"),
        ("colour", "red", "unknown field"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(field: str, value: object, why: str) -> None:
    with pytest.raises(BadInput, match=rf"^{field}: .*{why}"):
        Terms.from_dict({**SAMPLE.to_dict(), field: value})


@pytest.mark.parametrize("hours", ["0", "-1", "NaN", "721", "1.001"])
def test_agreed_arrival_is_a_sensible_number_of_whole_minutes(hours: str) -> None:
    with pytest.raises(BadInput, match=r"^onsite_agreed_hours: .*whole minutes"):
        terms(level=Level.ENHANCED, onsite_agreed_hours=Decimal(hours))


def test_an_agreed_arrival_is_only_for_what_the_contract_leaves_open() -> None:
    for level, zone in (
        (Level.ENHANCED, Zone.INSIDE),
        (Level.REGULAR, Zone.BEYOND),
        (Level.DIAMOND, Zone.BEYOND),
    ):
        with pytest.raises(BadInput, match=r"^onsite_agreed_hours: only"):
            terms(level=level, zone=zone, onsite_agreed_hours=Decimal(4))


def test_a_diamond_clock_can_not_run_day_and_night() -> None:
    with pytest.raises(BadInput, match=r"^response_around_the_clock: "):
        terms(level=Level.DIAMOND, response_around_the_clock=True)


def test_every_missing_field_is_named_at_once() -> None:
    raw = SAMPLE.to_dict()
    del raw["level"], raw["signed_on"]
    with pytest.raises(BadInput, match=r"level: missing.*signed_on: missing"):
        Terms.from_dict(raw)

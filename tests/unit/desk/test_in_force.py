"""Which record of a customer's contracts speaks for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.desk.contract import Terms, in_force
from bot.desk.terms import Level, Place, Scheme, Zone

FIRST = Terms(
    contract_number="A-1",
    customer_name="某客户",
    level=Level.REGULAR,
    zone=Zone.INSIDE,
    scheme=Scheme.SWITCH,
    place=Place.LOCAL,
    agreed_fee=Decimal(18000),
    signed_on=date(2025, 12, 20),
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    paid_on=date(2025, 12, 28),
)
MAY = date(2026, 5, 1)


def test_without_a_record_nothing_speaks() -> None:
    assert in_force([], MAY) is None


def test_a_renewal_that_begins_later_does_not_speak_yet() -> None:
    renewal = replace(
        FIRST, version=2, level=Level.ENHANCED, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )

    assert in_force([renewal, FIRST], FIRST.ends_on) == FIRST
    assert in_force([renewal, FIRST], FIRST.ends_on + timedelta(days=1)) == renewal


def test_an_amendment_replaces_what_was_before() -> None:
    amended = replace(FIRST, version=2, level=Level.ENHANCED)

    assert in_force([FIRST, amended], MAY) == amended


def test_an_ending_is_not_undone_by_the_version_before_it() -> None:
    ended = replace(FIRST, version=2, ended_on=date(2026, 3, 1))

    assert in_force([FIRST, ended], MAY) == ended


def test_of_two_contracts_the_one_that_covers_the_day_speaks() -> None:
    unpaid = replace(FIRST, contract_number="B-2", paid_on=None, ends_on=date(2027, 12, 31))

    assert in_force([unpaid, FIRST], MAY) == FIRST
    assert in_force([unpaid, FIRST], date(2027, 5, 1)) == unpaid


def test_before_the_first_term_the_first_record_speaks() -> None:
    assert in_force([FIRST], date(2025, 6, 1)) == FIRST

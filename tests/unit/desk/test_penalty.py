"""The penalty by the day, and the day on which it ends the contract (contract 5.1)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.penalty import late_payment_days, late_service_days, penalty
from bot.errors import BadInput

from .samples import at

FEE = Decimal(23_000)


@pytest.mark.parametrize(
    ("days", "owed", "terminated"),
    [
        (0, "0.00", False),
        (1, "23.00", False),
        (2, "46.00", False),
        (199, "4577.00", False),
        (200, "4600.00", False),  # exactly 20 %: not exceeded
        (201, "4623.00", True),
        (202, "4623.00", True),  # accrues no further
        (100_000, "4623.00", True),
    ],
)
def test_the_penalty_accrues_up_to_the_day_on_which_it_exceeds_a_fifth(
    days: int, owed: str, terminated: bool
) -> None:
    result = penalty(FEE, days)
    assert str(result.penalty) == owed
    assert result.terminated is terminated
    assert result.ends_on_day == 201
    assert result.charged_days == min(days, 201)


def test_a_penalty_is_rounded_half_up_to_the_cent_once_not_by_the_day() -> None:
    assert penalty(Decimal("12345.00"), 1).penalty == Decimal("12.35")  # 12.345
    assert penalty(Decimal("12345.00"), 2).penalty == Decimal("24.69")
    assert penalty(Decimal("0.01"), 201).penalty == Decimal("0.00")


def test_the_end_does_not_hang_on_rounding() -> None:
    assert not penalty(Decimal("0.07"), 200).terminated
    assert penalty(Decimal("0.07"), 201).terminated


@given(st.decimals("0.01", 10**9, places=2), st.integers(0, 400))
def test_the_contract_ends_exactly_when_the_unrounded_sum_exceeds_a_fifth(amount: Decimal, days: int) -> None:
    by_day = [amount / 1000] * days
    assert penalty(amount, days).terminated is (sum(by_day) > amount / 5)


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(BadInput):
        penalty(Decimal(amount), 1)


def test_negative_days_are_refused() -> None:
    with pytest.raises(BadInput, match="negative"):
        penalty(FEE, -1)


def test_a_payment_on_the_due_day_is_not_late() -> None:
    due = date(2026, 12, 31)
    assert [late_payment_days(due, due + timedelta(days=n)) for n in (-3, 0, 1, 201)] == [0, 0, 1, 201]


def test_only_whole_days_of_late_service_are_charged() -> None:
    due = at("2026-11-23T17:00")
    late = [
        timedelta(hours=-5),
        timedelta(0),
        timedelta(hours=23, minutes=59),
        timedelta(days=1),
        timedelta(hours=50),
    ]
    assert [late_service_days(due, due + by) for by in late] == [0, 0, 0, 1, 2]

"""Both fee tables, cell by cell, at and around the floors (contract 3)."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.fees import computed_fee, quote
from bot.desk.terms import Level, Place, Purchase, Scheme
from bot.errors import BadInput, Refused

from .samples import terms

CENT = Decimal("0.01")

# As the contract prints them: percent, floor; board local, board elsewhere, switch local, switch elsewhere.
PRINTED = {
    ("continuous", "regular"): "15/12000 20/18000 15/18000 20/25000",
    ("continuous", "enhanced"): "20/18000 25/25000 20/25000 25/35000",
    ("lapsed", "regular"): "20/18000 25/25000 20/25000 25/35000",
    ("lapsed", "enhanced"): "25/28000 30/35000 25/35000 30/45000",
}
COLUMNS = [("board", "local"), ("board", "elsewhere"), ("switch", "local"), ("switch", "elsewhere")]
CELLS = [
    (Level(level), Scheme(scheme), Place(place), Purchase(purchase), *map(Decimal, cell.split("/")))
    for (purchase, level), row in PRINTED.items()
    for (scheme, place), cell in zip(COLUMNS, row.split(), strict=True)
]
MAN_MONTHS = {
    ("board", "local"): 20_000,
    ("board", "elsewhere"): 35_000,
    ("switch", "local"): 30_000,
    ("switch", "elsewhere"): 50_000,
}


def test_there_are_sixteen_cells_by_rate() -> None:
    assert len(CELLS) == 16


@pytest.mark.parametrize(("level", "scheme", "place", "purchase", "percent", "floor"), CELLS)
def test_every_cell_takes_its_rate_above_and_its_floor_below(
    level: Level, scheme: Scheme, place: Place, purchase: Purchase, percent: Decimal, floor: Decimal
) -> None:
    def of(price: Decimal) -> tuple[Decimal, str]:
        result = quote(level, scheme, place, purchase=purchase, price=price)
        assert (result.rate, result.floor) == (percent / 100, floor)
        return result.fee, result.basis

    turn = (floor * 100 / percent).quantize(CENT, ROUND_UP)  # the lowest price whose share reaches the floor
    assert of(turn) == (floor, "rate")
    assert of(turn - 1) == (floor, "floor")
    assert of(turn - CENT) == (floor, "floor")
    assert of(turn + 100) == (floor + percent, "rate")
    assert of(turn * 2) == (floor * 2, "rate")
    assert of(Decimal(0)) == (floor, "floor")


def test_a_share_is_rounded_half_up_to_the_cent() -> None:
    def fee(price: str) -> Decimal:
        return quote(Level.REGULAR, Scheme.BOARD, Place.LOCAL, price=Decimal(price)).fee

    assert fee("100000.10") == Decimal("15000.02")  # 15000.015
    assert fee("100000.03") == Decimal("15000.00")  # 15000.0045
    assert fee("100000.30") == Decimal("15000.05")  # 15000.045, half even would give .04
    assert str(fee("100000")) == "15000.00"


@pytest.mark.parametrize(("scheme", "place"), COLUMNS)
def test_diamond_is_paid_by_the_man_month(scheme: str, place: str) -> None:
    for man_months in (1, 24):
        result = quote(Level.DIAMOND, Scheme(scheme), Place(place), man_months=man_months)
        assert result.fee == MAN_MONTHS[scheme, place] * man_months
        assert result.basis == "man-month"
        assert result.rate is result.floor is None


def test_diamond_after_a_break_is_not_in_the_table() -> None:
    with pytest.raises(Refused, match="不在合同的费率表中"):
        quote(Level.DIAMOND, Scheme.BOARD, Place.LOCAL, purchase=Purchase.LAPSED, man_months=1)


@pytest.mark.parametrize(
    ("level", "changes", "why"),
    [
        (Level.REGULAR, {}, "price is missing"),
        (Level.REGULAR, {"price": Decimal(1), "man_months": 1}, "diamond"),
        (Level.REGULAR, {"price": Decimal(-1)}, "from 0"),
        (Level.REGULAR, {"price": Decimal("NaN")}, "from 0"),
        (Level.REGULAR, {"price": Decimal("0.005")}, "two decimals"),
        (Level.DIAMOND, {}, "missing"),
        (Level.DIAMOND, {"man_months": 0}, "missing"),
    ],
)
def test_a_quote_without_its_figures_is_refused(level: Level, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        quote(level, Scheme.BOARD, Place.LOCAL, **changes)


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**6, places=2), st.sampled_from(CELLS))
def test_a_higher_price_never_costs_less(price: Decimal, more: Decimal, cell: tuple[Any, ...]) -> None:
    level, scheme, place, purchase, *_ = cell
    low = quote(level, scheme, place, purchase=purchase, price=price)
    high = quote(level, scheme, place, purchase=purchase, price=price + more)
    assert high.fee >= low.fee >= (low.floor or 0)


def test_the_sample_contract_was_agreed_below_its_computed_fee() -> None:
    result = computed_fee(terms())
    assert result is not None
    assert (str(result.fee), result.basis, result.fee_zh) == ("25000.00", "floor", "贰万伍仟元整")
    assert terms().agreed_fee == 23_000


def test_a_computed_fee_that_can_not_be_known_is_none() -> None:
    assert computed_fee(terms(price=None)) is None
    assert computed_fee(terms(level=Level.DIAMOND)) is None
    assert computed_fee(terms(level=Level.DIAMOND, man_months=12, purchase=Purchase.LAPSED)) is None
    diamond = computed_fee(terms(level=Level.DIAMOND, man_months=12))
    assert diamond is not None
    assert diamond.fee == 600_000

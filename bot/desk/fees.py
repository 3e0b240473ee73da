"""The yearly fee by the contract's tables (contract 3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.desk import tables
from bot.desk.capitals import fee_in_capitals
from bot.desk.contract import Terms
from bot.desk.money import check_money, to_cents
from bot.desk.terms import Level, Place, Purchase, Scheme
from bot.errors import BadInput, Refused

__all__ = ["Quote", "computed_fee", "fee_in_capitals", "quote"]

Basis = Literal["rate", "floor", "man-month"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A computed fee in CNY and what it rests on.

    Attributes:
        rate: the share of the contract price; ``None`` for a man-month fee.
        floor: the least fee, CNY; ``None`` for a man-month fee.
        man_month_fee: CNY a man-month; ``None`` for a share of the price.
    """

    fee: Decimal
    rate: Decimal | None
    floor: Decimal | None
    basis: Basis
    man_month_fee: Decimal | None = None

    @property
    def fee_zh(self) -> str:
        return fee_in_capitals(self.fee)


def quote(
    level: Level,
    scheme: Scheme,
    place: Place,
    *,
    purchase: Purchase = Purchase.CONTINUOUS,
    price: Decimal | None = None,
    man_months: int | None = None,
) -> Quote:
    """Return the fee for a year (regular, enhanced) or for ``man_months`` (diamond), to the cent (half up).

    Args:
        price: what the platform was sold for, CNY; not used for diamond.
        man_months: months times people; diamond only.

    Raises:
        BadInput: the price or the man-months are missing or malformed.
        Refused: diamond after a break in maintenance, which the contract's table does not hold.

    Source: contract 3, both fee tables.
    """
    if level is Level.DIAMOND:
        return _by_man_month(scheme, place, purchase, man_months)
    if man_months is not None:
        raise BadInput(f"man-months are for the diamond level, the {level} fee is a share of the price")
    if price is None:
        raise BadInput(f"the {level} fee is a share of the contract price: the price is missing")
    cell = tables.FEES[purchase][level][scheme, place]
    share = check_money(price) * cell.rate
    if share < cell.floor:
        return Quote(to_cents(cell.floor), cell.rate, to_cents(cell.floor), "floor")
    return Quote(to_cents(share), cell.rate, to_cents(cell.floor), "rate")


def computed_fee(terms: Terms) -> Quote | None:
    """Return the table's fee, to be shown beside the agreed one; ``None`` where it can't be known."""
    diamond = terms.level is Level.DIAMOND
    if diamond and (terms.purchase is Purchase.LAPSED or terms.man_months is None):
        return None
    if not diamond and terms.price is None:
        return None
    return quote(
        terms.level,
        terms.scheme,
        terms.place,
        purchase=terms.purchase,
        price=terms.price,
        man_months=terms.man_months if diamond else None,
    )


def _by_man_month(scheme: Scheme, place: Place, purchase: Purchase, man_months: int | None) -> Quote:
    if purchase is Purchase.LAPSED:
        raise Refused("钻石级中断维保后的首次续费不在合同的费率表中，需由双方商定")
    if man_months is None or man_months < 1:
        raise BadInput("the diamond fee is by the man-month: the number of months and people is missing")
    unit = tables.MAN_MONTH_FEES[scheme, place]
    return Quote(check_money(unit * man_months), None, None, "man-month", to_cents(unit))

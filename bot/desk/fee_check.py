"""The agreed fee beside the computed one: a difference is shown, never corrected (contract 3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.desk import tables
from bot.desk.contract import Terms
from bot.desk.fees import computed_fee
from bot.desk.money import to_cents


@dataclass(frozen=True, slots=True)
class FeeCheck:
    """Amounts in CNY a year.

    Attributes:
        computed: by the tables; None where the tables or the record don't tell.
        at_least: the contract price is not on record, so that ``computed`` is only the table's floor.
        difference: agreed minus computed; None where it can't be known.
    """

    agreed: Decimal
    computed: Decimal | None
    at_least: bool
    difference: Decimal | None

    @property
    def differs(self) -> bool:
        """Whether both sides signed something else than the tables say."""
        return bool(self.difference)


def check_fee(terms: Terms) -> FeeCheck:
    """Compare a contract's fees; both stay as they are."""
    agreed = to_cents(terms.agreed_fee)
    if (quote := computed_fee(terms)) is not None:
        return FeeCheck(agreed, quote.fee, False, agreed - quote.fee)
    cell = tables.FEES[terms.purchase].get(terms.level, {}).get((terms.scheme, terms.place))
    if cell is None:
        return FeeCheck(agreed, None, False, None)
    floor = to_cents(cell.floor)
    return FeeCheck(agreed, floor, True, agreed - floor if agreed < floor else None)

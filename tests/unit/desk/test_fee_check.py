"""The agreed fee beside the computed one (contract 3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.desk.contract import Terms
from bot.desk.fee_check import FeeCheck, check_fee
from bot.desk.terms import Level, Place, Purchase, Scheme, Zone


def terms(**changes: Any) -> Terms:
    """Return the sample contract: switch, elsewhere, 23,000 agreed below the floor of 25,000."""
    sample: dict[str, Any] = {
        "contract_number": "HT-1",
        "customer_name": "示例",
        "level": Level.REGULAR,
        "zone": Zone.INSIDE,
        "scheme": Scheme.SWITCH,
        "place": Place.ELSEWHERE,
        "agreed_fee": Decimal(23000),
        "signed_on": date(2021, 1, 15),
        "starts_on": date(2021, 1, 20),
        "ends_on": date(2022, 1, 20),
    }
    return Terms(**{**sample, **changes})


@pytest.mark.parametrize(
    ("changes", "computed", "at_least", "difference"),
    [
        ({}, "25000.00", True, "-2000.00"),
        ({"agreed_fee": Decimal(26000)}, "25000.00", True, None),
        ({"price": Decimal(115000)}, "25000.00", False, "-2000.00"),
        ({"price": Decimal(115000), "agreed_fee": Decimal(25000)}, "25000.00", False, "0.00"),
        ({"price": Decimal(200000)}, "40000.00", False, "-17000.00"),
        ({"purchase": Purchase.LAPSED}, "35000.00", True, "-12000.00"),
        ({"level": Level.DIAMOND, "man_months": 2}, "100000.00", False, "-77000.00"),
        ({"level": Level.DIAMOND}, None, False, None),
        ({"level": Level.DIAMOND, "man_months": 2, "purchase": Purchase.LAPSED}, None, False, None),
    ],
)
def test_the_difference_is_shown_where_it_can_be_known(
    changes: dict[str, Any], computed: str | None, at_least: bool, difference: str | None
) -> None:
    contract = terms(**changes)

    found = check_fee(contract)

    def amount(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    assert found == FeeCheck(contract.agreed_fee, amount(computed), at_least, amount(difference))
    assert found.differs == (difference not in (None, "0.00"))

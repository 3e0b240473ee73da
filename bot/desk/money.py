"""Amounts in CNY: ``Decimal`` with at most two places."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from bot.errors import BadInput

LIMIT = Decimal(10) ** 12  # a larger amount is a slip of the keyboard
_CENT = Decimal("0.01")
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def to_cents(amount: Decimal) -> Decimal:
    """Return ``amount`` rounded half up to two places."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def check_money(amount: Decimal) -> Decimal:
    """Return ``amount`` with two places.

    Raises:
        BadInput: it is negative, not finite, too large, or has a fraction of a cent.
    """
    if not amount.is_finite() or not 0 <= amount < LIMIT:
        raise BadInput(f"an amount in CNY is from 0 to below {LIMIT:,}, not {amount}")
    exact = to_cents(amount)
    if exact != amount:
        raise BadInput(f"an amount in CNY has at most two decimals, not {amount}")
    return exact


def parse_money(text: str) -> Decimal:
    """Read an amount such as ``115000`` or ``115000.50``; no signs, exponents or separators.

    Raises:
        BadInput: the text is anything else.
    """
    if not _MONEY.fullmatch(text):
        raise BadInput(f"not an amount in CNY: {text!r} (write it like 115000 or 115000.50)")
    return check_money(Decimal(text))

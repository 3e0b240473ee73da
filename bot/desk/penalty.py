"""What late payment or missed service costs, and when it ends the contract (contract 5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.desk import tables
from bot.desk.calendar import as_utc
from bot.desk.money import check_money, to_cents
from bot.errors import BadInput


class Breach(StrEnum):
    """Whose breach it is; days are counted for each party apart."""

    LATE_PAYMENT = "late_payment"  # the customer owes the vendor
    MISSED_SERVICE = "missed_service"  # the vendor owes the customer


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty in CNY.

    Attributes:
        charged_days: the days that count, at most ``ends_on_day``.
        terminated: the penalty exceeds the limit, so the contract's end is due; a person confirms it.
        ends_on_day: the day on which the penalty exceeds the limit.
    """

    amount: Decimal
    days: int
    charged_days: int
    penalty: Decimal
    terminated: bool
    ends_on_day: int


def penalty(amount: Decimal, days: int) -> Penalty:
    """Return the penalty for ``days`` whole late days on a contract of ``amount`` CNY.

    It accrues up to and including the day on which it exceeds 20 % of the amount, and no further.

    Raises:
        BadInput: the amount is not above 0 with at most two decimals, or the days are negative.

    Source: contract 5.1.
    """
    amount = check_money(amount)
    if not amount:
        raise BadInput("the contract amount must be above 0")
    if days < 0:
        raise BadInput(f"late days can't be negative: {days}")
    ends_on_day = int(tables.PENALTY_LIMIT / tables.PENALTY_RATE_PER_DAY) + 1
    charged = min(days, ends_on_day)
    owed = to_cents(amount * tables.PENALTY_RATE_PER_DAY * charged)
    return Penalty(amount, days, charged, owed, days >= ends_on_day, ends_on_day)


def late_payment_days(due_on: date, on: date) -> int:
    """Return the whole days by which a payment is late on a day; none on the due day itself."""
    return max(0, (on - due_on).days)


def late_service_days(due: datetime, done: datetime) -> int:
    """Return the whole days between a deadline and what it asked for; hours late are shown, not charged."""
    return max(0, (as_utc(done) - as_utc(due)) // timedelta(days=1))

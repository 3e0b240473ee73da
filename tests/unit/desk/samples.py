"""Contracts for the desk's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.desk.calendar import SHANGHAI
from bot.desk.contract import ServiceTerms, Terms
from bot.desk.terms import Level, Place, Scheme, Zone

SAMPLE = Terms(
    level=Level.REGULAR,
    zone=Zone.BEYOND,
    contract_number="BC-2021-001",
    customer_name="示例客户",
    scheme=Scheme.SWITCH,
    place=Place.ELSEWHERE,
    price=Decimal(115_000),
    agreed_fee=Decimal(23_000),
    signed_on=date(2021, 1, 15),
    starts_on=date(2021, 1, 20),
    ends_on=date(2022, 1, 20),
    paid_on=date(2021, 1, 22),
)


def terms(**changes: Any) -> Terms:
    """Return the sample contract with changes."""
    return replace(SAMPLE, **changes)


def service(level: Level, zone: Zone = Zone.INSIDE, **changes: Any) -> ServiceTerms:
    return ServiceTerms(level=level, zone=zone, **changes)


def at(text: str) -> datetime:
    """Return a Shanghai time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)

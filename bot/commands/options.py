"""Readers of option values that several commands share; a bad value is a usage error (exit code 2)."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import click

from bot.desk.calendar import as_utc
from bot.desk.contract import Hours
from bot.desk.money import parse_money
from bot.errors import BadInput, NaiveTimestamp

_YEARS = range(1970, 2200)  # further away is a slip of the keyboard, and at the ends arithmetic overflows


def instant(text: str) -> datetime:
    """Read an ISO 8601 time with offset into aware UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time like 2026-11-23T16:50+08:00") from None
    if parsed.year not in _YEARS:
        raise click.BadParameter(f"{text!r} is not between the years {_YEARS[0]} and {_YEARS[-1]}")
    try:
        return as_utc(parsed)
    except NaiveTimestamp:
        message = f"{text!r} carries no offset: write it like 2026-11-23T16:50+08:00"
        raise click.BadParameter(message) from None


def hours_of_day(text: str) -> Hours:
    """Read hours of the day such as 09:00-17:00; 24:00 may close."""
    opens, dash, closes = text.replace("–", "-").partition("-")
    try:
        if not dash:
            raise ValueError(text)
        hours = _time_of_day(opens), time() if closes.strip() == "24:00" else _time_of_day(closes)
    except ValueError:
        raise click.BadParameter(f"{text!r} are no hours like 09:00-17:00") from None
    if hours[0] == hours[1]:
        raise click.BadParameter(f"{text!r} opens and closes at the same time")
    return hours


def money(text: str) -> Decimal:
    """Read an amount in CNY with at most two decimals."""
    try:
        return parse_money(text)
    except BadInput as error:
        raise click.BadParameter(str(error)) from error


def _time_of_day(text: str) -> time:
    return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone

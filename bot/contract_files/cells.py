"""What a person writes into a cell of the contract sheet, as the values of `desk.contract.Terms`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from bot.desk.contract import Hours
from bot.desk.money import parse_money
from bot.errors import BadInput

E = TypeVar("E", bound=Enum)
Parser = Callable[[str], Any]
YEARS = range(1990, 2200)  # further away is a slip of the keyboard
SERIALS = range(30000, 80000)  # a spreadsheet's day numbers of the years 1982 to 2119
LIST_LIMIT = 100
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})(?:-|~|至|到|—|–)(\d{1,2}):(\d{2})")
_MONEY_UNITS = re.compile(r"^(?:¥|cny|rmb|人民币)|(?:元整?|cny|rmb)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,24}(?:(?:转|ext\.?|x|\*)\s?[0-9]{1,6})?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;；、\n]+")


def folded(words: str) -> str:
    """Return words without the differences that nobody means: width, case, spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).casefold()


def text(limit: int) -> Parser:
    """Return a reader of one line of at most ``limit`` characters."""

    def read(cell: str) -> str:
        words = " ".join(cell.split())
        if len(words) > limit:
            raise BadInput(f"has {len(words)} characters, at most {limit} are allowed")
        return words

    return read


def choice(names: Mapping[E, tuple[str, ...]]) -> Parser:
    """Return a reader of an enum by its Chinese names (the first is the one to write) or its value."""
    known = {folded(word): member for member, words in names.items() for word in (*words, str(member.value))}

    def read(cell: str) -> E:
        member = known.get(folded(cell))
        if member is None:
            allowed = ", ".join(words[0] for words in names.values())
            raise BadInput(f"must be one of {allowed}, not {cell!r}")
        return member

    return read


def yes_or_no(cell: str) -> bool:
    """Read 是 or 否."""
    known = {
        "是": True,
        "yes": True,
        "true": True,
        "1": True,
        "否": False,
        "no": False,
        "false": False,
        "0": False,
    }
    value = known.get(folded(cell))
    if value is None:
        raise BadInput(f"must be 是 or 否, not {cell!r}")
    return value


def day(cell: str) -> date:
    """Read a date: 2021-01-20, 2021/1/20, 2021.1.20, 2021年1月20日 or 20210120."""
    words = folded(cell)
    match = _DATE.fullmatch(words)
    if match is None:
        if words.isascii() and words.isdigit() and int(words) in SERIALS:
            raise BadInput(f"{words} is a spreadsheet's day number: give the cell a date format")
        raise BadInput(f"{cell!r} is no date like 2021-01-20")
    try:
        read = date(*(int(part) for part in match.groups() if part))
    except ValueError:
        raise BadInput(f"{cell!r} is no day of the calendar") from None
    if read.year not in YEARS:
        raise BadInput(f"{cell!r} is not between the years {YEARS[0]} and {YEARS[-1]}")
    return read


def amount(cell: str) -> Decimal:
    """Read an amount in CNY: 23000, 23,000.00, ¥23,000, 23000元."""
    words = _MONEY_UNITS.sub("", _MONEY_UNITS.sub("", folded(cell)))
    if "," in words:
        if not _GROUPED.fullmatch(words):
            raise BadInput(f"{cell!r} is no amount: commas part thousands, as in 23,000.00")
        words = words.replace(",", "")
    if "万" in words:
        raise BadInput(f"{cell!r}: write the amount in full, as in 23000")
    return parse_money(words)


def whole_number(cell: str) -> int:
    """Read a number of at most four digits, above 0."""
    words = folded(cell)
    if not re.fullmatch(r"[0-9]{1,4}", words) or not int(words):
        raise BadInput(f"must be a whole number from 1 to 9999, not {cell!r}")
    return int(words)


def number_of_hours(cell: str) -> Decimal:
    """Read a number of hours such as 8 or 1.5."""
    words = folded(cell).removesuffix("小时").removesuffix("h")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", words):
        raise BadInput(f"must be a number of hours like 8 or 1.5, not {cell!r}")
    return Decimal(words)


def hours_of_day(cell: str) -> Hours:
    """Read hours of the day such as 09:00-17:00; 24:00 may close."""
    match = _HOURS.fullmatch(folded(cell))
    try:
        if match is None:
            raise ValueError(cell)
        opens, closes = match.group(1, 2), match.group(3, 4)
        return _time(*opens), time() if closes == ("24", "00") else _time(*closes)
    except ValueError:
        raise BadInput(f"{cell!r} are no hours like 09:00-17:00") from None


def _time(hour: str, minute: str) -> time:
    return time(int(hour), int(minute))


def items(cell: str) -> tuple[str, ...]:
    """Read a list whose items are parted by semicolons or line breaks."""
    found = tuple(" ".join(item.split()) for item in _SEPARATORS.split(cell) if item.strip())
    if len(found) > LIST_LIMIT:
        raise BadInput(f"has {len(found)} items, at most {LIST_LIMIT} are allowed")
    return found


def phones(cell: str) -> tuple[str, ...]:
    """Read phone numbers parted by semicolons."""
    found = tuple(unicodedata.normalize("NFKC", item) for item in items(cell))
    for number, phone in enumerate(found, 1):
        if not _PHONE.fullmatch(phone):
            raise BadInput(f"the {_ordinal(number)} is no phone number like 13800000000 or 010-62283281")
    return found


def own_days(cell: str) -> dict[date, bool]:
    """Read a customer's own working days: 2026-10-10=上班;2026-12-25=休息."""
    words = {"上班": True, "班": True, "work": True, "休息": False, "休": False, "off": False}
    read: dict[date, bool] = {}
    for item in items(cell):
        when, _, what = folded(item).replace(":", "=").partition("=")
        if what not in words:
            raise BadInput(f"{item!r} is not like 2026-10-10=上班 or 2026-12-25=休息")
        if read.setdefault(day(when), words[what]) is not words[what]:
            raise BadInput(f"{when} is listed both as 上班 and as 休息")
    return read


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")

"""A day and a time of day as people type them, which may stand at the beginning of more words.

15:00, 15点半, 下午三点半, 明天上午 9:30, 周五 15:00, 下周一上午十点, 12月1日 9:00,
2026-12-01 15:00, 半小时后. What could mean two things (三点: in the night or in the afternoon) is asked back,
never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from bot.desk.calendar import SHANGHAI
from bot.errors import Refused

_DAYS: Mapping[str, int] = {
    "前天": -2,
    "昨天": -1,
    "昨": -1,
    "今天": 0,
    "今": 0,
    "明天": 1,
    "明": 1,
    "后天": 2,
    "大后天": 3,
}
_WEEKDAYS = "一二三四五六日"
_DIGITS: Mapping[str, int] = {d: n for n, d in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_WHEN = re.compile(
    rf"""\s*
    (?:(?P<named>大后天|前天|昨天|今天|明天|后天|[昨今明](?=[早晚]))
      |(?P<week>上|这|本|下)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])
      |(?:(?P<year>\d{{4}})(?:年|[-/]))?(?P<month>\d{{1,2}})(?P<of>月|[-/])(?P<date>\d{{1,2}})(?:日|号|(?![\d:：点])))?
    (?:[（(](?:周|星期)(?P<said>[一二三四五六日天])[）)])?
    (?:[\s,，T的]*(?P<part>凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|早|晚))?
    (?:[\s,，T]*(?P<hour>{_NUMBER})
      (?:[:：](?P<minute>[0-5]\d)(?!\d)(?:[:：][0-5]\d)?
        |(?P<o_clock>点)(?![都也点儿不没])钟?(?:(?P<half>半)|(?P<quarter>[一三])刻|整|(?P<past>{_NUMBER})分?)?))?
    """,
    re.VERBOSE,
)
_AFTER = re.compile(
    rf"\s*(?P<number>半|{_NUMBER})个?(?P<half>半)?(?P<unit>小时|钟头|分钟)(?:之后|以后|后|之内|以内|内)"
)
_UNITS = {"小时": "hours", "钟头": "hours", "分钟": "minutes"}
_MORNING = frozenset({"凌晨", "清晨", "早晨", "早上", "上午", "早"})
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚"})
_GAP = " \t\n　,，"


class Lean(Enum):
    """Which way a day without a year, or a day of the week, is meant."""

    PAST = -1
    FUTURE = 1


@dataclass(frozen=True, slots=True)
class Said:
    """A time that was said: the instant, the rest of the words, and whether the day was said too."""

    at: datetime
    rest: str
    has_day: bool


def read(words: str, now: datetime, lean: Lean) -> Said | None:
    """Return the time that ``words`` begin with; None if they begin with none.

    Raises:
        Refused: it could mean two things, lacks the hour, or there is no such day.
    """
    if lean is Lean.FUTURE and (match := _AFTER.match(words)):
        at = now + timedelta(**{_UNITS[match["unit"]]: _amount(match)})
        return Said(at.replace(second=0, microsecond=0), words[match.end() :].strip(_GAP), has_day=True)
    match = _WHEN.match(words)
    if match is None or not match.group().strip():
        return None
    rest = words[match.end() :]
    if match["hour"] is None:
        if _names_day(match) and (match["part"] or not rest or rest[0] in _GAP):
            raise Refused(f"请写明几点，例如：{match.group().strip()} {_example(match['part'])}")
        return None
    day = _day(match, now.astimezone(SHANGHAI).date(), lean)
    _check_weekday(match, day)
    clock, is_next = _clock(match)
    at = datetime.combine(day + timedelta(days=is_next), clock, SHANGHAI)
    has_day = bool(match["named"] or match["weekday"] or match["month"])
    return Said(at.astimezone(UTC), rest.strip(_GAP), has_day)


def _names_day(match: re.Match[str]) -> bool:
    """Tell whether a day is named beyond doubt: 3-5 by itself may count anything."""
    return bool(match["named"] or match["weekday"] or match["of"] == "月" or match["year"])


def _example(part: str | None) -> str:
    return "15:00" if part in _AFTERNOON else "9:00"


def _day(match: re.Match[str], today: date, lean: Lean) -> date:
    if match["weekday"]:
        return _weekday(match, today, lean)
    if not match["month"]:
        return today + timedelta(days=_DAYS[match["named"] or "今天"])
    try:
        year = int(match["year"] or today.year)
        day = date(year, int(match["month"]), int(match["date"]))
    except ValueError:
        raise Refused(f"没有{int(match['month'])}月{int(match['date'])}日这一天。") from None
    # A date is said without its year: the one that is nearest.
    is_next = not match["year"] and (today - day).days > 180
    return day.replace(year=year + 1) if is_next else day


def _weekday(match: re.Match[str], today: date, lean: Lean) -> date:
    """Return the day of a week that is named, which begins on Monday; without its name the nearest one."""
    number = _number_of(match["weekday"])
    if week := match["week"]:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks={"上": -1, "下": 1}.get(week, 0), days=number)
    if lean is Lean.FUTURE:
        return today + timedelta(days=(number - today.weekday()) % 7)
    return today - timedelta(days=(today.weekday() - number) % 7)


def _number_of(weekday: str) -> int:
    return _WEEKDAYS.index("日" if weekday == "天" else weekday)


def _check_weekday(match: re.Match[str], day: date) -> None:
    """Raise `Refused` where a date bears the wrong day of the week: one of the two is a slip."""
    if match["said"] and day.weekday() != _number_of(match["said"]):
        weekday = _WEEKDAYS[day.weekday()]
        raise Refused(f"{day.month}月{day.day}日是周{weekday}，不是周{match['said']}，请核对日期。")


def _clock(match: re.Match[str]) -> tuple[time, bool]:
    """Return the time of day, and whether it is the next day's: 24:00."""
    hour = _number(match["hour"])
    minute = 30 if match["half"] else 15 * _number(match["quarter"] or "0")
    minute += _number(match["minute"] or match["past"] or "0")
    said = match["hour"] + (match.group().split(match["hour"], 1)[1]).strip(_GAP)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise Refused(f"没有 {said} 这个时间，请写成 15:00。")
    part = match["part"]
    if part is None and match["o_clock"] and 1 <= hour <= 12:
        forms = (f"{one:02d}:{minute:02d}" for one in (hour, (hour + 12) % 24))
        raise Refused(f"{said}是上午还是下午？请写成 {' 或 '.join(forms)}。")
    hour = hour if part is None else _hour(hour, part, said)
    return time(hour % 24, minute), hour == 24


def _hour(hour: int, part: str, said: str) -> int:
    """Return the hour of 24 of what is said by the clock's face in a part of the day."""
    if part in _MORNING and hour < 12:
        return hour
    if part == "中午" and hour in (1, 2):
        return hour + 12
    if part == "中午" and hour in (11, 12, 13, 14):
        return hour
    if part in _AFTERNOON and (hour > 12 or (5 if "晚" in part else 1) <= hour < 12):
        return hour if hour > 12 else hour + 12
    raise Refused(f"{part}{said}是几点？请按 24 小时制写，例如 15:00，半夜十二点是 24:00。")


def _amount(match: re.Match[str]) -> float:
    number = match["number"]
    return 0.5 if number == "半" else _number(number) + (0.5 if match["half"] else 0)


def _number(said: str) -> int:
    """Return a number below 100 in digits or in Chinese: 15, 十五, 二十三, 零五."""
    if said.isdecimal():
        return int(said)
    tens, is_tens, ones = said.partition("十")
    if not is_tens:
        return int("".join(str(_DIGITS[digit]) for digit in said))
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)

"""Times as staff type them (15:00, 15点半, 明天 9:00, 3月5日 9:00), and who agreed, how and when."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from bot.desk.arrangements import Consent
from bot.desk.calendar import SHANGHAI
from bot.errors import Refused

_DAYS = {"前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2}
_LAST_NIGHT = timedelta(hours=12)  # a time of day without a day is last night's if that is not longer ago
_WHEN = re.compile(
    r"^\s*(?:(?P<named>前天|昨天|今天|明天|后天)|(?P<month>\d{1,2})(?:月|-)(?P<day>\d{1,2})[日号]?)?\s*"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:：](?P<minute>[0-5]\d)(?!\d)|点(?:(?P<half>半)|(?P<past>[0-5]?\d)分?)?)[\s,，]*"
)


def past(words: str, now: datetime) -> tuple[datetime | None, str]:
    """Return the time that ``words`` begin with, at or before ``now``, and the rest; None if there is none.

    A time of day without a day is today's; if that is still to come it was last night's, never longer ago.

    Raises:
        Refused: it has not come yet.
    """
    at, rest, has_day = _read(words, now)
    if at is not None and at > now:
        yesterday = at - timedelta(days=1)
        if has_day or now - yesterday > _LAST_NIGHT:
            day = f"昨天 {at.astimezone(SHANGHAI):%H:%M}"
            raise Refused("这个时间还没到，请核对。" + ("" if has_day else f"昨天的请写：{day}"))
        at = yesterday
    return at, rest


def future(words: str, now: datetime) -> tuple[datetime | None, str]:
    """Return the time that ``words`` begin with, after ``now``, and the rest; None if there is none.

    Raises:
        Refused: it has passed.
    """
    at, rest, _ = _read(words, now)
    if at is not None and at <= now:
        raise Refused(f"{at.astimezone(SHANGHAI):%m-%d %H:%M} 已经过了；要约明天请写：明天 9:00。")
    return at, rest


def consent(words: str, reported_at: datetime, now: datetime) -> Consent | None:
    """Return who of the customer agreed, how and when: 王经理 电话 14:05; None if nobody is named.

    Raises:
        Refused: that was before the report.
    """
    who, _, rest = words.strip().partition(" ")
    if not who:
        return None
    at, how = past(rest, now)
    if at is None:
        how, _, rest = rest.strip().partition(" ")
        at, _ = past(rest, now)
    if at is not None:
        check_after(at, reported_at)
    return Consent(who, how or "电话", at or now)


def check_after(at: datetime, reported_at: datetime) -> None:
    """Raise `Refused` if something is said to have happened before the report.

    What is typed is exact to the minute: what was done in the minute of the report counts.
    """
    if at < reported_at.replace(second=0, microsecond=0):
        started = reported_at.astimezone(SHANGHAI)
        raise Refused(f"这个时间早于报修时间（{started:%m-%d %H:%M}），请核对。")


def _read(words: str, now: datetime) -> tuple[datetime | None, str, bool]:
    match = _WHEN.match(words)
    if match is None:
        return None, words.strip(), False
    minute = 30 if match["half"] else int(match["minute"] or match["past"] or 0)
    today = now.astimezone(SHANGHAI).date()
    has_day = bool(match["named"] or match["month"])
    at = datetime.combine(
        _day(match, today), datetime.min.time().replace(int(match["hour"]), minute), SHANGHAI
    )
    return at.astimezone(UTC), words[match.end() :].strip(), has_day


def _day(match: re.Match[str], today: date) -> date:
    if not match["month"]:
        return today + timedelta(days=_DAYS[match["named"] or "今天"])
    try:
        day = today.replace(month=int(match["month"]), day=int(match["day"]))
    except ValueError:
        raise Refused(f"没有{match['month']}月{match['day']}日这一天。") from None
    # A date is said without its year: the one that is nearest.
    return day.replace(year=day.year + 1) if (today - day).days > 180 else day

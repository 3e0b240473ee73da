"""When something was, or shall be, as staff type it (see `said_times`), and who agreed, how and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk.arrangements import Consent
from bot.desk.calendar import SHANGHAI
from bot.dialogue.said_times import Lean, read
from bot.errors import Refused

_LAST_NIGHT = timedelta(hours=12)  # a time of day without a day is last night's if that is not longer ago


def past(words: str, now: datetime) -> tuple[datetime | None, str]:
    """Return the time that ``words`` begin with, at or before ``now``, and the rest; None if there is none.

    A time of day without a day is today's; if that is still to come it was last night's, never longer ago.

    Raises:
        Refused: it has not come yet, or could mean two things.
    """
    said = read(words, now, Lean.PAST)
    if said is None:
        return None, words.strip()
    at = said.at
    if at > now:
        yesterday = at - timedelta(days=1)
        if said.has_day or now - yesterday > _LAST_NIGHT:
            day = f"昨天 {at.astimezone(SHANGHAI):%H:%M}"
            raise Refused("这个时间还没到，请核对。" + ("" if said.has_day else f"昨天的请写：{day}"))
        at = yesterday
    return at, said.rest


def future(words: str, now: datetime) -> tuple[datetime | None, str]:
    """Return the time that ``words`` begin with, after ``now``, and the rest; None if there is none.

    Raises:
        Refused: it has passed, or could mean two things.
    """
    said = read(words, now, Lean.FUTURE)
    if said is None:
        return None, words.strip()
    if said.at <= now:
        when = f"{said.at.astimezone(SHANGHAI):%m-%d %H:%M}"
        raise Refused(f"{when} 已经过了；要约明天请写：明天 9:00。")
    return said.at, said.rest


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

"""The roster in chat: who is on call, and swaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.desk.calendar import SHANGHAI
from bot.desk.roster import Roster, Swap
from bot.desk.staff import Task, require
from bot.dialogue import notify
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import BadInput, Refused, WrongForm

CHANGES_SHOWN = 3
LONGEST_SWAP = 31  # days
NO_ROSTER = "还没有值班表，报警会发给整个值班群。请管理员用 hotline oncall import 导入。"
_WEEKDAYS = "一二三四五六日"
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


def show(turn: Turn, _: Command) -> None:
    """Say who is on call now, and who comes next."""
    roster = turn.desk.roster.get()
    if roster is None:
        turn.reply(NO_ROSTER)
        return
    lines = [f"现在值班：{_names(roster.on_call(turn.now))}"]
    changes = roster.changes(turn.now)
    for _number, (at, names) in zip(range(CHANGES_SHOWN), changes, strict=False):
        lines.append(f"{_moment(at)} 起：{_names(names)}")
    turn.reply("\n".join(lines))


def swap(turn: Turn, command: Command) -> None:
    """Let one member take another's duty: 换班 李工 王工 11-24, or 11-24..11-26."""
    require(turn.contact.role, Task.ROSTER)
    roster = turn.desk.roster.get()
    if roster is None:
        raise Refused(NO_ROSTER)
    words = command.argument.split()
    if len(words) != 3:
        raise WrongForm("请写明原值班人、替班人和日期。")
    away, stand_in, when = words
    if stand_in not in turn.desk.roster.staff_names():
        raise WrongForm(f"没有叫“{stand_in}”的同事。")
    days = list(_days(when, turn.now))
    changes = [Swap(day, stand_in, away) for day in days]
    for change in changes:  # all of them before any is stored: a refusal must leave nothing behind
        roster = _swapped(roster, change)
    for change in changes:
        turn.desk.roster.swap(change, turn.contact.name)
    said = "、".join(_say_day(day) for day in days)
    notify.staff_line(turn.desk, f"换班：{said} {stand_in} 替 {away} 值班（{turn.contact.name}登记）。")


def _swapped(roster: Roster, change: Swap) -> Roster:
    try:
        return roster.swapped(change)
    except BadInput:
        has = _names(roster.on_day(change.day))
        raise Refused(f"{_say_day(change.day)} 值班的是{has}，不是{change.instead_of}，没有改动。") from None


def _days(when: str, now: datetime) -> Iterator[date]:
    first, _, last = when.replace("至", "..").replace("~", "..").partition("..")
    today = now.astimezone(SHANGHAI).date()
    start = _day(first, today)
    end = _day(last, today) if last else start
    if not start <= end < start + timedelta(days=LONGEST_SWAP):
        raise WrongForm(f"日期要从早到晚，最多 {LONGEST_SWAP} 天。")
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


def _day(text: str, today: date) -> date:
    """Read a day; without a year it is the next one that bears the date."""
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        year, month, day = (int(part) if part else None for part in match.groups())
        assert month is not None and day is not None  # noqa: S101, PT018 - the pattern has them
        found = date(year or today.year, month, day)
        if year is None and found < today - timedelta(days=1):  # yesterday's duty may still go on
            found = date(today.year + 1, month, day)
    except ValueError:
        raise WrongForm(f"“{text}”不是日期，请写成 11-24。") from None
    return found


def _names(names: tuple[str, ...]) -> str:
    return "、".join(names) or "无人"


def _say_day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{_say_day(local.date())}{local:%H:%M}"

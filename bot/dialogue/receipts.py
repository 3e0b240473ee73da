"""Times as people say them, and why a deadline is what it is, in plain Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.desk.calendar import SHANGHAI, Segment
from bot.desk.contract import Hours, ServiceTerms
from bot.desk.sla import ClockName, Deadline
from bot.desk.tables import ENTITLEMENTS, LEVEL_NAMES, Service
from bot.desk.terms import Level, Zone
from bot.desk.ticket import Ticket

_WEEKDAYS = "一二三四五六日"
_NAMED_DAYS = {-1: "昨天", 0: "今天", 1: "明天"}
_DAY = timedelta(days=1)
_DAYS_FROM_MINUTES = 48 * 60  # below two days people say hours: a contract's 12 hours are no half day
_SHORT_MINUTES = 12 * 60
CLOCK_NAMES: Mapping[ClockName, str] = {
    ClockName.CONFIRMATION: "优先级确认",
    ClockName.RESPONSE: "响应",
    ClockName.ONSITE: "到场",
    ClockName.NEXT_UPDATE: "进展通报",
    ClockName.AGREED: "约定时间",
    ClockName.PAUSE: "暂停",
    ClockName.FOLLOW_UP: "跟进",
}
_ZONE_NAMES = {Zone.INSIDE: "北京五环以内", Zone.BEYOND: "北京五环以外", Zone.AWAY: "外地"}


def say_time(due: datetime, now: datetime) -> str:
    """Return a deadline in Shanghai's days: 今天 18:50 前, 明天（周二）11:00 前, 11月24日（周二）09:00 前.

    Seconds are left off: what is said is never later than what is due. Midnight ends the day before: 24:00.
    """
    day, clock = _end_of(due.replace(second=0, microsecond=0))
    return f"{_day_and(day, clock, now)} 前"


def say_start(start: datetime, now: datetime) -> str:
    """Return when something begins, in Shanghai's days: 明天（周二）09:00."""
    local = start.astimezone(SHANGHAI)
    return _day_and(local.date(), f"{local:%H:%M}", now)


def _day_and(day: date, clock: str, now: datetime) -> str:
    today = now.astimezone(SHANGHAI).date()
    away = (day - today).days
    if away == 0:
        return f"今天 {clock}"
    if away in _NAMED_DAYS:
        return f"{_NAMED_DAYS[away]}（周{_WEEKDAYS[day.weekday()]}）{clock}"
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{_say_day(day)}{clock}"


def say_deadline(deadline: Deadline, now: datetime) -> str:
    """Return a deadline, with what is left of it while that is short: 今天 18:50 前，约 2 小时内; or 立即."""
    if deadline.duration_minutes is None and deadline.due == deadline.started_at:
        return "立即"
    said = say_time(deadline.due, now)
    left = round((deadline.due - now).total_seconds() / 60)
    return f"{said}，约 {say_duration(_coarse(left))}内" if 0 < left <= _SHORT_MINUTES else said


def say_duration(minutes: int) -> str:
    """Return minutes as people say them: 45 分钟, 2 小时, 1 小时 50 分钟, 3 天 2 小时."""
    return _say_span(timedelta(minutes=minutes))


def say_hours(hours: Hours) -> str:
    """Return hours of the day: 09:00–17:00, or 22:00–次日 06:00 across midnight."""
    opens, closes = hours
    if closes == time():
        return f"{opens:%H:%M}–24:00"
    return f"{opens:%H:%M}–{'次日 ' if closes < opens else ''}{closes:%H:%M}"


def service_hours_zh(terms: ServiceTerms) -> str:
    """Return the hours in which the contract's response clock runs, as the customer is told them."""
    if terms.level is Level.DIAMOND:
        return f"贵方工作日 {say_hours(terms.office_hours)}"
    if terms.level is Level.ENHANCED or terms.response_around_the_clock:
        return "全天 24 小时"
    return f"每天 {say_hours(terms.service_hours)}"


def deadline_reason(deadline: Deadline, terms: ServiceTerms) -> str:
    """Return in a few words why the deadline is where it is: 因服务时段为每天 09:00–17:00."""
    if deadline.clock == ClockName.AGREED:
        return "因双方约定了时间"
    if deadline.clock == ClockName.ONSITE:
        return _onsite_reason(deadline, terms)
    if terms.level is Level.DIAMOND:
        return f"因工程师驻场时间为{service_hours_zh(terms)}"
    return f"因服务时段为{service_hours_zh(terms)}"


def receipt_lines(deadline: Deadline, terms: ServiceTerms, ticket: Ticket | None = None) -> list[str]:
    """Return the counting that led to a deadline, window by window, so that a customer can check it.

    Of a ticket it tells, too, that a clock started with the reopening and that an agreed pause held it.
    """
    name = CLOCK_NAMES[ClockName(deadline.clock)]
    start = f"{deadline.started_at.astimezone(SHANGHAI).year}年{_say_instant(deadline.started_at)}"
    if deadline.clock == ClockName.AGREED:
        return [f"{start} 双方约定，以约定时间为准", f"{name}：{_say_end(deadline.due)}"]
    since = _beginning(deadline, ticket)
    lines = [f"{start} {since}，{LEVEL_NAMES[terms.level]}服务，{_rule(deadline, terms, name)}"]
    first = deadline.segments[0].start if deadline.segments else deadline.due
    if first > deadline.started_at:
        lines.append(f"{_why_later(deadline, terms, ticket)}，从 {_say_instant(first)} 起算")
    counted = timedelta()
    for segment in deadline.segments:
        counted += segment.duration
        lines.append(f"{_say_segment(segment)} 计 {_say_span(segment.duration)}，累计 {_say_span(counted)}")
    return [*lines, f"{name}截止：{_say_end(deadline.due)}"]


def _beginning(deadline: Deadline, ticket: Ticket | None) -> str:
    if deadline.clock == ClockName.ONSITE:
        return "判断不能远程解决"
    return "重开" if ticket and ticket.clock_from == ticket.reopened_at else "报障"


def _why_later(deadline: Deadline, terms: ServiceTerms, ticket: Ticket | None) -> str:
    start = deadline.started_at
    pauses = ticket.pauses if ticket else ()
    if any(pause.since <= start and (pause.until is None or start < pause.until) for pause in pauses):
        return "当时双方同意暂停"
    return f"当时在{_hours_name(terms)}之外"


def no_onsite_line(terms: ServiceTerms) -> str:
    """Return that the level has no on-site service (contract 1)."""
    return f"{LEVEL_NAMES[terms.level]}服务{ENTITLEMENTS[terms.level][Service.ONSITE].text}"


def _coarse(minutes: int) -> int:
    """Round what is said to be 'about': to 5 minutes below an hour, to half hours above."""
    step = 30 if minutes >= 60 else 5 if minutes >= 10 else 1
    return round(minutes / step) * step


def _rule(deadline: Deadline, terms: ServiceTerms, name: str) -> str:
    if deadline.duration_minutes is None:
        if deadline.clock == ClockName.ONSITE:
            return f"立即{name}"
        return f"驻场工程师在{service_hours_zh(terms)} 内立即{name}"
    span = say_duration(deadline.duration_minutes)
    if deadline.clock == ClockName.ONSITE:
        return f"{span}内{name}，{_onsite_reason(deadline, terms)}"
    return f"{span}内{name}，只计{_hours_name(terms)}（{service_hours_zh(terms)}）"


def _onsite_reason(deadline: Deadline, terms: ServiceTerms) -> str:
    if terms.level is Level.DIAMOND:
        return "因钻石级现场服务为实时"
    place = _ZONE_NAMES[terms.zone]
    if not deadline.in_contract:
        return f"因合同未约定{place}的到场时间，这是我方的目标时间"
    agreed = "合同记录中约定的到场时间" if terms.zone is Zone.BEYOND else "合同的到场时间"
    return f"因现场在{place}，按{agreed}，不分昼夜连续计时"


def _hours_name(terms: ServiceTerms) -> str:
    return "工程师驻场时间" if terms.level is Level.DIAMOND else "服务时段"


def _end_of(instant: datetime) -> tuple[date, str]:
    """Return day and time of day of an end: midnight is 24:00 of the day that it ends."""
    local = instant.astimezone(SHANGHAI)
    if local.time() == time():
        return local.date() - _DAY, "24:00"
    return local.date(), _say_clock(local)


def _say_day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _say_clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _say_instant(instant: datetime) -> str:
    local = instant.astimezone(SHANGHAI)
    return f"{_say_day(local.date())}{_say_clock(local)}"


def _say_end(instant: datetime) -> str:
    day, clock = _end_of(instant)
    return f"{_say_day(day)}{clock}"


def _say_segment(segment: Segment) -> str:
    day, clock = _end_of(segment.end)
    same_day = day == segment.start.astimezone(SHANGHAI).date()
    return f"{_say_instant(segment.start)}–{clock if same_day else _say_end(segment.end)}"


def _say_span(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    days, minutes = divmod(minutes, 24 * 60) if minutes >= _DAYS_FROM_MINUTES else (0, minutes)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, "天"), (hours, "小时"), (minutes, "分钟"), (seconds, "秒"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 分钟"

"""Service hours as half-open windows of UTC instants, and arithmetic of the time inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.errors import BadInput, NaiveTimestamp

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)  # a day inside datetime's range, so that any zone can show them
END = datetime(9999, 12, 30, tzinfo=UTC)
_DAY = timedelta(days=1)
_NOTHING = timedelta()
_LONGEST_CLOSURE_DAYS = 366  # a calendar without a working day for longer is a mistake, not a holiday


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of service in UTC, half-open: ``opens`` is inside, ``closes`` is not."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of counted time in UTC: what one window gave to a clock."""

    start: datetime
    end: datetime

    @property
    def duration(self) -> timedelta:
        return self.end - self.start


class Workdays(Protocol):
    """Which days are worked, make-up days (调休) included."""

    def is_workday(self, day: date) -> bool:
        """Tell whether ``day`` is worked.

        Raises:
            UnknownYear: the calendar has no data for that year.
        """


class ServiceHours(Protocol):
    """When a clock runs."""

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        """Yield windows in order from the first that closes after ``since``, lazily.

        Args:
            since: an aware instant.
            until: no window that opens at or after it is looked for; ``None``: without an end.
        """


@dataclass(frozen=True, slots=True)
class AroundTheClock:
    """7×24: one window without an end."""

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        del until
        if as_utc(since) < END:
            yield Window(BEGINNING, END)


@dataclass(frozen=True, slots=True)
class DailyHours:
    """The same hours every day in Asia/Shanghai, weekends and holidays included (7×8 of contract 1).

    ``closes`` before ``opens`` means the next day's; equal times are refused: they could mean none or all.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        _check_hours(self.opens, self.closes)

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        return _daily_windows(self.opens, self.closes, lambda _day: True, since, until)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Hours of working days in Asia/Shanghai (甲方工作日 of contract 1).

    ``exceptions`` are the customer's own days, worked or not, and go before ``workdays``. Hours across
    midnight belong to the day on which they open.
    """

    opens: time
    closes: time
    workdays: Workdays
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_hours(self.opens, self.closes)

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        return _daily_windows(self.opens, self.closes, self._is_worked, since, until)

    def _is_worked(self, day: date) -> bool:
        own = self.exceptions.get(day)
        return self.workdays.is_workday(day) if own is None else own


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        NaiveTimestamp: it carries no time zone.
    """
    if instant.utcoffset() is None:
        raise NaiveTimestamp(f"{instant.isoformat()} carries no time zone")
    return instant.astimezone(UTC)


def elapsed(start: datetime, end: datetime, hours: ServiceHours) -> timedelta:
    """Return the time inside ``hours`` between two instants; nothing when ``end`` is not after ``start``."""
    start, end = as_utc(start), as_utc(end)
    total = _NOTHING
    if end <= start:
        return total
    for window in hours.windows(start, end):
        if window.opens >= end:
            break
        total += min(window.closes, end) - max(window.opens, start)
    return total


def due(start: datetime, duration: timedelta, hours: ServiceHours) -> tuple[datetime, tuple[Segment, ...]]:
    """Return the first instant by which ``duration`` has passed inside ``hours``, and the time counted.

    An instant that falls on the closing of a window is that closing, not the next opening. No duration at all
    is due at ``start`` inside a window, else at the next opening.

    Raises:
        NaiveTimestamp: ``start`` carries no time zone.
        UnknownYear: the hours depend on a calendar that does not reach so far.
    """
    start = as_utc(start)
    if duration < _NOTHING:
        raise BadInput(f"a duration can't be negative: {duration}")
    left = duration
    segments: list[Segment] = []
    for window in hours.windows(start):
        begin = max(window.opens, start)
        if left <= window.closes - begin:
            end = begin + left
            return end, (*segments, Segment(begin, end)) if left else tuple(segments)
        segments.append(Segment(begin, window.closes))
        left -= window.closes - begin
    raise BadInput("the service hours end before the time is over")


def is_open(instant: datetime, hours: ServiceHours) -> bool:
    """Tell whether ``instant`` is inside a window; an opening is, a closing is not."""
    instant = as_utc(instant)
    soonest = instant + timedelta.resolution
    return any(window.opens <= instant for window in hours.windows(instant, soonest))


def next_opening(instant: datetime, hours: ServiceHours) -> datetime:
    """Return ``instant`` when it is inside a window, else the next opening."""
    return due(instant, _NOTHING, hours)[0]


def _check_hours(opens: time, closes: time) -> None:
    if opens == closes:
        raise BadInput(f"hours open and close at the same time, {opens:%H:%M}")


def _daily_windows(
    opens: time, closes: time, is_worked: Callable[[date], bool], since: datetime, until: datetime | None
) -> Iterator[Window]:
    since = as_utc(since)
    day = since.astimezone(SHANGHAI).date() - _DAY  # yesterday's may still be open
    idle_days = 0
    while idle_days <= _LONGEST_CLOSURE_DAYS:
        opening = datetime.combine(day, opens, SHANGHAI).astimezone(UTC)
        closing = datetime.combine(day + _DAY if closes < opens else day, closes, SHANGHAI).astimezone(UTC)
        if until is not None and opening >= until:
            return
        if closing > since:
            # Asked only now: a day that can't matter must not need a known year.
            if is_worked(day):
                idle_days = 0
                yield Window(opening, closing)
            else:
                idle_days += 1
        day += _DAY
    raise BadInput(f"no working day in the year after {since.astimezone(SHANGHAI):%Y-%m-%d}")

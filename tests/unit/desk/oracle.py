"""A brute-force oracle: service seconds are marked one by one in a table, deadlines are read off it.

It shares no code with the calendar: local time is seconds since a Shanghai midnight, counting looks up.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

DAY_S = 86_400
_SHANGHAI_AHEAD = timedelta(hours=8)  # since 1992 without summer time


class Oracle:
    """Every second of ``days`` days from ``first`` on, marked as service or not.

    ``opens_s`` and ``closes_s`` are seconds of the day; hours across midnight belong to the opening's day.
    """

    def __init__(
        self,
        first: date,
        days: int,
        opens_s: int,
        closes_s: int,
        is_worked: Callable[[date], bool] | None = None,
    ) -> None:
        self.origin = datetime(first.year, first.month, first.day, tzinfo=UTC) - _SHANGHAI_AHEAD
        works = is_worked or (lambda _day: True)
        own = bytes(_is_own(second, opens_s, closes_s) for second in range(DAY_S))
        spill = bytes(closes_s < opens_s and second < closes_s for second in range(DAY_S))
        neither = bytes(DAY_S)
        both = bytes(a | b for a, b in zip(own, spill, strict=True))
        marks = bytearray()
        for index in range(days):
            today = works(first + timedelta(days=index))
            yesterday = works(first + timedelta(days=index - 1))
            marks += {(1, 1): both, (1, 0): own, (0, 1): spill, (0, 0): neither}[today, yesterday]
        self.served_before = array("I", accumulate(marks, initial=0))
        self.served_seconds = array("I", (second for second, mark in enumerate(marks) if mark))

    def second(self, instant: datetime) -> int:
        """Return the number of an instant's second in the table."""
        whole, rest = divmod(instant - self.origin, timedelta(seconds=1))
        assert not rest
        return whole

    def instant(self, second: int) -> datetime:
        return self.origin + timedelta(seconds=second)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        served = self.served_before[self.second(end)] - self.served_before[self.second(start)]
        return timedelta(seconds=served)

    def due(self, start: datetime, seconds: int) -> datetime:
        """Return the end of the ``seconds``-th service second from ``start``; for 0 the next one's start."""
        before = self.served_before[self.second(start)]
        if not seconds:
            return self.instant(self.served_seconds[before])
        return self.instant(self.served_seconds[before + seconds - 1] + 1)


def _is_own(second: int, opens_s: int, closes_s: int) -> bool:
    """Tell whether a second of the day lies in the hours that open on this very day."""
    if opens_s < closes_s:
        return opens_s <= second < closes_s
    return second >= opens_s

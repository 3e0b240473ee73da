"""Laws of the arithmetic, to the microsecond, on hours of every shape."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import (
    AroundTheClock,
    DailyHours,
    OfficeHours,
    ServiceHours,
    Window,
    due,
    elapsed,
    is_open,
)
from bot.desk.pauses import PausedHours

INSTANTS = st.datetimes(datetime(2021, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
DURATIONS = st.timedeltas(timedelta(), timedelta(days=3))
TIMES = st.times() | st.sampled_from([time(0), time(9), time(17), time(23, 59, 59, 999_999)])


class Weekly:
    """Days of the week that are worked; at least one."""

    def __init__(self, days: frozenset[int]) -> None:
        self.days = days

    def is_workday(self, day: date) -> bool:
        return day.weekday() in self.days


@st.composite
def service_hours(draw: st.DrawFn) -> ServiceHours:
    """Daily hours, office hours or none, in any shape; across midnight half of the time."""
    if draw(st.integers(0, 5)) == 0:
        return AroundTheClock()
    opens = draw(TIMES)
    closes = draw(TIMES.filter(lambda other: other != opens))
    if draw(st.booleans()):
        return DailyHours(opens, closes)
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    exceptions = draw(
        st.dictionaries(st.dates(date(2021, 1, 1), date(2027, 6, 1)), st.booleans(), max_size=4)
    )
    return OfficeHours(opens, closes, Weekly(days), exceptions)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to four pauses, in any order, overlapping or empty."""
    first, week = datetime(2026, 11, 20, tzinfo=UTC), timedelta(days=7)
    starts = draw(st.lists(st.timedeltas(timedelta(), week), max_size=4))
    lengths = st.timedeltas(timedelta(), timedelta(days=2))
    return tuple(Window(first + start, first + start + draw(lengths)) for start in starts)


@st.composite
def short_days(draw: st.DrawFn) -> ServiceHours:
    """Hours that leave enough time a day for three days of counting to end soon."""
    opens, hours = draw(st.integers(0, 23)), draw(st.integers(4, 23))
    return DailyHours(time(opens), time((opens + hours) % 24))


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(hours=12)), short_days() | st.just(AroundTheClock()))
def test_the_time_elapsed_until_a_deadline_is_its_duration(
    start: datetime, duration: timedelta, hours: ServiceHours
) -> None:
    instant, segments = due(start, duration, hours)
    assert elapsed(start, instant, hours) == duration
    assert sum((segment.duration for segment in segments), timedelta()) == duration


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(seconds=90)), service_hours())
def test_the_law_holds_for_windows_of_microseconds_too(
    start: datetime, duration: timedelta, hours: ServiceHours
) -> None:
    window = next(hours.windows(start))
    short = min(duration, 3 * (window.closes - window.opens))
    assert elapsed(start, due(start, short, hours)[0], hours) == short


@given(INSTANTS, DURATIONS, DURATIONS, short_days())
def test_a_later_report_never_has_an_earlier_deadline(
    start: datetime, later: timedelta, duration: timedelta, hours: ServiceHours
) -> None:
    assert due(start + later, duration, hours)[0] >= due(start, duration, hours)[0]


@given(INSTANTS, DURATIONS, DURATIONS, short_days())
def test_counting_on_from_a_deadline_is_counting_both_durations(
    start: datetime, first: timedelta, second: timedelta, hours: ServiceHours
) -> None:
    middle = due(start, first, hours)[0]
    if second:
        assert due(middle, second, hours)[0] == due(start, first + second, hours)[0]


@given(INSTANTS, DURATIONS, DURATIONS, service_hours())
def test_elapsed_time_adds_up(
    start: datetime, first: timedelta, second: timedelta, hours: ServiceHours
) -> None:
    middle, end = start + first, start + first + second
    assert elapsed(start, middle, hours) + elapsed(middle, end, hours) == elapsed(start, end, hours)


@given(INSTANTS, st.timedeltas(timedelta(microseconds=1), timedelta(hours=12)), short_days())
def test_segments_are_open_time_in_order_and_end_at_the_deadline(
    start: datetime, duration: timedelta, hours: ServiceHours
) -> None:
    instant, segments = due(start, duration, hours)
    assert segments[-1].end == instant
    assert start <= segments[0].start
    for segment in segments:
        assert elapsed(segment.start, segment.end, hours) == segment.duration > timedelta()
        assert is_open(segment.start, hours)
    for before, after in pairwise(segments):
        assert before.end < after.start


@given(INSTANTS, st.timedeltas(timedelta(), timedelta(hours=12)), short_days(), st.timedeltas(timedelta()))
def test_a_pause_without_business_time_in_it_changes_nothing(
    start: datetime, duration: timedelta, hours: ServiceHours, length: timedelta
) -> None:
    closing = next(hours.windows(start)).closes
    reopening = next(hours.windows(closing)).opens
    pause = Window(closing, min(reopening, closing + min(length, timedelta(days=2))))
    assert due(start, duration, PausedHours(hours, (pause,)))[0] == due(start, duration, hours)[0]


@given(st.timedeltas(timedelta(minutes=1), timedelta(hours=12)), short_days(), pauses())
def test_a_pause_costs_its_business_time_and_no_more(
    duration: timedelta, hours: ServiceHours, waits: tuple[Window, ...]
) -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    paused = PausedHours(hours, waits)
    instant = due(start, duration, paused)[0]
    lost = elapsed(start, instant, hours) - duration
    assert elapsed(start, instant, paused) == duration
    assert lost == _union(start, instant, hours, waits)


def _union(start: datetime, end: datetime, hours: ServiceHours, waits: tuple[Window, ...]) -> timedelta:
    """Return the business time inside any of the pauses, by cutting time at every boundary of a pause."""
    cuts = sorted(
        {start, end, *(cut for wait in waits for cut in (wait.opens, wait.closes) if start < cut < end)}
    )
    pieces = pairwise(cuts)
    return sum(
        (
            elapsed(left, right, hours)
            for left, right in pieces
            if any(wait.opens <= left and right <= wait.closes for wait in waits)
        ),
        timedelta(),
    )

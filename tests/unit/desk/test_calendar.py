"""Windows and counting at boundaries, across midnight, at year ends and over PRC holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from bot.desk.calendar import (
    SHANGHAI,
    AroundTheClock,
    DailyHours,
    OfficeHours,
    Segment,
    Window,
    due,
    elapsed,
    is_open,
    next_opening,
)
from bot.errors import BadInput, NaiveTimestamp, UnknownYear
from bot.workdays import PrcWorkdays

DAY_SHIFT = DailyHours(time(9), time(17))
NIGHT_SHIFT = DailyHours(time(22), time(6))
OFFICE = OfficeHours(time(9), time(18), PrcWorkdays())
TWO_HOURS = timedelta(hours=2)


def at(text: str) -> datetime:
    """Return a Shanghai time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def test_what_is_left_of_a_day_is_carried_to_the_next_opening() -> None:
    instant, segments = due(at("2026-11-23T16:50"), TWO_HOURS, DAY_SHIFT)
    assert instant == at("2026-11-24T10:50")
    assert segments == (
        Segment(at("2026-11-23T16:50"), at("2026-11-23T17:00")),
        Segment(at("2026-11-24T09:00"), at("2026-11-24T10:50")),
    )


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-23T15:00", "2026-11-23T17:00"),  # ends exactly on the closing: that closing, not 09:00
        ("2026-11-23T15:00:01", "2026-11-24T09:00:01"),
        ("2026-11-23T14:59:59", "2026-11-23T16:59:59"),
        ("2026-11-23T09:00", "2026-11-23T11:00"),  # the opening is inside
        ("2026-11-23T08:59:59", "2026-11-23T11:00"),
        ("2026-11-23T17:00", "2026-11-24T11:00"),  # the closing is outside
        ("2026-11-23T16:59:59", "2026-11-24T10:59:59"),
        ("2026-11-28T12:00", "2026-11-28T14:00"),  # a Saturday counts
        ("2026-10-01T16:30", "2026-10-02T10:30"),  # a public holiday counts
        ("2026-12-31T16:00", "2027-01-01T10:00"),  # the year's end needs no calendar
        ("2028-02-28T16:00", "2028-02-29T10:00"),
    ],
)
def test_two_hours_of_a_daily_service_end_at(start: str, expected: str) -> None:
    assert due(at(start), TWO_HOURS, DAY_SHIFT)[0] == at(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-23T23:30", "2026-11-24T01:30"),
        ("2026-11-24T00:30", "2026-11-24T02:30"),  # inside the window that opened yesterday
        ("2026-11-24T05:00", "2026-11-24T23:00"),
        ("2026-11-24T04:00", "2026-11-24T06:00"),
        ("2026-11-24T06:00", "2026-11-25T00:00"),
        ("2026-12-31T23:00", "2027-01-01T01:00"),
    ],
)
def test_two_hours_of_a_night_service_end_at(start: str, expected: str) -> None:
    assert due(at(start), TWO_HOURS, NIGHT_SHIFT)[0] == at(expected)


def test_hours_may_close_at_midnight() -> None:
    late = DailyHours(time(16), time(0))
    assert due(at("2026-11-23T22:00"), TWO_HOURS, late)[0] == at("2026-11-24T00:00")
    assert due(at("2026-11-23T22:01"), TWO_HOURS, late)[0] == at("2026-11-24T16:01")


def test_equal_opening_and_closing_is_refused() -> None:
    with pytest.raises(BadInput, match="same time"):
        DailyHours(time(9), time(9))
    with pytest.raises(BadInput, match="same time"):
        OfficeHours(time(9), time(9), PrcWorkdays())


def test_around_the_clock_time_is_the_wall_clock() -> None:
    instant, segments = due(at("2026-12-31T23:30"), TWO_HOURS, AroundTheClock())
    assert instant == at("2027-01-01T01:30")
    assert segments == (Segment(at("2026-12-31T23:30"), instant),)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T18:00", "2026-11-24T09:00"),
        ("2026-11-27T18:00", "2026-11-30T09:00"),  # over a weekend
        ("2026-09-30T18:00", "2026-10-08T09:00"),  # National Day
        ("2026-02-13T18:00", "2026-02-14T09:00"),  # Saturday 14 February is a make-up day
        ("2026-02-14T18:00", "2026-02-24T09:00"),  # Spring Festival
        ("2026-09-19T10:00", "2026-09-20T09:00"),  # Sunday 20 September is a make-up day
        ("2026-10-09T18:00", "2026-10-10T09:00"),  # Saturday 10 October is a make-up day
        ("2025-12-31T18:00", "2026-01-04T09:00"),  # New Year, with a make-up Sunday
    ],
)
def test_the_next_opening_of_prc_office_hours_is(instant: str, expected: str) -> None:
    assert next_opening(at(instant), OFFICE) == at(expected)


def test_a_customers_own_exceptions_go_before_the_calendar() -> None:
    own = {date(2026, 11, 24): False, date(2026, 11, 28): True}
    office = OfficeHours(time(9), time(18), PrcWorkdays(), own)
    assert next_opening(at("2026-11-23T18:00"), office) == at("2026-11-25T09:00")
    assert next_opening(at("2026-11-27T18:00"), office) == at("2026-11-28T09:00")


def test_an_unknown_year_is_an_error_only_when_a_day_of_it_matters() -> None:
    assert next_opening(at("2026-12-31T17:59"), OFFICE) == at("2026-12-31T17:59")
    assert due(at("2026-12-31T16:00"), TWO_HOURS, OFFICE)[0] == at("2026-12-31T18:00")
    with pytest.raises(UnknownYear, match="2027"):
        next_opening(at("2026-12-31T18:00"), OFFICE)
    filled = OfficeHours(time(9), time(18), PrcWorkdays(), {date(2027, 1, 1): True})
    assert next_opening(at("2026-12-31T18:00"), filled) == at("2027-01-01T09:00")


def test_elapsed_asks_for_no_day_after_its_end() -> None:
    assert elapsed(at("2026-12-31T17:00"), at("2026-12-31T23:59"), OFFICE) == timedelta(hours=1)


def test_a_calendar_without_working_days_is_an_error_not_a_hang() -> None:
    class Never:
        def is_workday(self, day: date) -> bool:
            return day.year < 2000

    with pytest.raises(BadInput, match="no working day"):
        next_opening(at("2026-11-23T10:00"), OfficeHours(time(9), time(18), Never()))


def test_years_of_weekends_are_no_closure() -> None:
    class Weekdays:
        def is_workday(self, day: date) -> bool:
            return day.weekday() < 5

    office = OfficeHours(time(9), time(18), Weekdays())
    counted = elapsed(at("2018-01-01T00:00"), at("2026-01-01T00:00"), office)
    weekdays = sum((date(2018, 1, 1) + timedelta(days=n)).weekday() < 5 for n in range(2922))
    assert counted == timedelta(hours=9) * weekdays


def test_elapsed_counts_only_service_time_and_nothing_backwards() -> None:
    start, end = at("2026-11-23T16:00"), at("2026-11-25T10:00")
    assert elapsed(start, end, DAY_SHIFT) == timedelta(hours=10)
    assert elapsed(end, start, DAY_SHIFT) == timedelta()
    assert elapsed(at("2026-11-23T18:00"), at("2026-11-24T09:00"), DAY_SHIFT) == timedelta()


def test_windows_are_in_order_from_the_first_that_closes_later() -> None:
    assert list(islice(DAY_SHIFT.windows(at("2026-11-23T17:00")), 2)) == [
        Window(at("2026-11-24T09:00"), at("2026-11-24T17:00")),
        Window(at("2026-11-25T09:00"), at("2026-11-25T17:00")),
    ]
    assert next(DAY_SHIFT.windows(at("2026-11-23T16:59:59"))).opens == at("2026-11-23T09:00")
    assert next(NIGHT_SHIFT.windows(at("2026-11-24T05:59"))).opens == at("2026-11-23T22:00")


def test_windows_stop_before_the_first_that_opens_at_or_after_until() -> None:
    found = list(DAY_SHIFT.windows(at("2026-11-23T00:00"), at("2026-11-25T09:00")))
    assert [window.opens for window in found] == [at("2026-11-23T09:00"), at("2026-11-24T09:00")]


@pytest.mark.parametrize(
    ("instant", "expected"), [("T08:59:59", False), ("T09:00", True), ("T16:59:59", True), ("T17:00", False)]
)
def test_a_window_is_half_open(instant: str, expected: bool) -> None:
    assert is_open(at(f"2026-11-23{instant}"), DAY_SHIFT) is expected


def test_a_naive_time_is_refused_everywhere() -> None:
    naive, aware = datetime(2026, 11, 23, 9), at("2026-11-23T09:00")  # noqa: DTZ001
    for refused in (
        lambda: due(naive, TWO_HOURS, AroundTheClock()),
        lambda: elapsed(naive, aware, DAY_SHIFT),
        lambda: elapsed(aware, naive, DAY_SHIFT),
        lambda: next(DAY_SHIFT.windows(naive)),
        lambda: is_open(naive, DAY_SHIFT),
    ):
        with pytest.raises(NaiveTimestamp):
            refused()


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(BadInput, match="negative"):
        due(at("2026-11-23T09:00"), timedelta(seconds=-1), DAY_SHIFT)


def test_any_zone_is_accepted_and_utc_is_returned() -> None:
    tokyo = datetime.fromisoformat("2026-11-23T17:50+09:00")
    instant, _ = due(tokyo, TWO_HOURS, DAY_SHIFT)
    assert instant == at("2026-11-24T10:50")
    assert instant.tzinfo is UTC

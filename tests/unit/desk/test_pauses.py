"""Agreed pauses cost business time, never wall-clock time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.desk.calendar import DailyHours, Window, due, elapsed
from bot.desk.pauses import PausedHours

from .samples import at

DAILY = DailyHours(time(9), time(17))
FOUR_HOURS = timedelta(hours=4)
REPORTED = at("2026-11-23T15:00")


def paused(*pauses: tuple[str, str]) -> PausedHours:
    return PausedHours(DAILY, tuple(Window(at(opens), at(closes)) for opens, closes in pauses))


def deadline(*pauses: tuple[str, str]) -> datetime:
    return due(REPORTED, FOUR_HOURS, paused(*pauses))[0]


def test_a_pause_over_the_night_costs_only_its_service_time() -> None:
    assert deadline() == at("2026-11-24T11:00")
    assert deadline(("2026-11-23T16:30", "2026-11-24T09:30")) == at("2026-11-24T12:00")


def test_a_pause_outside_service_hours_changes_nothing() -> None:
    assert deadline(("2026-11-23T17:00", "2026-11-24T09:00")) == deadline()


def test_overlapping_pauses_in_any_order_count_once() -> None:
    assert deadline(
        ("2026-11-23T16:00", "2026-11-23T16:30"),
        ("2026-11-23T15:30", "2026-11-23T16:15"),
        ("2026-11-23T16:10", "2026-11-23T16:20"),
    ) == at("2026-11-24T12:00")


def test_a_pause_over_whole_days_moves_the_deadline_by_those_days() -> None:
    assert deadline(("2026-11-23T15:00", "2026-11-26T15:00")) == at("2026-11-27T11:00")


def test_an_empty_or_inverted_pause_cuts_nothing() -> None:
    hours = paused(("2026-11-23T10:00", "2026-11-23T10:00"), ("2026-11-23T12:00", "2026-11-23T11:00"))
    since, until = at("2026-11-23T09:00"), at("2026-11-23T17:00")
    assert list(hours.windows(since, until)) == [Window(since, until)]


def test_windows_that_closed_before_are_left_out() -> None:
    hours = paused(("2026-11-23T10:00", "2026-11-23T11:00"))
    first = next(hours.windows(at("2026-11-23T10:00")))
    assert first == Window(at("2026-11-23T11:00"), at("2026-11-23T17:00"))
    assert elapsed(at("2026-11-23T10:00"), at("2026-11-23T12:00"), hours) == timedelta(hours=1)


def test_a_deadline_that_falls_on_the_start_of_a_pause_is_that_start() -> None:
    assert deadline(("2026-11-24T11:00", "2026-11-24T12:00")) == at("2026-11-24T11:00")

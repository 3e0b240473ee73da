"""Deadlines against second-by-second counting, on random and on boundary cases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from bot.desk.calendar import DailyHours, OfficeHours, ServiceHours, due, elapsed
from bot.desk.contract import ServiceTerms
from bot.desk.sla import response_deadline
from bot.desk.terms import Level, Priority, Zone
from bot.workdays import PrcWorkdays

from .oracle import DAY_S, Oracle

SPAN_DAYS = 40
FIRSTS = (date(2023, 12, 15), date(2024, 2, 3), date(2025, 9, 20), date(2026, 2, 1), date(2026, 9, 15))
MINUTES = {
    (Level.REGULAR, Priority.ONE): 120,
    (Level.REGULAR, Priority.TWO): 240,
    (Level.ENHANCED, Priority.ONE): 60,
    (Level.ENHANCED, Priority.TWO): 120,
}


def _clock(second: int) -> time:
    return time(second // 3600, second // 60 % 60, second % 60)


def _random_hours(rng: random.Random) -> tuple[int, int]:
    """Return opening and closing as seconds of the day: often usual ones, often across or at midnight."""
    step = rng.choice((1, 60, 900, 3600))
    opens, closes = (rng.randrange(0, DAY_S, step) for _ in range(2))
    usual = [(9 * 3600, 17 * 3600), (22 * 3600, 6 * 3600), (16 * 3600, 0), (0, 8 * 3600), (1, 0)]
    if opens == closes or rng.random() < 0.4:
        return rng.choice(usual)
    return opens, closes


def _random_start(rng: random.Random, oracle: Oracle, hours: tuple[int, int]) -> datetime:
    """Return a start in the first half of the span, half of them within two seconds of a boundary."""
    day = rng.randrange(1, SPAN_DAYS // 2)
    if rng.random() < 0.5:
        return oracle.instant(day * DAY_S + rng.randrange(DAY_S))
    return oracle.instant(day * DAY_S + rng.choice((*hours, 0)) + rng.randrange(-2, 3))


def _random_seconds(rng: random.Random, hours: tuple[int, int]) -> int:
    length = (hours[1] - hours[0]) % DAY_S
    return rng.choice(
        (rng.randrange(0, 4), rng.choice((60, 120, 240)) * 60, length, 2 * length, rng.randrange(3 * length))
    )


def _assert_arithmetic_equals_counting(rng: random.Random, tables: int, cases: int) -> None:
    for _ in range(tables):
        hours = _random_hours(rng)
        first = rng.choice(FIRSTS)
        service, oracle = _service(rng, first, hours)
        for _ in range(cases):
            start, seconds = _random_start(rng, oracle, hours), _random_seconds(rng, hours)
            expected = oracle.due(start, seconds)
            assert due(start, timedelta(seconds=seconds), service)[0] == expected
            end = start + timedelta(seconds=rng.randrange(5 * DAY_S))
            assert elapsed(start, end, service) == oracle.elapsed(start, end)


def _service(rng: random.Random, first: date, hours: tuple[int, int]) -> tuple[ServiceHours, Oracle]:
    """Return daily hours, or office hours with nine closed days, and the oracle of the same."""
    opens, closes = _clock(hours[0]), _clock(hours[1])
    if rng.random() < 0.5:
        return DailyHours(opens, closes), Oracle(first, SPAN_DAYS, *hours)
    closed = {first + timedelta(days=rng.randrange(SPAN_DAYS)) for _ in range(9)}
    service = OfficeHours(opens, closes, _EveryDay(), dict.fromkeys(closed, False))
    return service, Oracle(first, SPAN_DAYS, *hours, is_worked=lambda day: day not in closed)


class _EveryDay:
    def is_workday(self, day: date) -> bool:
        del day
        return True


def _levels(rng: random.Random, first: date) -> Iterator[tuple[ServiceTerms, tuple[int, int], Oracle]]:
    """Yield one contract of each level, with the oracle of its clock."""
    for level in Level:
        hours = _random_hours(rng)
        pair = (_clock(hours[0]), _clock(hours[1]))
        terms = ServiceTerms(level=level, zone=Zone.AWAY, service_hours=pair, office_hours=pair)
        if level is Level.ENHANCED:
            yield terms, hours, Oracle(first, SPAN_DAYS, 0, DAY_S)
        else:
            worked = chinese_calendar.is_workday if level is Level.DIAMOND else None
            yield terms, hours, Oracle(first, SPAN_DAYS, *hours, is_worked=worked)


def _assert_deadlines_equal_counting(rng: random.Random, rounds: int, cases: int) -> None:
    workdays = PrcWorkdays()
    for _ in range(rounds):
        for terms, hours, oracle in _levels(rng, rng.choice(FIRSTS)):
            for _ in range(cases):
                start, priority = _random_start(rng, oracle, hours), rng.choice((Priority.ONE, Priority.TWO))
                deadline = response_deadline(start, priority, terms, workdays)
                assert deadline is not None
                seconds = MINUTES.get((terms.level, priority), 0) * 60
                assert deadline.due == oracle.due(start, seconds)


def test_arithmetic_equals_second_by_second_counting() -> None:
    _assert_arithmetic_equals_counting(random.Random(4), tables=3, cases=100)


def test_response_deadlines_equal_second_by_second_counting() -> None:
    _assert_deadlines_equal_counting(random.Random(2), rounds=1, cases=100)


@pytest.mark.slow
def test_arithmetic_equals_counting_on_a_hundred_thousand_cases() -> None:
    _assert_arithmetic_equals_counting(random.Random(2026), tables=40, cases=2_600)


@pytest.mark.slow
def test_response_deadlines_equal_counting_on_a_hundred_thousand_cases() -> None:
    _assert_deadlines_equal_counting(random.Random(1110), rounds=12, cases=3_000)

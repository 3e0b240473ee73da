"""Deadlines by level, priority and zone (contract 1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.desk.calendar import elapsed
from bot.desk.contract import hours_of
from bot.desk.sla import (
    ClockName,
    Deadline,
    agreed_deadline,
    clock_hours,
    onsite_deadline,
    percent_instants,
    response_deadline,
)
from bot.desk.terms import Level, Priority, Zone
from bot.errors import BadInput, NaiveTimestamp, UnknownYear
from bot.workdays import PrcWorkdays

from .samples import at, service

WORKDAYS = PrcWorkdays()


def response(reported: str, priority: Priority, level: Level, **changes: Any) -> Deadline:
    deadline = response_deadline(at(reported), priority, service(level, **changes), WORKDAYS)
    assert deadline is not None
    return deadline


@pytest.mark.parametrize(
    ("level", "priority", "minutes"),
    [
        (Level.REGULAR, Priority.ONE, 120),
        (Level.REGULAR, Priority.TWO, 240),
        (Level.ENHANCED, Priority.ONE, 60),
        (Level.ENHANCED, Priority.TWO, 120),
    ],
)
def test_every_cell_of_the_response_table_counts_its_minutes(
    level: Level, priority: Priority, minutes: int
) -> None:
    deadline = response("2026-11-23T10:00", priority, level)
    assert deadline.due == at("2026-11-23T10:00") + timedelta(minutes=minutes)
    assert deadline.duration_minutes == minutes
    assert deadline.in_contract
    assert deadline.clock == ClockName.RESPONSE


@pytest.mark.parametrize(
    ("reported", "priority", "expected"),
    [
        ("2026-09-30T16:50", Priority.ONE, "2026-10-01T10:50"),  # before a holiday: 7×8 counts it
        ("2026-09-30T16:50", Priority.TWO, "2026-10-01T12:50"),
        ("2026-12-31T16:50", Priority.ONE, "2027-01-01T10:50"),  # no calendar is asked, so no year is unknown
        ("2026-11-23T15:00", Priority.ONE, "2026-11-23T17:00"),
        ("2026-11-23T03:00", Priority.TWO, "2026-11-23T13:00"),
    ],
)
def test_a_regular_report_is_answered_within_its_service_hours(
    reported: str, priority: Priority, expected: str
) -> None:
    assert response(reported, priority, Level.REGULAR).due == at(expected)


def test_a_longer_clock_than_a_day_of_service_spans_several_windows() -> None:
    deadline = response(
        "2026-11-23T09:30", Priority.TWO, Level.REGULAR, service_hours=(time(9), time(10, 30))
    )
    assert deadline.due == at("2026-11-25T10:30")
    assert [segment.duration.seconds // 60 for segment in deadline.segments] == [60, 90, 90]


def test_a_regular_contract_may_have_its_response_clock_run_day_and_night() -> None:
    deadline = response("2026-11-23T23:00", Priority.ONE, Level.REGULAR, response_around_the_clock=True)
    assert deadline.due == at("2026-11-24T01:00")


def test_an_enhanced_report_at_night_is_answered_at_night() -> None:
    assert response("2026-12-31T23:30", Priority.ONE, Level.ENHANCED).due == at("2027-01-01T00:30")


@pytest.mark.parametrize("priority", [Priority.ONE, Priority.TWO])
@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ("2026-11-23T10:00:07", "2026-11-23T10:00:07"),
        ("2026-11-23T18:00", "2026-11-24T09:00"),
        ("2026-11-27T19:00", "2026-11-30T09:00"),
        ("2026-09-30T20:00", "2026-10-08T09:00"),
        ("2026-02-14T12:00", "2026-02-14T12:00"),  # a make-up Saturday
    ],
)
def test_a_diamond_fault_is_due_at_once_or_at_the_next_opening(
    reported: str, expected: str, priority: Priority
) -> None:
    deadline = response(reported, priority, Level.DIAMOND)
    assert deadline.due == at(expected)
    assert deadline.started_at == at(reported)
    assert deadline.duration_minutes is None
    assert deadline.segments == ()


def test_a_diamond_deadline_in_an_unknown_year_is_an_error() -> None:
    with pytest.raises(UnknownYear, match="2027"):
        response("2026-12-31T20:00", Priority.ONE, Level.DIAMOND)


def test_a_diamond_customers_own_days_and_hours_go_first() -> None:
    own = {date(2026, 11, 24): False}
    hours = (time(8), time(20))
    deadline = response(
        "2026-11-23T20:00", Priority.ONE, Level.DIAMOND, office_hours=hours, office_exceptions=own
    )
    assert deadline.due == at("2026-11-25T08:00")


@pytest.mark.parametrize("level", list(Level))
def test_what_is_not_a_fault_has_no_deadline(level: Level) -> None:
    assert response_deadline(at("2026-11-23T10:00"), Priority.NOT_A_FAULT, service(level), WORKDAYS) is None


@pytest.mark.parametrize(
    ("level", "zone", "agreed", "hours", "in_contract"),
    [
        (Level.ENHANCED, Zone.INSIDE, None, 2, True),
        (Level.ENHANCED, Zone.AWAY, None, 12, True),
        (Level.ENHANCED, Zone.BEYOND, None, 12, False),
        (Level.ENHANCED, Zone.BEYOND, Decimal("4.5"), 4.5, True),
        (Level.DIAMOND, Zone.INSIDE, None, 0, True),
        (Level.DIAMOND, Zone.AWAY, None, 0, True),
    ],
)
def test_arrival_on_site_counts_by_the_wall_clock(
    level: Level, zone: Zone, agreed: Decimal | None, hours: float, in_contract: bool
) -> None:
    failed = at("2026-10-01T23:00")  # a holiday night
    deadline = onsite_deadline(failed, service(level, zone, onsite_agreed_hours=agreed), WORKDAYS)
    assert deadline is not None
    assert deadline.due == failed + timedelta(hours=hours)
    assert deadline.in_contract is in_contract
    assert deadline.clock == ClockName.ONSITE
    assert (deadline.duration_minutes is None) is (level is Level.DIAMOND)


@pytest.mark.parametrize("zone", list(Zone))
def test_the_regular_level_has_no_on_site_service(zone: Zone) -> None:
    assert onsite_deadline(at("2026-11-23T10:00"), service(Level.REGULAR, zone), WORKDAYS) is None


def test_shares_of_a_clock_are_of_its_business_time() -> None:
    terms = service(Level.REGULAR)
    deadline = response("2026-11-23T16:00", Priority.ONE, Level.REGULAR)
    hours = hours_of(terms, WORKDAYS)
    assert percent_instants(deadline, hours) == (
        at("2026-11-23T17:00"),  # half is used up on the closing
        at("2026-11-24T09:30"),
        at("2026-11-24T09:48"),
    )
    assert percent_instants(deadline, hours, (0, 100)) == (at("2026-11-23T16:00"), deadline.due)
    for percent, instant in zip((50, 75, 90), percent_instants(deadline, hours), strict=True):
        assert elapsed(deadline.started_at, instant, hours) == timedelta(minutes=120 * percent / 100)


def test_a_clock_without_a_duration_has_no_shares() -> None:
    deadline = response("2026-11-23T18:00", Priority.ONE, Level.DIAMOND)
    assert percent_instants(deadline, hours_of(service(Level.DIAMOND), WORKDAYS)) == ()


def test_arrivals_and_agreed_times_run_by_the_wall_clock_and_the_others_in_service_hours() -> None:
    terms = service(Level.REGULAR)
    daily = hours_of(terms, WORKDAYS)
    for clock in ClockName:
        own = clock_hours(clock, terms, WORKDAYS) == daily
        assert own is (clock not in (ClockName.ONSITE, ClockName.AGREED))


def test_an_agreed_time_is_the_deadline_itself() -> None:
    agreed, until = at("2026-11-23T10:00"), at("2026-11-23T20:00:30")
    deadline = agreed_deadline(agreed, until)
    assert (deadline.due, deadline.duration_minutes, deadline.clock) == (until, 600, ClockName.AGREED)
    half = percent_instants(deadline, clock_hours(deadline.clock, service(Level.REGULAR), WORKDAYS), (50,))
    assert half == (at("2026-11-23T15:00"),)
    with pytest.raises(BadInput, match="already passed"):
        agreed_deadline(agreed, agreed)


def test_meeting_a_deadline_means_no_later_than_it() -> None:
    deadline = response("2026-11-23T10:00", Priority.ONE, Level.REGULAR)
    assert deadline.is_met_at(deadline.due)
    assert not deadline.is_met_at(deadline.due + timedelta(microseconds=1))


def test_what_is_due_at_once_is_in_time_for_ten_minutes() -> None:
    deadline = response_deadline(at("2026-01-05T10:00"), Priority.ONE, service(Level.DIAMOND), WORKDAYS)
    assert deadline is not None
    assert deadline.is_met_at(deadline.due + timedelta(minutes=10))
    assert not deadline.is_met_at(deadline.due + timedelta(minutes=10, seconds=1))


def test_a_report_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    for level in Level:
        with pytest.raises(NaiveTimestamp):
            response_deadline(naive, Priority.ONE, service(level), WORKDAYS)
    with pytest.raises(NaiveTimestamp):
        onsite_deadline(naive, service(Level.ENHANCED), WORKDAYS)


def test_deadlines_are_aware_utc_whatever_zone_the_report_carries() -> None:
    reported = datetime.fromisoformat("2026-11-23T17:50+09:00")
    deadline = response_deadline(reported, Priority.ONE, service(Level.REGULAR), WORKDAYS)
    assert deadline is not None
    assert deadline.due == at("2026-11-24T10:50")
    assert deadline.due.tzinfo is deadline.started_at.tzinfo is UTC

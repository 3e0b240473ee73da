"""Times as people say them, and the counting that a customer can check."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import SHANGHAI
from bot.desk.sla import ClockName, Deadline, agreed_deadline, onsite_deadline, response_deadline
from bot.desk.terms import Level, Priority, Zone
from bot.dialogue.receipts import (
    deadline_reason,
    no_onsite_line,
    receipt_lines,
    say_deadline,
    say_duration,
    say_hours,
    say_time,
)
from bot.workdays import PrcWorkdays
from tests.unit.desk.samples import at, service

NOW = at("2026-11-23T16:50")


def response(reported: datetime, level: Level, priority: Priority = Priority.ONE, **changes: Any) -> Deadline:
    deadline = response_deadline(reported, priority, service(level, **changes), PrcWorkdays())
    assert deadline is not None
    return deadline


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-11-23T18:50", "今天 18:50 前"),
        ("2026-11-23T16:49", "今天 16:49 前"),
        ("2026-11-24T11:00", "明天（周二）11:00 前"),
        ("2026-11-22T11:00", "昨天（周日）11:00 前"),
        ("2026-11-25T09:00", "11月25日（周三）09:00 前"),
        ("2027-01-04T09:05", "2027年1月4日（周一）09:05 前"),
        ("2026-11-24T00:00", "今天 24:00 前"),
        ("2026-11-25T00:00", "明天（周二）24:00 前"),
        ("2026-11-24T00:01", "明天（周二）00:01 前"),
        ("2027-01-01T00:00", "12月31日（周四）24:00 前"),
        ("2026-11-23T18:50:59.9", "今天 18:50 前"),
        ("2026-11-24T00:00:30", "今天 24:00 前"),
    ],
)
def test_a_time_is_said_as(due: str, said: str) -> None:
    assert say_time(at(due), NOW) == said


def test_days_are_shanghais_whatever_the_zone_of_now() -> None:
    utc_yesterday = datetime.fromisoformat("2026-11-22T17:00+00:00")  # 01:00 on the 23rd in Shanghai
    assert say_time(at("2026-11-23T18:50"), utc_yesterday) == "今天 18:50 前"


@given(st.timedeltas(timedelta(days=-3), timedelta(days=40)))
def test_what_is_said_is_never_later_than_what_is_due(ahead: timedelta) -> None:
    due = NOW + ahead
    clock = say_time(due, NOW).removesuffix(" 前")[-5:]
    hour, minute = map(int, clock.split(":"))
    local = due.astimezone(SHANGHAI)
    minutes_of_day = local.hour * 60 + local.minute
    assert hour * 60 + minute == (minutes_of_day or 24 * 60)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 分钟"),
        (45, "45 分钟"),
        (60, "1 小时"),
        (110, "1 小时 50 分钟"),
        (720, "12 小时"),
        (1440, "24 小时"),
        (2879, "47 小时 59 分钟"),
        (2880, "2 天"),
        (4441, "3 天 2 小时 1 分钟"),
    ],
)
def test_a_duration_is_said_as(minutes: int, said: str) -> None:
    assert say_duration(minutes) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((time(9), time(17)), "09:00–17:00"),
        ((time(22), time(6)), "22:00–次日 06:00"),
        ((time(16), time(0)), "16:00–24:00"),
    ],
)
def test_hours_are_said_as(hours: tuple[time, time], said: str) -> None:
    assert say_hours(hours) == said


def test_a_near_deadline_says_about_how_long_and_a_far_one_only_when() -> None:
    assert say_deadline(response(NOW, Level.ENHANCED), NOW) == "今天 17:50 前，约 1 小时内"
    near = response(NOW, Level.ENHANCED, Priority.TWO)
    assert say_deadline(near, NOW + timedelta(seconds=20)) == "今天 18:50 前，约 2 小时内"
    assert say_deadline(near, NOW + timedelta(minutes=97)) == "今天 18:50 前，约 25 分钟内"
    assert say_deadline(near, NOW + timedelta(minutes=117)) == "今天 18:50 前，约 3 分钟内"
    assert say_deadline(response(NOW, Level.REGULAR), NOW) == "明天（周二）10:50 前"
    assert say_deadline(near, near.due + timedelta(hours=1)) == "今天 18:50 前"


def test_at_once_is_said_as_at_once() -> None:
    assert say_deadline(response(NOW, Level.DIAMOND), NOW) == "立即"
    evening = at("2026-11-23T19:00")
    assert say_deadline(response(evening, Level.DIAMOND), evening) == "明天（周二）09:00 前"


@pytest.mark.parametrize(
    ("level", "changes", "said"),
    [
        (Level.REGULAR, {}, "因服务时段为每天 09:00–17:00"),
        (Level.REGULAR, {"service_hours": (time(8), time(16))}, "因服务时段为每天 08:00–16:00"),
        (Level.REGULAR, {"response_around_the_clock": True}, "因服务时段为全天 24 小时"),
        (Level.ENHANCED, {}, "因服务时段为全天 24 小时"),
        (Level.DIAMOND, {}, "因工程师驻场时间为贵方工作日 09:00–18:00"),
    ],
)
def test_the_reason_for_a_deadline_is_the_hours_it_counts_in(
    level: Level, changes: dict[str, Any], said: str
) -> None:
    assert deadline_reason(response(NOW, level, **changes), service(level, **changes)) == said


def onsite_reason(level: Level, zone: Zone, **changes: Any) -> str:
    terms = service(level, zone, **changes)
    deadline = onsite_deadline(NOW, terms, PrcWorkdays())
    assert deadline is not None
    return deadline_reason(deadline, terms)


def test_only_what_the_contract_promises_on_site_is_said_to_be_in_it() -> None:
    assert "合同的到场时间" in onsite_reason(Level.ENHANCED, Zone.INSIDE)
    assert "外地" in onsite_reason(Level.ENHANCED, Zone.AWAY)
    target = onsite_reason(Level.ENHANCED, Zone.BEYOND)
    assert "合同未约定" in target
    assert "我方的目标" in target
    assert "约定的到场时间" in onsite_reason(Level.ENHANCED, Zone.BEYOND, onsite_agreed_hours=Decimal(4))
    assert "实时" in onsite_reason(Level.DIAMOND, Zone.AWAY)


def test_a_receipt_counts_window_by_window() -> None:
    deadline = response(NOW, Level.REGULAR)
    assert receipt_lines(deadline, service(Level.REGULAR)) == [
        "2026年11月23日（周一）16:50 报障，常规级服务，2 小时内响应，只计服务时段（每天 09:00–17:00）",
        "11月23日（周一）16:50–17:00 计 10 分钟，累计 10 分钟",
        "11月24日（周二）09:00–10:50 计 1 小时 50 分钟，累计 2 小时",
        "响应截止：11月24日（周二）10:50",
    ]


def test_a_report_out_of_hours_says_from_when_it_counts() -> None:
    deadline = response(at("2026-12-31T20:00:07"), Level.REGULAR)
    lines = receipt_lines(deadline, service(Level.REGULAR))
    assert lines[0].startswith("2026年12月31日（周四）20:00:07 报障")
    assert lines[1:] == [
        "当时在服务时段之外，从 1月1日（周五）09:00 起算",
        "1月1日（周五）09:00–11:00 计 2 小时，累计 2 小时",
        "响应截止：1月1日（周五）11:00",
    ]


def test_seconds_are_counted_in_a_receipt() -> None:
    lines = receipt_lines(response(at("2026-11-23T16:59:30"), Level.REGULAR), service(Level.REGULAR))
    assert lines[1:3] == [
        "11月23日（周一）16:59:30–17:00 计 30 秒，累计 30 秒",
        "11月24日（周二）09:00–10:59:30 计 1 小时 59 分钟 30 秒，累计 2 小时",
    ]


def test_a_receipt_across_midnight_names_both_days_and_midnight_as_24() -> None:
    night: dict[str, Any] = {"service_hours": (time(22), time(6))}
    across = receipt_lines(
        response(at("2026-11-23T23:00"), Level.REGULAR, **night), service(Level.REGULAR, **night)
    )
    assert across[1] == "11月23日（周一）23:00–11月24日（周二）01:00 计 2 小时，累计 2 小时"
    until = receipt_lines(
        response(at("2026-11-23T21:00"), Level.REGULAR, **night), service(Level.REGULAR, **night)
    )
    assert until[2:] == [
        "11月23日（周一）22:00–24:00 计 2 小时，累计 2 小时",
        "响应截止：11月23日（周一）24:00",
    ]


def test_a_diamond_receipt_says_at_once_and_from_when() -> None:
    terms = service(Level.DIAMOND, office_exceptions={date(2026, 11, 24): False})
    deadline = response_deadline(at("2026-11-23T19:00"), Priority.TWO, terms, PrcWorkdays())
    assert deadline is not None
    assert receipt_lines(deadline, terms) == [
        "2026年11月23日（周一）19:00 报障，钻石级服务，驻场工程师在贵方工作日 09:00–18:00 内立即响应",
        "当时在工程师驻场时间之外，从 11月25日（周三）09:00 起算",
        "响应截止：11月25日（周三）09:00",
    ]


def test_an_arrivals_receipt_counts_from_the_judgement() -> None:
    terms = service(Level.ENHANCED, Zone.BEYOND)
    deadline = onsite_deadline(NOW, terms, PrcWorkdays())
    assert deadline is not None
    lines = receipt_lines(deadline, terms)
    assert lines[0].startswith("2026年11月23日（周一）16:50 判断不能远程解决，增强级服务，12 小时内到场")
    assert lines[0].endswith("这是我方的目标时间")
    assert lines[-1] == "到场截止：11月24日（周二）04:50"
    assert deadline.clock == ClockName.ONSITE


def test_an_agreed_time_says_who_set_it() -> None:
    deadline = agreed_deadline(NOW, at("2026-11-24T20:00"))
    assert deadline_reason(deadline, service(Level.REGULAR)) == "因双方约定了时间"
    assert receipt_lines(deadline, service(Level.REGULAR)) == [
        "2026年11月23日（周一）16:50 双方约定，以约定时间为准",
        "约定时间：11月24日（周二）20:00",
    ]


def test_the_regular_level_is_told_that_it_has_no_on_site_service() -> None:
    assert no_onsite_line(service(Level.REGULAR)) == "常规级服务不含现场服务"


@given(st.integers(0, 3 * 86_400), st.sampled_from(list(Priority)[:2]))
def test_the_counted_lines_add_up_to_the_clock(offset_s: int, priority: Priority) -> None:
    deadline = response(NOW + timedelta(seconds=offset_s), Level.REGULAR, priority)
    lines = receipt_lines(deadline, service(Level.REGULAR))
    counted = [line for line in lines if "累计" in line]
    assert counted[-1].endswith(f"累计 {say_duration(120 if priority is Priority.ONE else 240)}")
    assert len(counted) == len(deadline.segments)

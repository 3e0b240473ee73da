"""Times as staff type them, and who agreed, how and when."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.desk.arrangements import Consent
from bot.dialogue.moments import consent, future, past
from bot.errors import Refused

from .desk.samples import at

NOW = at("2026-03-02T10:30")


@pytest.mark.parametrize(
    ("words", "expected", "rest"),
    [
        ("15:00", "2026-03-02T15:00", ""),
        ("15：00 王经理", "2026-03-02T15:00", "王经理"),
        ("15点", "2026-03-02T15:00", ""),
        ("15点半王经理", "2026-03-02T15:30", "王经理"),
        ("15点5分", "2026-03-02T15:05", ""),
        ("今天 16:20", "2026-03-02T16:20", ""),
        ("明天9:00 王经理 电话", "2026-03-03T09:00", "王经理 电话"),
        ("后天 0:30", "2026-03-04T00:30", ""),
        ("3月5日 9:00", "2026-03-05T09:00", ""),
        ("03-05 09:00", "2026-03-05T09:00", ""),
    ],
)
def test_a_time_to_come(words: str, expected: str, rest: str) -> None:
    assert future(words, NOW) == (at(expected), rest)


def test_a_date_is_the_nearest_of_its_name() -> None:
    assert future("1月2日 9:00", at("2026-12-30T10:00"))[0] == at("2027-01-02T09:00")


@pytest.mark.parametrize("words", ["9:00", "10:30", "今天 9:00", "3月1日 9:00"])
def test_a_time_that_has_passed_is_refused_with_how_to_write_tomorrow(words: str) -> None:
    with pytest.raises(Refused, match="明天 9:00"):
        future(words, NOW)


@pytest.mark.parametrize("words", ["早点", "", "25:00", "王经理 15:00"])
def test_what_is_no_time_is_left_as_it_is(words: str) -> None:
    assert future(words, NOW) == (None, words)


@pytest.mark.parametrize("words", ["2月30日 9:00", "13月1日 9:00"])
def test_a_day_that_does_not_exist_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="没有"):
        future(words, NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10:05", "2026-03-02T10:05"),
        ("23:50 王工", "2026-03-01T23:50"),
        ("昨天 14:05", "2026-03-01T14:05"),
        ("前天 9:00", "2026-02-28T09:00"),
    ],
)
def test_a_time_of_day_that_is_still_to_come_was_last_nights(words: str, expected: str) -> None:
    assert past(words, NOW)[0] == at(expected)


@pytest.mark.parametrize("words", ["今天 11:00", "14:05", "明天 9:00"])
def test_a_time_to_come_is_no_past(words: str) -> None:
    with pytest.raises(Refused, match="还没到"):
        past(words, NOW)


def test_who_may_have_meant_yesterday_is_told_how_to_write_it() -> None:
    with pytest.raises(Refused, match="昨天的请写：昨天 14:05"):
        past("14:05", NOW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("王经理", Consent("王经理", "电话", NOW)),
        ("王经理 当面", Consent("王经理", "当面", NOW)),
        ("王经理 电话 10:20", Consent("王经理", "电话", at("2026-03-02T10:20"))),
        ("王经理 10:20 短信", Consent("王经理", "短信", at("2026-03-02T10:20"))),
        ("", None),
    ],
)
def test_who_agreed_how_and_when(words: str, expected: Consent | None) -> None:
    assert consent(words, at("2026-03-02T10:00"), NOW) == expected


def test_nobody_agrees_before_the_report() -> None:
    reported_at: datetime = at("2026-03-02T10:00")
    with pytest.raises(Refused, match="早于报修时间"):
        consent("王经理 电话 9:30", reported_at, NOW)

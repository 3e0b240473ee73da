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
        ("3/5 09:00", "2026-03-05T09:00", ""),
        ("2026-12-01 15:00", "2026-12-01T15:00", ""),
        ("2026-12-01T15:00 王经理", "2026-12-01T15:00", "王经理"),
        ("2026/12/1 15:00", "2026-12-01T15:00", ""),
        ("2026年12月1日 15:00", "2026-12-01T15:00", ""),
        ("2027-01-04 9:00", "2027-01-04T09:00", ""),
        ("3月3日（周二）11:00", "2026-03-03T11:00", ""),  # as we say it
        ("今天 24:00", "2026-03-03T00:00", ""),
        ("下午3点", "2026-03-02T15:00", ""),
        ("下午三点半", "2026-03-02T15:30", ""),
        ("下午三点半王经理 电话", "2026-03-02T15:30", "王经理 电话"),
        ("下午 3:05", "2026-03-02T15:05", ""),
        ("下午三点零五", "2026-03-02T15:05", ""),
        ("下午两点一刻", "2026-03-02T14:15", ""),
        ("十五点四十五分", "2026-03-02T15:45", ""),
        ("上午十一点整", "2026-03-02T11:00", ""),
        ("中午12点", "2026-03-02T12:00", ""),
        ("中午一点", "2026-03-02T13:00", ""),
        ("今晚8点", "2026-03-02T20:00", ""),
        ("明早九点", "2026-03-03T09:00", ""),
        ("明天下午三点半", "2026-03-03T15:30", ""),
        ("大后天上午10点", "2026-03-05T10:00", ""),
        ("周五 15:00", "2026-03-06T15:00", ""),
        ("周一 15:00", "2026-03-02T15:00", ""),  # today is one
        ("星期天 9:00", "2026-03-08T09:00", ""),
        ("本周五下午3点", "2026-03-06T15:00", ""),
        ("下周一上午十点 王经理", "2026-03-09T10:00", "王经理"),
        ("下个星期三 9:00", "2026-03-11T09:00", ""),
        ("30分钟后", "2026-03-02T11:00", ""),
        ("半小时后 王经理", "2026-03-02T11:00", "王经理"),
        ("两个半小时内", "2026-03-02T13:00", ""),
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


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("3点", "3点是上午还是下午？请写成 03:00 或 15:00"),
        ("三点半", "三点半是上午还是下午？请写成 03:30 或 15:30"),
        ("明天9点", "请写成 09:00 或 21:00"),
        ("12点", "请写成 12:00 或 00:00"),
        ("周五", "请写明几点，例如：周五 9:00"),
        ("周五 王经理 电话", "请写明几点，例如：周五 9:00"),
        ("下周一上午", "请写明几点，例如：下周一上午 9:00"),
        ("明天下午 王经理", "请写明几点，例如：明天下午 15:00"),
        ("2026-12-01", "请写明几点，例如：2026-12-01 9:00"),
        ("今晚12点", "是几点？请按 24 小时制写"),
        ("晚上2点", "是几点？请按 24 小时制写"),
        ("上午15点", "是几点？请按 24 小时制写"),
        ("25:00", "没有 25:00 这个时间"),
        ("二十五点", "没有 二十五点 这个时间"),
        ("下午3点七十分", "没有"),
        ("3月3日（周三）11:00", "3月3日是周二，不是周三"),
        ("2026-02-30 9:00", "没有2月30日这一天"),
        ("周一 9:00", "03-02 09:00 已经过了"),
        ("上周五 9:00", "02-27 09:00 已经过了"),
        ("2026-01-05 9:00", "01-05 09:00 已经过了"),
    ],
)
def test_what_could_mean_two_things_is_asked_back(words: str, asked: str) -> None:
    with pytest.raises(Refused, match=asked):
        future(words, NOW)


@pytest.mark.parametrize(
    "words",
    [
        "早点",
        "",
        "王经理 15:00",
        "周一鸣经理",
        "一点都不能用",
        "3-5 个座席登不上",
        "今天已重启",
        "上午录音没了",
        "两个座席",
        "T1",
        "1-2点之间",
        "2026 年",
        "下班后",
    ],
)
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
        ("周五 14:05", "2026-02-27T14:05"),
        ("上周日下午2点", "2026-03-01T14:00"),
        ("昨晚十点", "2026-03-01T22:00"),
        ("2026-02-27 9:00", "2026-02-27T09:00"),
        ("上午9点 王经理", "2026-03-02T09:00"),
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

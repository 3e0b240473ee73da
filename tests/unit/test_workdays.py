"""Working days: the package's years, and those that a local file adds or corrects."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.errors import BadInput, UnknownYear
from bot.workdays import PrcWorkdays, load_workdays

NOTICE = """
2027:
  holidays: [2027-01-01, 2027-02-05..2027-02-11, "2026-12-31"]
  workdays: [2027-02-14, 2027-02-20]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "workdays.yaml"
    path.write_text(text, "utf-8")
    return path


# The State Council's notice for 2026.
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ((1, 1), (1, 3)),
        ((2, 15), (2, 23)),
        ((4, 4), (4, 6)),
        ((5, 1), (5, 5)),
        ((6, 19), (6, 21)),
        ((9, 25), (9, 27)),
        ((10, 1), (10, 7)),
    ],
)
def test_the_holidays_of_2026_are_off(first: tuple[int, int], last: tuple[int, int]) -> None:
    start, end = date(2026, *first).toordinal(), date(2026, *last).toordinal()
    assert not any(PrcWorkdays().is_workday(date.fromordinal(day)) for day in range(start, end + 1))


@pytest.mark.parametrize("day", [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)])
def test_the_make_up_days_of_2026_are_worked(day: tuple[int, int]) -> None:
    assert PrcWorkdays().is_workday(date(2026, *day))


def test_ordinary_days_follow_the_week() -> None:
    week = [PrcWorkdays().is_workday(date(2026, 11, 23 + n)) for n in range(7)]
    assert week == [True] * 5 + [False] * 2


@pytest.mark.parametrize("year", [1990, 2090])
def test_an_unknown_year_is_an_error_that_says_what_to_do(year: int) -> None:
    with pytest.raises(UnknownYear, match=rf"{year}.*chinesecalendar.*workdays\.yaml"):
        PrcWorkdays().is_workday(date(year, 6, 1))
    assert not PrcWorkdays().knows(year)
    assert PrcWorkdays().knows(2026)


def test_a_local_file_makes_a_year_known(tmp_path: Path) -> None:
    workdays = load_workdays(written(tmp_path, NOTICE))
    assert workdays.knows(2027)
    expected = {
        date(2027, 1, 1): False,
        date(2027, 1, 4): True,
        date(2027, 1, 9): False,
        date(2027, 2, 5): False,
        date(2027, 2, 11): False,
        date(2027, 2, 12): True,
        date(2027, 2, 14): True,
        date(2027, 2, 20): True,
        date(2026, 12, 31): False,  # a notice may reach into the year before
        date(2026, 12, 30): True,
    }
    assert {day: workdays.is_workday(day) for day in expected} == expected


def test_a_listed_day_corrects_the_package(tmp_path: Path) -> None:
    path = written(tmp_path, "2025:\n  holidays: [2025-11-24]\n  workdays: []\n")
    assert PrcWorkdays().is_workday(date(2025, 11, 24))
    assert not load_workdays(path).is_workday(date(2025, 11, 24))


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_or_absent_file_adds_nothing(tmp_path: Path, text: str) -> None:
    assert load_workdays(written(tmp_path, text)) == PrcWorkdays()
    assert load_workdays(tmp_path / "none.yaml") == load_workdays(None) == PrcWorkdays()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[2027-01-01]", "must hold years"),
        ("next: {holidays: []}", "next: must be a year"),
        ("2027: [2027-01-01]", "2027: must be a year with lists"),
        ("2027: {vacation: [2027-01-01]}", "2027: must be a year with lists"),
        ("2027: {holidays: 2027-01-01}", "2027: holidays must be a list"),
        ("2027: {holidays: [tomorrow]}", "tomorrow"),
        ("2027: {holidays: [2027-02-30]}", "can't be read"),
        ("2027: {holidays: [2027-02-30..2027-03-01]}", "is no day"),
        ("2027: {holidays: [2027-02-11..2027-02-05]}", "does not belong"),
        ("2027: {holidays: [2028-01-01]}", "does not belong"),
        ("2027: {holidays: [2025-12-31]}", "does not belong"),
        ("2027: {holidays: [2027-01-02], workdays: [2027-01-02]}", "both as off and as worked"),
        ("2027: {holidays: [", "can't be read"),
    ],
)
def test_a_malformed_file_is_named_with_its_entry(tmp_path: Path, text: str, why: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadInput, match=why) as caught:
        load_workdays(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)

"""Who is on call: turns, given days, swaps, and the file that says so."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.roster import Given, Roster, Rotation, Swap
from bot.errors import BadInput
from bot.watch.roster import check_names, read
from tests.unit.desk.samples import at

WEEKLY = Rotation("值班", ("李工", "王工", "赵工"), 7, date(2026, 1, 5))
DAILY = Rotation("白班", ("李工", "王工"), 1, date(2026, 1, 5), time(9), time(21))
NIGHT = Rotation("夜班", ("赵工", "钱工"), 1, date(2026, 1, 5), time(21), time(9))


def test_turns_change_at_the_handover_not_at_midnight() -> None:
    roster = Roster((WEEKLY,))

    assert roster.on_call(at("2026-01-12T08:59")) == ("李工",)
    assert roster.on_call(at("2026-01-12T09:00")) == ("王工",)
    assert roster.on_call(at("2026-01-26T09:00")) == ("李工",)


def test_nobody_is_on_call_before_the_plan_begins() -> None:
    assert Roster((WEEKLY,)).on_call(at("2026-01-05T08:59")) == ()


def test_day_and_night_shifts_meet_without_gap_or_overlap() -> None:
    roster = Roster((DAILY, NIGHT))

    said = [
        roster.on_call(at(f"2026-01-0{day}T{hour}"))
        for day, hour in ((6, "20:59"), (6, "21:00"), (7, "08:59"))
    ]

    assert said == [("王工",), ("钱工",), ("钱工",)]


def test_given_days_go_before_the_rotation_and_a_swap_before_both() -> None:
    holiday = Given(date(2026, 2, 16), date(2026, 2, 18), "钱工")
    roster = Roster((WEEKLY,), (holiday,)).swapped(Swap(date(2026, 2, 17), "孙工", "钱工"))

    assert [roster.on_day(date(2026, 2, day)) for day in (16, 17, 18, 19)] == [
        ("钱工",),
        ("孙工",),
        ("钱工",),
        ("李工",),
    ]


def test_a_swap_needs_the_one_who_has_the_duty() -> None:
    with pytest.raises(BadInput, match=re.escape("王工 is not on call on 2026-01-06 (李工)")):
        Roster((WEEKLY,)).swapped(Swap(date(2026, 1, 6), "赵工", "王工"))


def test_a_swap_that_no_longer_fits_a_new_plan_does_nothing() -> None:
    swap = Swap(date(2026, 1, 6), "赵工", "李工")

    assert Roster((WEEKLY,), swaps=(swap,)).on_day(swap.day) == ("赵工",)
    assert Roster((Rotation("值班", ("王工",), 7, date(2026, 1, 5)),), swaps=(swap,)).on_day(swap.day) == (
        "王工",
    )


def test_a_swapped_duty_can_be_swapped_on() -> None:
    day = date(2026, 1, 6)
    roster = Roster((WEEKLY,)).swapped(Swap(day, "王工", "李工")).swapped(Swap(day, "赵工", "王工"))

    assert roster.on_day(day) == ("赵工",)


def test_changes_say_when_duty_passes_to_whom() -> None:
    roster = Roster((WEEKLY,)).swapped(Swap(date(2026, 1, 8), "赵工", "李工"))

    assert list(islice(roster.changes(at("2026-01-07T12:00")), 3)) == [
        (at("2026-01-08T09:00"), ("赵工",)),
        (at("2026-01-09T09:00"), ("李工",)),
        (at("2026-01-12T09:00"), ("王工",)),
    ]


@given(st.integers(0, 2000), st.integers(0, 23))
def test_a_rotation_without_hours_never_has_a_gap_and_every_turn_is_as_long(days: int, hour: int) -> None:
    start = at("2026-01-05T09:00")
    moment = start.replace(hour=hour) if hour >= start.hour else start
    moment = moment.fromtimestamp(moment.timestamp() + days * 86400, moment.tzinfo)

    assert Roster((WEEKLY,)).on_call(moment) == (WEEKLY.members[days // 7 % 3],)


YAML = """
rotations:
  - {name: 白班, members: [李工, 王工], every: day, from: 2026-01-05, handover: "09:00", until: "21:00"}
holidays:
  - {days: 2026-10-01..2026-10-03, who: 钱工}
  - {days: 2026-12-31, who: 王工}
"""


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_yaml_file_holds_rotations_and_holidays(tmp_path: Path) -> None:
    roster = read(file(tmp_path, "roster.yaml", YAML))

    assert roster.rotations == (DAILY,)
    assert roster.given == (
        Given(date(2026, 10, 1), date(2026, 10, 3), "钱工"),
        Given(date(2026, 12, 31), date(2026, 12, 31), "王工"),
    )
    assert Roster.from_dict(roster.to_dict()) == roster


@pytest.mark.parametrize("header", ["from,to,who", "开始,结束,值班人"])
def test_a_csv_file_holds_given_days(tmp_path: Path, header: str) -> None:
    text = f"\ufeff{header}\n2026-01-05,2026-01-11,李工\n2026-01-12,,王工\n\n"

    roster = read(file(tmp_path, "roster.csv", text))

    assert roster.on_call(at("2026-01-11T10:00")) == ("李工",)
    assert roster.on_call(at("2026-01-12T10:00")) == ("王工",)
    assert roster.on_call(at("2026-01-13T10:00")) == ()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("r.yaml", "rotations: {}x", "is no YAML"),
        ("r.yaml", "rota: []", "must hold"),
        ("r.yaml", "rotations: []", "names nobody"),
        ("r.yaml", "rotations: [{members: 李工, from: 2026-01-05}]", "rotation 1: members: must be a list"),
        (
            "r.yaml",
            "rotations: [{members: [李工], from: tomorrow}]",
            "rotation 1: from: 'tomorrow' is no day",
        ),
        (
            "r.yaml",
            "rotations: [{members: [李工], from: 2026-01-05, every: month}]",
            "every: must be day, week",
        ),
        (
            "r.yaml",
            "rotations: [{members: [李工], from: 2026-01-05, handover: 21:00}]",
            "handover: must be a time in quotes",
        ),
        (
            "r.yaml",
            "holidays: [{days: 2026-10-03..2026-10-01, who: 李工}]",
            "2026-10-01 is before 2026-10-03",
        ),
        ("r.csv", "", "is empty"),
        ("r.csv", "day,person\n", "must name the columns"),
        ("r.csv", "from,to,who\n2026-01-05,,\n", "line 2: who is missing"),
        ("r.csv", "from,to,who\n05.01.2026,,李工\n", "line 2: from: '05.01.2026' is no day"),
    ],
)
def test_a_wrong_file_is_refused_with_its_entry(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(file(tmp_path, name, text))

    assert reason in str(refusal.value)
    assert str(tmp_path / name) in str(refusal.value)


def test_a_name_that_is_not_staff_is_refused() -> None:
    with pytest.raises(BadInput, match="not staff: 赵工;"):
        check_names(Roster((WEEKLY,)), {"李工", "王工"})

"""The roster in chat and on the command line, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import run
from tests.support.staffing import alarms, full_staff
from tests.support.world import World

ROSTER = """
rotations:
  - {members: [李工, 王工], every: week, from: 2026-03-02}
"""


@pytest.fixture
def imported(world: World, tmp_path: Path) -> World:
    """The world with 李工 on call this week, 王工 the next."""
    file = tmp_path / "roster.yaml"
    file.write_text(ROSTER, "utf-8")
    assert run(["oncall", "import", str(file), "--db", world.url]) == 0
    return world


def test_who_is_on_call_now_and_next_is_answered_in_chat(imported: World) -> None:
    assert imported.staff("值班").splitlines()[:2] == ["现在值班：李工", "3月9日（周一）09:00 起：王工"]


def test_without_a_roster_chat_and_command_say_what_that_means(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "还没有值班表，报警会发给整个值班群" in world.staff("值班")
    assert run(["oncall", "show", "--db", world.url]) == 0
    assert "alarms go to the whole staff chat" in capsys.readouterr().err


def test_a_lead_swaps_a_day_and_the_staff_chat_hears_of_it(imported: World) -> None:
    said = imported.staff("换班 李工 王工 3-4", who="zhao")

    assert said == "换班：3月4日（周三） 王工 替 李工 值班（赵主管登记）。"
    imported.at("2026-03-04T12:00:00+08:00")
    assert imported.staff("值班").splitlines()[:2] == ["现在值班：王工", "3月5日（周四）09:00 起：李工"]


def test_only_a_lead_may_swap(imported: World) -> None:
    assert "需要主管或以上角色" in imported.staff("换班 李工 王工 3-4", who="li")
    assert imported.staff("值班").splitlines()[1] == "3月9日（周一）09:00 起：王工"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("王工 李工 3-4", "3月4日（周三） 值班的是李工，不是王工，没有改动"),
        ("李工 周工 3-4", "没有叫“周工”的同事"),
        ("李工 王工", "请写明原值班人、替班人和日期"),
        ("李工 王工 2-30", "“2-30”不是日期"),
        ("李工 王工 3-8..3-4", "日期要从早到晚"),
    ],
)
def test_a_wrong_swap_is_refused_with_the_right_form(imported: World, words: str, answer: str) -> None:
    said = imported.staff(f"换班 {words}", who="zhao")

    assert answer in said
    assert ("正确写法：换班 李工 王工 11-24" in said) is ("没有改动" not in said)


def test_a_swap_of_several_days_happens_whole_or_not_at_all(imported: World) -> None:
    imported.staff("换班 李工 王工 3-7..3-9", who="zhao")  # on the 9th 王工 has the duty himself
    imported.at("2026-03-07T12:00:00+08:00")
    assert "现在值班：李工" in imported.staff("值班")

    imported.staff("换班 李工 王工 3-7..3-8", who="zhao")
    assert "现在值班：王工" in imported.staff("值班")


def test_the_alarm_goes_to_whoever_is_on_call_at_that_moment(imported: World) -> None:
    full_staff(imported)  # with 王工 on call for ever
    imported.staff("换班 王工 李工 3-2", who="zhao")
    imported.customer("所有坐席都登不上系统了")
    imported.staff("确认 T1 1")

    imported.wait(hours=1)

    assert len(alarms(imported, "li")) == 1
    assert alarms(imported, "wang") == []


def test_show_prints_one_json_value(imported: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    at = "2026-03-08T12:00:00+08:00"

    assert run(["oncall", "show", "--at", at, "--json", "--db", imported.url]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["on_call"] == ["李工"]
    assert shown["next"][0] == {"at": "2026-03-09T09:00+08:00", "on_call": ["王工"]}


def test_the_command_swaps_and_refuses_like_the_chat(
    imported: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["oncall", "swap", "李工", "王工", "2026-03-03", "--db", imported.url]) == 0
    assert run(["oncall", "swap", "李工", "王工", "2026-03-03", "--db", imported.url]) == 1
    assert "李工 is not on call on 2026-03-03 (王工)" in capsys.readouterr().err
    assert run(["oncall", "swap", "李工", "王工", "soon", "--db", imported.url]) == 2


def test_an_import_that_names_a_stranger_changes_nothing(
    imported: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("from,to,who\n2026-03-02,,周工\n", "utf-8")

    assert run(["oncall", "import", str(file), "--db", imported.url]) == 1

    assert "not staff: 周工" in capsys.readouterr().err
    assert "现在值班：李工" in imported.staff("值班")

"""`hotline sla`, `hotline quote` and `hotline penalty` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import run

REGULAR = "sla --level regular --priority 1 --at 2026-11-23T16:50+08:00"
ENHANCED = "sla --level enhanced --priority 1 --at 2026-11-23T16:50+08:00"
DIAMOND = "sla --level diamond --priority 2"
SWITCH = "quote --level regular --scheme switch --place elsewhere"
MAN_MONTHS = "quote --level diamond --scheme board --place elsewhere"


@pytest.fixture(autouse=True)
def _no_local_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def printed(line: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with --json and return its value; it prints one line and no complaint."""
    assert run([*line.split(), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.mark.parametrize(
    ("line", "response_due", "onsite_due"),
    [
        (REGULAR, "2026-11-24T10:50:00+08:00", None),
        (f"{REGULAR} --hours 08:00-18:00", "2026-11-24T08:50:00+08:00", None),
        (f"{REGULAR} --hours 22:00-06:00", "2026-11-24T00:00:00+08:00", None),
        (f"{REGULAR} --hours 16:00-24:00", "2026-11-23T18:50:00+08:00", None),
        (
            f"{REGULAR} --zone inside --remote-failed-at 2026-11-23T17:00+08:00",
            "2026-11-24T10:50:00+08:00",
            None,
        ),
        (ENHANCED, "2026-11-23T17:50:00+08:00", None),
        (
            f"{ENHANCED} --zone inside --remote-failed-at 2026-11-23T09:30Z",
            "2026-11-23T17:50:00+08:00",
            "2026-11-23T19:30:00+08:00",
        ),
        (
            f"{ENHANCED} --zone away --remote-failed-at 2026-11-23T16:50+08:00",
            "2026-11-23T17:50:00+08:00",
            "2026-11-24T04:50:00+08:00",
        ),
        (
            f"{DIAMOND} --at 2026-11-23T16:50+08:00 --remote-failed-at 2026-11-23T20:00+08:00",
            "2026-11-23T16:50:00+08:00",
            "2026-11-23T20:00:00+08:00",
        ),
        (f"{DIAMOND} --at 2026-09-30T18:00+08:00", "2026-10-08T09:00:00+08:00", None),
        (f"{DIAMOND} --at 2026-09-30T18:00+08:00 --hours 08:30-20:00", "2026-09-30T18:00:00+08:00", None),
    ],
)
def test_sla_prints_deadlines_and_their_reasons(
    line: str, response_due: str, onsite_due: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = printed(line, capsys)
    assert list(answer) == ["response_due", "onsite_due", "receipt"]
    assert (answer["response_due"], answer["onsite_due"]) == (response_due, onsite_due)
    assert answer["receipt"]


def test_sla_says_that_a_target_is_not_in_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    answer = printed(f"{ENHANCED} --zone beyond --remote-failed-at 2026-11-23T16:50+08:00", capsys)
    assert answer["onsite_due"] == "2026-11-24T04:50:00+08:00"
    assert any("合同未约定" in line for line in answer["receipt"])


def test_sla_without_json_prints_the_receipt(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"{REGULAR} --remote-failed-at 2026-11-23T17:00+08:00".split()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["响应截止：11月24日（周二）10:50", "常规级服务不含现场服务"]


def test_sla_reads_the_local_calendar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine").mkdir()
    Path("mine/workdays.yaml").write_text("2027: {holidays: [2027-01-01]}", "utf-8")
    monkeypatch.setenv("HOTLINE_DATA", "mine")
    answer = printed(f"{DIAMOND} --at 2026-12-31T19:00+08:00", capsys)
    assert answer["response_due"] == "2027-01-04T09:00:00+08:00"


@pytest.mark.parametrize(
    ("line", "fee", "fee_zh", "rate", "floor", "basis"),
    [
        (f"{SWITCH} --price 115000", "25000.00", "贰万伍仟元整", "0.20", "25000.00", "floor"),
        (f"{SWITCH} --price 125000.05", "25000.01", "贰万伍仟元零壹分", "0.20", "25000.00", "rate"),
        (f"{SWITCH} --price 200000 --lapsed", "50000.00", "伍万元整", "0.25", "35000.00", "rate"),
        (f"{MAN_MONTHS} --months 3 --people 2", "210000.00", "贰拾壹万元整", None, None, "man-month"),
    ],
)
def test_quote_prints_the_fee_and_what_it_rests_on(
    line: str,
    fee: str,
    fee_zh: str,
    rate: str | None,
    floor: str | None,
    basis: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected = {"fee": fee, "fee_zh": fee_zh, "rate": rate, "floor": floor, "basis": basis}
    assert printed(line, capsys) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{SWITCH} --price 115000", "115,000.00 元 × 20 % = 23,000.00 元，低于下限 25,000.00 元"),
        (f"{SWITCH} --price 150000", "150,000.00 元 × 20 % = 30,000.00 元，不低于下限"),
        (f"{MAN_MONTHS} --months 3 --people 2", "35,000.00 元 × 6 人月"),
        ("penalty --amount 23000 --days 10", "23,000.00 元 × 每日 0.1 % × 10 天"),
        ("penalty --amount 23000 --days 200", "第 201 天才超过"),
        ("penalty --amount 23000 --days 300", "计到超过 20 % 的当天，即第 201 天"),
        ("penalty --amount 23000 --days 201", "需由人工确认"),
    ],
)
def test_sums_are_shown_worked(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("days", "owed", "terminated"), [(0, "0.00", False), (200, "4600.00", False), (201, "4623.00", True)]
)
def test_penalty_prints_the_sum_and_the_end(
    days: int, owed: str, terminated: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = printed(f"penalty --amount 23000 --days {days}", capsys)
    assert answer == {"penalty": owed, "terminated": terminated, "ends_on_day": 201}


def test_quote_names_the_sales_contact_that_is_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_SALES_CONTACT", "销售部王经理")
    assert run(f"{MAN_MONTHS} --lapsed".split()) == 1
    assert "请联系销售部王经理（400-818-1110）" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        (f"{ENHANCED} --hours 09:00-17:00", 2, "around the clock"),
        (f"{ENHANCED} --remote-failed-at 2026-11-23T16:50+08:00", 2, "--zone"),
        (f"{REGULAR} --hours 09:00-09:00", 2, "same time"),
        (f"{REGULAR} --hours 09:00", 2, "no hours"),
        (f"{REGULAR} --hours 9am-5pm", 2, "no hours"),
        (f"{REGULAR} --remote-failed-at 2026-11-23T16:00+08:00", 2, "before the report"),
        (f"{DIAMOND} --at 2026-11-23T16:50", 2, "no offset"),
        (f"{DIAMOND} --at 2026-13-23T16:50+08:00", 2, "no time"),
        (f"{DIAMOND} --at yesterday", 2, "no time"),
        (f"{DIAMOND} --at 9999-12-31T23:59+08:00", 2, "years"),
        (f"{DIAMOND} --at 2026-12-31T19:00+08:00", 1, "2027"),
        ("sla --level gold --priority 1 --at 2026-11-23T16:50Z", 2, "gold"),
        ("sla --level regular --priority 3 --at 2026-11-23T16:50Z", 2, "'3'"),
        ("sla --level regular --priority 1", 2, "--at"),
        (SWITCH, 2, "price is missing"),
        (f"{SWITCH} --price -5", 2, "'-5'"),
        (f"{SWITCH} --price 1e5", 2, "1e5"),
        (f"{SWITCH} --price 115,000", 2, "115,000"),
        (f"{SWITCH} --price 115000 --months 3", 2, "diamond"),
        (MAN_MONTHS, 2, "--months"),
        (f"{MAN_MONTHS} --months 0 --people 1", 2, "--months"),
        (f"{MAN_MONTHS} --lapsed", 1, "400-818-1110"),
        (f"{MAN_MONTHS} --lapsed --months 3 --people 1", 1, "400-818-1110"),
        ("penalty --amount 0 --days 1", 2, "above 0"),
        ("penalty --amount 23000 --days -1", 2, "-1"),
        ("penalty --amount 23000 --days 1.5", 2, "1.5"),
    ],
)
def test_a_wrong_call_ends_with_one_line_on_standard_error(
    line: str, code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(line.split()) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert why in err

"""`hotline contracts` as an operator calls it, on both databases."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import clock
from bot.cli import run
from bot.store import tables as t
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.unit.contract_files.sheets import SAMPLE, csv_file, with_, workbook

UNPAID = with_(
    合同编号="HT-2", 客户名称="青禾保险", 签订日期="2026-01-05", 开始日期="2026-01-20", 结束日期="2027-01-19"
)
BAD = with_(合同编号="HT-3", 服务等级="金级", 开始日期="44216")
JUNE_1 = datetime.fromisoformat("2026-06-01T10:00:00+08:00")


class Desk:
    """The command on one database."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url, self.folder, self._capsys = url, folder, capsys
        assert run(["db", "upgrade", "--db", url]) == 0
        capsys.readouterr()

    def call(self, *words: str) -> tuple[int, str, str]:
        """Run `hotline contracts …` and return its exit code and what it printed."""
        code = run(["contracts", *words, "--db", self.url])
        out, err = self._capsys.readouterr()
        return code, out, err

    def enter(self, *rows: dict[str, str], partial: bool = False) -> tuple[int, list[dict[str, Any]], str]:
        """Import rows; return the exit code, the report's rows, and standard error."""
        file = csv_file(self.folder / "sheet.csv", *rows)
        code, out, err = self.call("import", str(file), "--json", *(["--partial"] if partial else []))
        return code, json.loads(out)["rows"], err

    def shown(self, number: str) -> Any:
        """Return what `contracts show` says of a contract."""
        code, out, _ = self.call("show", number, "--json")
        assert code == 0
        return json.loads(out)

    def numbers(self) -> list[str]:
        """Return the numbers of the contracts on record."""
        return [one["number"] for one in json.loads(self.call("list", "--json")[1])]


@pytest.fixture
def desk(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """The command on the first of June 2026, within the second contract's term."""
    monkeypatch.setattr(clock, "now", lambda: JUNE_1)
    return Desk(database_url, tmp_path, capsys)


def test_the_sample_contract_is_stored_and_its_difference_is_shown(desk: Desk) -> None:
    code, rows, err = desk.enter(dict(SAMPLE))

    assert (code, err) == (0, "")
    assert rows[0]["outcome"] == "new"
    shown = desk.shown("HT-2021-001")
    assert (shown["agreed_fee"], shown["computed_fee"], shown["fee_difference"]) == (
        "23000.00",
        "25000.00",
        "-2000.00",
    )
    assert shown["computed_is_floor_only"] is True
    assert shown["terms"]["agreed_fee"] == "23000.00"
    assert (shown["state"], shown["coverage"], shown["payment_due"]) == ("ended", "expired", "2021-01-22")


def test_nothing_is_stored_while_a_row_is_bad(desk: Desk) -> None:
    code, rows, err = desk.enter(dict(SAMPLE), BAD)

    assert code == 1
    assert [row["outcome"] for row in rows] == ["new", "bad"]
    assert [problem["field"] for problem in rows[1]["problems"]] == ["level", "starts_on"]
    assert "1 of 2 rows are bad; nothing was stored" in err
    assert desk.numbers() == []


def test_partial_stores_the_good_rows_and_still_fails(desk: Desk) -> None:
    code, _, err = desk.enter(dict(SAMPLE), BAD, partial=True)

    assert code == 1
    assert "the others were stored" in err
    assert desk.numbers() == ["HT-2021-001"]


def test_a_bad_row_is_named_by_its_number_for_people(desk: Desk) -> None:
    file = csv_file(desk.folder / "sheet.csv", dict(SAMPLE), BAD)
    code, out, err = desk.call("import", str(file))

    assert (code, out) == (1, "")
    assert "row 3: HT-3: 服务等级 (level): must be one of 常规级, 增强级, 钻石级, not '金级'" in err
    assert "row 3: HT-3: 开始日期 (starts_on): 44216 is a spreadsheet's day number" in err


def test_an_amendment_is_a_new_version_with_its_page_and_the_old_one_stays(desk: Desk) -> None:
    desk.enter(dict(SAMPLE))
    code, rows, _ = desk.enter({"合同编号": "HT-2021-001", "服务等级": "增强级"})
    assert (code, rows[0]["problems"][0]["field"]) == (1, "signed_page")

    desk.enter({"合同编号": "HT-2021-001", "服务等级": "增强级", "签字页编号": "补充 1"})

    first, second = desk.shown("HT-2021-001")["versions"]
    assert (first["version"], first["signed_page"], first["changes"]) == (1, "档案 2021-07", [])
    assert {"field": "level", "before": "regular", "after": "enhanced"} in second["changes"]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.enter(dict(SAMPLE), UNPAID)

    code, rows, _ = desk.enter(dict(SAMPLE), UNPAID)

    assert code == 0
    assert [row["outcome"] for row in rows] == ["unchanged", "unchanged"]
    assert len(desk.shown("HT-2")["versions"]) == 1


def test_a_payment_is_recorded_by_number_and_date_alone(desk: Desk) -> None:
    desk.enter(UNPAID)
    before = desk.shown("HT-2")
    assert before["paid_on"] is None
    assert before["payment_days_late"] > 0

    desk.enter({"合同编号": "HT-2", "付款日期": "2026-01-12"})

    after = desk.shown("HT-2")
    assert (after["version"], after["paid_on"], after["payment_days_late"]) == (1, "2026-01-12", 0)


def test_persons_to_phone_are_kept_and_replaced(desk: Desk) -> None:
    desk.enter(with_(联系人="王经理;李主管", 电话="13800000000;010-62283281"))
    desk.enter({"合同编号": "HT-2021-001", "服务等级": ""})
    assert [one["name"] for one in desk.shown("HT-2021-001")["contact_persons"]] == ["王经理", "李主管"]

    desk.enter({"合同编号": "HT-2021-001", "联系人": "赵经理", "电话": "13900000000"})

    store = Store(desk.url, load_workdays())
    with store.begin(clock.now()) as unit:
        customer = unit.session.scalars(select(t.CustomerRow.id)).one()
        assert [(one.name, one.phone) for one in unit.customers.phones_of(customer)] == [
            ("赵经理", "13900000000")
        ]
    store.close()


def test_rows_that_are_good_alone_may_be_bad_together(desk: Desk) -> None:
    code, rows, _ = desk.enter(
        with_(客户名称="示例（北京）公司"),
        with_(客户名称="示例(北京)公司"),
        with_(合同编号="HT-9", 客户名称="示例(北京)公司"),
    )

    assert code == 1
    assert rows[1]["problems"][0]["reason"] == "stands in row 2 already"
    assert rows[2]["problems"] == [
        {"field": "customer_name", "reason": "is written '示例（北京）公司' elsewhere: write it the same way"}
    ]


def test_a_workbook_is_imported_like_a_text_file(desk: Desk) -> None:
    path = workbook(desk.folder / "a.xlsx", [list(SAMPLE), list(SAMPLE.values())])

    assert desk.call("import", str(path))[0] == 0
    assert desk.numbers() == ["HT-2021-001"]


def test_lists_for_people_name_customer_level_state_fees_and_payment(desk: Desk) -> None:
    desk.enter(dict(SAMPLE), UNPAID)

    _, listed, _ = desk.call("list")
    line = next(line for line in listed.splitlines() if line.startswith("HT-2 "))
    for said in (
        "青禾保险",
        "常规级",
        "已生效，待付款",
        "23,000.00",
        "-2,000.00",
        "未付，应于 2026-01-12 前付清，迟",
    ):
        assert said in line
    _, shown, _ = desk.call("show", "HT-2")
    for said in (
        "第 1 版",
        "23,000.00 元（贰万叁仟元整）",
        "不低于 25,000.00 元",
        "违约金（逾期付款，付给乙方）",
        "09:00–17:00",
        "签字页 档案 2021-07",
    ):
        assert said in shown


def test_an_unknown_year_hides_only_the_day_of_payment(desk: Desk) -> None:
    code, _, _ = desk.enter(with_(签订日期="2199-01-05", 开始日期="2199-01-20", 结束日期="2199-12-31"))

    assert code == 0
    assert desk.shown("HT-2021-001")["payment_due"] is None


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["show", "none"], 1, "no contract has the number none"),
        (["import", "none.csv"], 1, "No such file"),
        (["import"], 2, "FILE"),
    ],
)
def test_a_wrong_call_ends_with_one_line(desk: Desk, words: list[str], code: int, why: str) -> None:
    ended, out, err = desk.call(*words)

    assert (ended, out) == (code, "")
    assert err.count("\n") == 1
    assert why in err

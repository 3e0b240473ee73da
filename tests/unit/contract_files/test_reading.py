"""Files as people send them: encodings, separators, workbooks with odd cells."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from bot.contract_files import reading, template
from bot.contract_files.columns import COLUMNS
from bot.contract_files.reading import Row, read
from bot.errors import BadInput
from tests.unit.contract_files.sheets import SAMPLE, csv_file, csv_text, workbook

HEADERS = ["合同编号", "客户名称", "约定费用", "签订日期"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_is_read_in_every_encoding_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    [row] = read(csv_file(tmp_path / "a.csv", SAMPLE, encoding=encoding))

    assert row.number == 2
    assert row.cells["customer_name"] == "示例银行客服中心"
    assert row.cells["agreed_fee"] == "23,000.00"


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators_are_found(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"合同编号{separator}约定费用\nHT-1{separator}23000\n", "utf-8")

    assert read(path) == [Row(2, {"contract_number": "HT-1", "agreed_fee": "23000"})]


def test_a_row_keeps_the_number_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\n# 说明\n合同编号,硬件清单\n\n"HT-1","板卡\n服务器"\n,\nHT-2,\n', "utf-8")

    assert [(row.number, row.cells["contract_number"]) for row in read(path)] == [(5, "HT-1"), (7, "HT-2")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        ("客户名称\n某行\n".encode(), "no column 合同编号"),
        ("合同编号,金额,合同号\nHT-1,1,2\n".encode(), "unknown column '金额'; column 合同编号 stands twice"),
        (b"PK\x03\x04 not a zip", "damaged workbook"),
        (b"\xd0\xcf\x11\xe0 old", "old .xls"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither CSV text"),
        (b"\xff\xfe\x00", "neither CSV text"),
        ('合同编号\n"HT-1\n'.encode(), "not valid CSV"),
        ("合同编号\n".encode() + b"H" * 200_000, "not valid CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_name(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=f"odd.csv: .*{why}"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.csv: No such file"):
        read(tmp_path / "none.csv")


def test_too_many_rows_and_too_large_a_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path / "a.csv", SAMPLE, SAMPLE, SAMPLE)
    monkeypatch.setattr(reading, "ROW_LIMIT", 2)
    with pytest.raises(BadInput, match="more than 2 rows"):
        read(path)
    monkeypatch.setattr(reading, "FILE_LIMIT", 100)
    with pytest.raises(BadInput, match="larger than"):
        read(path)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("=1+1", "is a formula"),
        ("a\u202eb", "can't be printed"),
        ("\x07", "can't be printed"),
        ("长" * 10_001, "at most 10000"),
    ],
)
def test_an_odd_cell_is_a_problem_of_its_row(tmp_path: Path, cell: str, why: str) -> None:
    [row] = read(csv_file(tmp_path / "a.csv", {"合同编号": "HT-1", "客户名称": cell}))

    [(field, reason)] = row.problems
    assert field == "customer_name"
    assert why in reason


def test_a_cell_under_no_header_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("合同编号,约定费用\nHT-1,23,000.00\n", "utf-8")

    assert read(path)[0].problems == [("cell 3", "stands under no header")]


def test_a_workbook_is_read_with_its_own_dates_and_numbers(tmp_path: Path) -> None:
    line = [20210001, "示例银行", 0.1 + 0.2, datetime(2021, 1, 15)]  # noqa: DTZ001 - as openpyxl keeps a day
    path = workbook(tmp_path / "a.xlsx", [HEADERS, line, ["HT-2", "示例", 23000, date(2021, 1, 15)]])

    assert [row.cells for row in read(path)] == [
        {
            "contract_number": "20210001",
            "customer_name": "示例银行",
            "agreed_fee": "0.3",
            "signed_on": "2021-01-15",
        },
        {
            "contract_number": "HT-2",
            "customer_name": "示例",
            "agreed_fee": "23000",
            "signed_on": "2021-01-15",
        },
    ]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("=A1+1", "is a formula"),
        ("#N/A", "error of the spreadsheet"),
        (12345678901234567890, "more digits"),
        (time(9, 0), "a time of day"),
        (0.0000001, "exponent"),
    ],
)
def test_a_cell_that_a_workbook_computes_or_distorts_is_refused(
    tmp_path: Path, value: object, why: str
) -> None:
    [row] = read(workbook(tmp_path / "a.xlsx", [HEADERS, ["HT-1", "示例", value, "2021-01-15"]]))

    [(field, reason)] = row.problems
    assert field == "agreed_fee"
    assert why in reason


def test_a_date_with_a_time_is_left_to_its_column(tmp_path: Path) -> None:
    moment = datetime(2021, 1, 15, 8, 30)  # noqa: DTZ001 - a cell has no zone
    [row] = read(workbook(tmp_path / "a.xlsx", [HEADERS, ["HT-1", "示例", 1, moment]]))

    assert row.cells["signed_on"] == "2021-01-15 08:30:00"


def test_of_several_filled_sheets_one_must_be_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADERS, ["HT-1", "示例", 1, "2021-01-15"]], title="Sheet1")
    assert len(read(path)) == 1

    book = openpyxl.load_workbook(path)
    book.create_sheet("Sheet2").append(["x"])
    book.save(path)
    with pytest.raises(BadInput, match="several sheets hold values"):
        read(path)

    book["Sheet1"].title = "合同"
    book.save(path)
    assert len(read(path)) == 1


def test_the_template_has_every_column_and_no_row(tmp_path: Path) -> None:
    for name in ("template.csv", "template.xlsx"):
        template.write(tmp_path / name)
        assert read(tmp_path / name) == []

    headers = (tmp_path / "template.csv").read_text("utf-8-sig").splitlines()[0]
    assert headers.count(",") == len(COLUMNS) - 1
    sheet = openpyxl.load_workbook(tmp_path / "template.xlsx")["合同"]
    assert [cell.value for cell in sheet[1]] == [column.header for column in COLUMNS]


def test_the_guide_explains_every_column() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text("utf-8")

    assert [c.field for c in COLUMNS if f"`{c.field}`" not in guide and c.names[0] != "备注"] == []
    assert [c.names[0] for c in COLUMNS if c.names[0] not in guide] == []


def test_a_template_that_is_filled_in_is_read(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    template.write(path)
    book = openpyxl.load_workbook(path)
    for at, column in enumerate(COLUMNS, 1):
        book["合同"].cell(2, at, column.example)
    book.save(path)

    [row] = read(path)
    assert row.problems == []
    for column in COLUMNS:
        if column.example:
            column.parse(row.cells[column.field])


@pytest.mark.parametrize(
    ("name", "why"), [("a.ods", r"must end in \.csv or \.xlsx"), ("there.csv", "exists already")]
)
def test_a_template_is_written_only_where_nothing_is(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "there.csv").write_text(csv_text(SAMPLE), "utf-8")

    with pytest.raises(BadInput, match=why):
        template.write(tmp_path / name)

"""What people write into cells, and what is refused with a reason."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from bot.contract_files import cells
from bot.contract_files.columns import BY_FIELD, LEVELS, ZONES, column_of
from bot.desk.terms import Level, Place, Purchase, Zone
from bot.errors import BadInput


@pytest.mark.parametrize(
    "written",
    [
        "2021-01-20",
        "2021/1/20",
        "2021.01.20",
        "2021年1月20日",
        "20210120",
        " 2021-1-20 ",
        "２０２１－０１－２０",
    ],
)
def test_a_date_is_read_however_it_is_written(written: str) -> None:
    assert cells.day(written) == date(2021, 1, 20)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("44216", "day number"),
        ("2021-02-30", "no day of the calendar"),
        ("01/20/2021", "no date like"),
        ("2021-01-20 08:00:00", "no date like"),
        ("1021-01-20", "not between the years"),
        ("明年", "no date like"),
    ],
)
def test_a_doubtful_date_is_refused(written: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        cells.day(written)


@pytest.mark.parametrize(
    "written",
    [
        "23000",
        "23,000",
        "23,000.00",
        "￥23,000.00",
        "¥23000",
        "23000元",
        "２３，０００．００",
        "人民币23000元整",
    ],
)
def test_an_amount_is_read_however_it_is_written(written: str) -> None:
    assert cells.amount(written) == Decimal("23000.00")


@pytest.mark.parametrize(
    "written", ["2,30,00", "23000.123", "-1", "2.3万", "1e5", "贰万叁仟", "23 000,00", "$5"]
)
def test_a_doubtful_amount_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        cells.amount(written)


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        ("level", "常规级", Level.REGULAR),
        ("level", "增强", Level.ENHANCED),
        ("level", "Diamond", Level.DIAMOND),
        ("place", "本地", Place.LOCAL),
        ("zone", "北京五环以内", Zone.INSIDE),
        ("zone", "五环外", Zone.BEYOND),
        ("zone", "外地", Zone.AWAY),
        ("purchase", "中断后首次", Purchase.LAPSED),
        ("sealed", "否", False),
        ("service_hours", "8:30～16:30", (time(8, 30), time(16, 30))),
        ("service_hours", "16:00至24:00", (time(16), time(0))),
        ("man_months", "12", 12),
        ("onsite_agreed_hours", "1.5小时", Decimal("1.5")),
        ("hardware", "板卡 2 块；录音服务器", ("板卡 2 块", "录音服务器")),
        (
            "contact_phones",
            "１３８００００００００;010-62283281 转 12",
            ("13800000000", "010-62283281 转 12"),
        ),
        (
            "office_exceptions",
            "2026-10-10=上班;2026-12-25=休息",
            {date(2026, 10, 10): True, date(2026, 12, 25): False},
        ),
    ],
)
def test_every_kind_of_cell_has_its_reader(column: str, written: str, read: Any) -> None:
    assert BY_FIELD[column].parse(written) == read


@pytest.mark.parametrize(
    ("column", "written", "why"),
    [
        ("level", "金级", "one of 常规级, 增强级, 钻石级"),
        ("zone", "北京", "one of 五环内, 五环外, 外地"),
        ("sealed", "也许", "是 or 否"),
        ("service_hours", "9点到17点", "no hours like"),
        ("service_hours", "25:00-17:00", "no hours like"),
        ("man_months", "0", "from 1"),
        ("man_months", "1.5", "whole number"),
        ("onsite_agreed_hours", "很快", "number of hours"),
        ("contact_phones", "13800000000;没有", "the second is no phone"),
        ("office_exceptions", "2026-10-10", "not like"),
        ("office_exceptions", "2026-10-10=上班;2026/10/10=休息", "both"),
        ("customer_name", "长" * 201, "at most 200"),
        ("hardware", ";".join(["件"] * 101), "at most 100"),
    ],
)
def test_what_a_cell_can_not_be_is_refused_with_the_reason(column: str, written: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        BY_FIELD[column].parse(written)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("合同编号", "contract_number"),
        ("contract_number", "contract_number"),
        ("合同编号（contract_number）", "contract_number"),
        ("合同编号\ncontract_number", "contract_number"),
        ("约定费用（元）", "agreed_fee"),
        (" 客户 名称 *", None),
        ("Paid_On", "paid_on"),
        ("付款日", None),
        ("合同编号 客户名称", None),
    ],
)
def test_a_header_is_known_by_its_chinese_name_or_its_field(header: str, field: str | None) -> None:
    if field is None:
        with pytest.raises(BadInput, match="unknown column"):
            column_of(header)
    else:
        assert column_of(header).field == field


def test_every_value_of_the_contract_can_be_written_in_chinese() -> None:
    assert set(LEVELS) == set(Level)
    assert set(ZONES) == set(Zone)

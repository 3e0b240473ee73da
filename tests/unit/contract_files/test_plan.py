"""What a row does to the record of its contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.contract_files.columns import column_of
from bot.contract_files.plan import Outcome, Planned, plan
from bot.contract_files.reading import Row
from bot.contract_files.rows import read_row
from bot.desk.contract import Terms
from bot.desk.staff import ContactPerson
from bot.desk.terms import Level
from tests.unit.contract_files.sheets import SAMPLE, with_


def planned(cells: dict[str, str], stored: Terms | None = None) -> Planned:
    """Plan a row whose cells stand under these headers."""
    return plan(read_row(Row(2, {column_of(name).field: cell for name, cell in cells.items()})), stored)


def stored(**changes: str) -> Terms:
    """Return what is on record after the sample was imported."""
    terms = planned(with_(**changes)).terms
    assert terms is not None
    return terms


def test_the_sample_contract_comes_in_with_its_odd_figures() -> None:
    row = planned(dict(SAMPLE))

    assert row.outcome is Outcome.NEW
    assert row.terms is not None
    assert row.terms.agreed_fee == Decimal(23000)
    assert row.terms.paid_on is None
    assert row.notices == (
        "agreed fee 23,000.00 differs from the computed one, at least 25,000.00, by -2,000.00",
        "the fee is for elsewhere (外地), the service is in Beijing",
    )


def test_the_difference_is_exact_where_the_contract_price_is_on_record() -> None:
    assert (
        "differs from the computed one, 25,000.00, by -2,000.00"
        in planned(with_(合同成交价="115,000")).notices[0]
    )
    assert not any(
        "differs" in notice for notice in planned(with_(约定费用="25,000", 合同成交价="115000")).notices
    )


def test_every_wrong_field_of_a_row_is_named() -> None:
    row = planned({"合同编号": "HT-1", "服务等级": "金级", "约定费用": "2,30,00", "客户名称": "示例"})

    assert row.outcome is Outcome.BAD
    assert [field for field, _ in row.problems] == [
        "level",
        "agreed_fee",
        "scheme",
        "place",
        "zone",
        "signed_on",
        "starts_on",
        "ends_on",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"结束日期": "2020-01-20"}, "ends_on"),
        ({"约定到场小时": "6"}, "onsite_agreed_hours"),
        ({"人月": "12"}, "man_months"),
        ({"客户工作时间": "09:00-18:00"}, "office_hours"),
        ({"服务等级": "增强级", "服务时段": "09:00-17:00"}, "service_hours"),
        ({"服务时段": "09:00-09:00"}, "service_hours"),
        ({"联系人": "王经理;李主管", "电话": "13800000000"}, "contact_phones"),
        ({"电话": "13800000000"}, "contact_phones"),
    ],
)
def test_fields_that_do_not_go_together_are_named(changes: dict[str, str], field: str) -> None:
    assert [name for name, _ in planned(with_(**changes)).problems] == [field]


def test_the_same_row_again_changes_nothing() -> None:
    assert planned(dict(SAMPLE), stored()).outcome is Outcome.UNCHANGED


def test_a_payment_is_recorded_in_the_version_that_stands() -> None:
    row = planned({"合同编号": "HT-2021-001", "付款日期": "2021-01-19"}, stored())

    assert row.outcome is Outcome.RECORDED
    assert row.terms is not None
    assert (row.terms.version, row.terms.paid_on) == (1, date(2021, 1, 19))
    assert [change.field for change in row.changes] == ["paid_on"]


def test_a_sheet_from_before_the_payment_does_not_undo_it() -> None:
    assert planned(dict(SAMPLE), stored(付款日期="2021-01-19")).outcome is Outcome.UNCHANGED


def test_the_word_for_none_empties_a_field() -> None:
    row = planned({"合同编号": "HT-2021-001", "付款日期": "无"}, stored(付款日期="2021-01-19"))

    assert row.terms is not None
    assert row.terms.paid_on is None


@pytest.mark.parametrize("page", [{}, {"签字页编号": "档案 2021-07"}])
def test_a_changed_term_needs_the_page_that_both_have_signed(page: dict[str, str]) -> None:
    row = planned({"合同编号": "HT-2021-001", "服务等级": "增强级", **page}, stored())

    assert row.outcome is Outcome.BAD
    assert row.problems == (
        (
            "signed_page",
            "level changed: give the page on which both signed the change, on record: '档案 2021-07'",
        ),
    )


def test_a_changed_term_with_its_page_is_a_new_version() -> None:
    row = planned({"合同编号": "HT-2021-001", "服务等级": "增强级", "签字页编号": "补充 1"}, stored())

    assert row.outcome is Outcome.VERSION
    assert row.terms is not None
    assert (row.terms.version, row.terms.level, row.terms.signed_page) == (2, Level.ENHANCED, "补充 1")


def test_a_contract_does_not_move_to_another_customer() -> None:
    row = planned(with_(客户名称="另一家", 签字页编号="补充 1"), stored())

    assert [field for field, _ in row.problems] == ["customer_name"]


def test_persons_and_phones_belong_together_by_their_place() -> None:
    row = planned(with_(联系人="王经理;李主管", 电话="13800000000;010-62283281"))

    assert row.persons == (ContactPerson("王经理", "13800000000"), ContactPerson("李主管", "010-62283281"))


def test_new_persons_are_recorded_without_a_new_version() -> None:
    cells = {"合同编号": "HT-2021-001", "联系人": "王经理", "电话": "13800000000"}
    read = read_row(Row(2, {column_of(name).field: cell for name, cell in cells.items()}))

    assert plan(read, stored()).outcome is Outcome.RECORDED
    assert plan(read, stored(), (ContactPerson("王经理", "13800000000"),)).outcome is Outcome.UNCHANGED


def test_a_term_of_another_length_is_pointed_out() -> None:
    assert (
        "the term has 732 days; agreements are yearly (contract 3.1)"
        in planned(with_(结束日期="2023-01-21")).notices
    )

"""What a customer is told of a contract that does not cover the day, and what service costs then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.desk.terms import Level
from bot.dialogue.contract_words import renewal_line, uncovered_line

from .desk.samples import at, terms

DAY = at("2021-06-01T10:00")
AFTER = at("2022-02-01T10:00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"paid_on": None}, "尚未收到本期服务费（23,000.00 元），服务自到款之日开始"),
        ({"ended_on": date(2021, 5, 1)}, "合同已终止，工单照样受理，但没有合同期限；中断后首次续费"),
        ({"ends_on": date(2021, 5, 31)}, "合同服务期已于 2021年5月31日 届满，工单照样受理，但没有合同期限"),
        ({"starts_on": date(2021, 7, 1)}, "合同服务期自 2021年7月1日 开始"),
        ({"sealed": False}, "合同待双方签章后生效，工单照样受理，但没有合同期限"),
    ],
)
def test_each_reason_is_said_plainly(changes: dict[str, Any], said: str) -> None:
    assert said in uncovered_line(terms(**changes), DAY)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price": Decimal(115_000)}, "每年 35,000.00 元"),  # the floor of the ticked box after a break
        ({"price": Decimal(200_000)}, "每年 50,000.00 元"),  # 25 %
        ({"price": None}, "每年不低于 35,000.00 元"),
        ({"level": Level.DIAMOND, "man_months": 12}, "合同没有规定，需另行报价"),
    ],
)
def test_what_renewal_costs_after_a_break_is_said_as_far_as_it_is_known(
    changes: dict[str, Any], said: str
) -> None:
    assert said in renewal_line(terms(**changes), AFTER)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price": Decimal(115_000)}, "连续续费按合同费率为每年 25,000.00 元"),  # the floor of the ticked box
        ({"price": Decimal(200_000)}, "连续续费按合同费率为每年 40,000.00 元"),  # 20 %
        ({"price": None}, "连续续费按合同费率为每年不低于 25,000.00 元"),
        ({"level": Level.DIAMOND, "man_months": 12}, "连续续费按合同费率为 600,000.00 元"),
    ],
)
def test_what_renewal_costs_without_a_break_is_said_as_far_as_it_is_known(
    changes: dict[str, Any], said: str
) -> None:
    assert said in renewal_line(terms(**changes), DAY)

"""Amounts in Chinese capitals."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.fees import fee_in_capitals
from bot.errors import BadInput


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角"),
        ("0.56", "伍角陆分"),
        ("1", "壹元整"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("10.50", "壹拾元伍角"),
        ("11", "壹拾壹元整"),
        ("100", "壹佰元整"),
        ("101", "壹佰零壹元整"),
        ("110", "壹佰壹拾元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),  # from the People's Bank's rules for bills
        ("6007.14", "陆仟零柒元壹角肆分"),  # likewise
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),  # likewise
        ("107000.53", "壹拾万柒仟元伍角叁分"),  # likewise, of its two forms the one without 零
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),  # likewise
        ("325.04", "叁佰贰拾伍元零肆分"),  # likewise
        ("4623", "肆仟陆佰贰拾叁元整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("10010", "壹万零壹拾元整"),
        ("10100", "壹万零壹佰元整"),
        ("11000", "壹万壹仟元整"),
        ("23000", "贰万叁仟元整"),
        ("25000", "贰万伍仟元整"),
        ("100000", "壹拾万元整"),
        ("100001", "壹拾万零壹元整"),
        ("1000000", "壹佰万元整"),
        ("1010101", "壹佰零壹万零壹佰零壹元整"),
        ("10000000", "壹仟万元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100001000", "壹亿壹仟元整"),
        ("1001000000", "壹拾亿零壹佰万元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_is_written_as(amount: str, capitals: str) -> None:
    assert fee_in_capitals(Decimal(amount)) == capitals


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000", "NaN", "Infinity"])
def test_what_is_no_amount_in_yuan_is_refused(amount: str) -> None:
    with pytest.raises(BadInput):
        fee_in_capitals(Decimal(amount))


UNITS = {"仟": 1000, "佰": 100, "拾": 10}
DIGITS = "零壹贰叁肆伍陆柒捌玖"
GRAMMAR = re.compile(
    r"(?:(?P<yuan>[^元]+)元)?(?:(?P<whole>整)|(?P<gap>零)?(?:(?P<jiao>.)角)?(?:(?P<fen>.)分)?)"
)


def _number(text: str) -> int:
    """Read capitals from left to right, each unit once: the way a clerk reads them aloud."""
    total = group = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in UNITS:
            group, digit = group + digit * UNITS[sign], 0
        else:
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
    return total + group + digit


@given(st.integers(0, 10**14 - 1) | st.integers(0, 10**7) | st.sampled_from([10**n for n in range(14)]))
def test_capitals_read_back_as_the_amount(cents: int) -> None:
    text = fee_in_capitals(Decimal(cents) / 100)
    parts = GRAMMAR.fullmatch(text)
    assert parts is not None
    jiao, fen = (DIGITS.index(parts[name] or "零") for name in ("jiao", "fen"))
    assert _number(parts["yuan"] or "") * 100 + jiao * 10 + fen == cents
    assert bool(parts["whole"]) is (cents % 100 == 0)


@given(st.integers(0, 10**14 - 1))
def test_zeros_are_never_doubled_nor_left_before_a_unit(cents: int) -> None:
    text = fee_in_capitals(Decimal(cents) / 100)
    assert "零零" not in text
    assert text == "零元整" or not re.search("零[元万亿仟佰拾角分整]|亿万", text)

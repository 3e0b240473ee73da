"""Amounts in Chinese capitals (大写), as cheques and contracts write them."""

from __future__ import annotations

from decimal import Decimal

from bot.desk.money import check_money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("亿", "万", "")


def fee_in_capitals(amount: Decimal) -> str:
    """Return ``amount`` CNY in capitals: 25000 is 贰万伍仟元整.

    Follows the People's Bank's rules for bills (支付结算办法, annex 1): one 零 for zeros inside the number;
    整 after 元, none after 角 or 分. Where the rules leave 零 open (a group ends in zeros), none is written.

    Raises:
        BadInput: the amount is negative, has a fraction of a cent, or is 10¹² or more.
    """
    yuan, cents = divmod(int(check_money(amount) * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = f"{_integer(yuan)}元" if yuan or not cents else ""
    if not cents:
        return f"{text}整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "")


def _integer(number: int) -> str:
    if not number:
        return _DIGITS[0]
    text = ""
    for name, group in zip(_GROUPS, _split(number), strict=True):
        if group:
            # A group that lacks its thousands says so with one 零, unless nothing stands before it.
            text += ("零" if text and group < 1000 else "") + _group(group) + name
    return text


def _split(number: int) -> tuple[int, int, int]:
    rest, low = divmod(number, 10_000)
    high, middle = divmod(rest, 10_000)
    return high, middle, low


def _group(number: int) -> str:
    """Return one to four digits without leading zeros: 1005 is 壹仟零伍."""
    text, gap = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
        else:
            text += ("零" if gap else "") + _DIGITS[int(digit)] + place
            gap = False
    return text

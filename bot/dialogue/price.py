"""报价: the yearly fee by the contract's tables (contract 3), for a customer or for what is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from bot.desk.contract import Terms
from bot.desk.fee_check import check_fee
from bot.desk.fees import computed_fee, quote
from bot.desk.terms import Level, Place, Purchase, Scheme
from bot.dialogue import staff_actions, sums
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import BadInput, Refused, WrongForm

Value = TypeVar("Value", bound=Enum)

_LEVELS = {"常规": Level.REGULAR, "增强": Level.ENHANCED, "钻石": Level.DIAMOND}
_SCHEMES = {"板卡": Scheme.BOARD, "交换机": Scheme.SWITCH}
_PLACES = {"本地": Place.LOCAL, "北京": Place.LOCAL, "外地": Place.ELSEWHERE}
_LAPSED = re.compile(r"中断|断保|lapsed")
_PRICE = re.compile(r"(?<![\d.])(\d{1,12}(?:\.\d{1,2})?)\s*(万)?(?![\d.]|\s*(?:人月|个月|月|人))")
_MAN_MONTHS = re.compile(r"(\d{1,4})\s*人月")
_TEN_THOUSAND = 10_000


def price(turn: Turn, command: Command) -> None:
    """Say a fee and how it came about: 报价 增强级 交换机 外地 20万, or 报价 CUSTOMER."""
    words = command.argument
    if not words:
        raise WrongForm("请写等级、板卡或交换机、本地或外地和成交价，或写客户名称。")
    lines = _by_words(turn, words) if _named(words, _LEVELS) else _of_customer(turn, words)
    turn.reply("\n".join(lines))


def _by_words(turn: Turn, words: str) -> list[str]:
    level, scheme, place = _named(words, _LEVELS), _named(words, _SCHEMES), _named(words, _PLACES)
    purchase = Purchase.LAPSED if _LAPSED.search(words) else Purchase.CONTINUOUS
    if level is None or scheme is None or place is None:
        raise WrongForm("请写明板卡或交换机、本地或外地。")
    found, months = _PRICE.search(words), _MAN_MONTHS.search(words)
    amount = Decimal(found[1]) * (_TEN_THOUSAND if found[2] else 1) if found else None
    people = int(months[1]) if months else None
    if level is Level.DIAMOND:
        amount = None
    try:
        result = quote(level, scheme, place, purchase=purchase, price=amount, man_months=people)
    except BadInput:
        missing = "几个人月（例如 12人月）" if level is Level.DIAMOND else "合同成交价（例如 20万）"
        raise WrongForm(f"请写明{missing}。") from None
    except Refused as refusal:
        raise Refused(f"{refusal}，请联系{turn.office.sales}。") from refusal
    return sums.quote_lines(result, level, scheme, place, purchase, amount)


def _of_customer(turn: Turn, words: str) -> list[str]:
    customer = staff_actions.one_customer(turn, words)
    terms = turn.desk.customers.terms(customer.id, turn.now)
    if terms is None:
        raise Refused(f"{customer.name} 没有合同记录。")
    return [f"{customer.name}（{terms.contract_number}）", *_lines(terms)]


def _lines(terms: Terms) -> list[str]:
    result = computed_fee(terms)
    check = check_fee(terms)
    agreed = f"合同约定 {sums.say_money(check.agreed)}"
    if result is None:
        return [f"{agreed}；按费率表算不出（没有成交价或人月数）"]
    shown = sums.quote_lines(result, terms.level, terms.scheme, terms.place, terms.purchase, terms.price)
    more = f"，相差 {sums.say_money(check.difference)}" if check.difference else "，与费率表一致"
    return [*shown, agreed + more]


def _named(words: str, names: Mapping[str, Value]) -> Value | None:
    return next((value for name, value in names.items() if name in words), None)

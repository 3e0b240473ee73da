"""Fees and penalties with their worked lines, in Chinese."""

from __future__ import annotations

from decimal import Decimal

from bot.desk.fees import Quote, fee_in_capitals
from bot.desk.money import to_cents
from bot.desk.penalty import Breach, Penalty
from bot.desk.tables import LEVEL_NAMES, PENALTY_LIMIT, PENALTY_RATE_PER_DAY
from bot.desk.terms import Level, Place, Purchase, Scheme

SCHEME_NAMES = {Scheme.BOARD: "板卡", Scheme.SWITCH: "交换机"}
PLACE_NAMES = {Place.LOCAL: "本地", Place.ELSEWHERE: "外地"}
PURCHASE_NAMES = {Purchase.CONTINUOUS: "连续续费", Purchase.LAPSED: "中断后首次续费"}
BREACH_NAMES = {Breach.LATE_PAYMENT: "逾期付款，付给乙方", Breach.MISSED_SERVICE: "未按约定服务，付给甲方"}


def say_money(amount: Decimal) -> str:
    """Return CNY with separators: 25,000.00 元."""
    return f"{to_cents(amount):,} 元"


def say_rate(rate: Decimal) -> str:
    """Return a share as a percentage: 20 %, 0.1 %."""
    return f"{(rate * 100).normalize():f} %"


def quote_lines(
    result: Quote, level: Level, scheme: Scheme, place: Place, purchase: Purchase, price: Decimal | None
) -> list[str]:
    """Return a fee with how it came about (contract 3)."""
    names = (LEVEL_NAMES[level], SCHEME_NAMES[scheme], PLACE_NAMES[place], PURCHASE_NAMES[purchase])
    total = "费用" if result.basis == "man-month" else "年费"
    return [
        " · ".join(names),
        _quote_sum(result, price),
        f"{total} {say_money(result.fee)}（{result.fee_zh}）",
    ]


def penalty_lines(result: Penalty, breach: Breach | None = None) -> list[str]:
    """Return a penalty with how it came about (contract 5.1); ``breach`` says who pays whom."""
    head = f"违约金（{BREACH_NAMES[breach]}）" if breach else "违约金"
    rate, limit = say_rate(PENALTY_RATE_PER_DAY), say_rate(PENALTY_LIMIT)
    lines = [f"合同金额 {say_money(result.amount)} × 每日 {rate} × {result.charged_days} 天"]
    if result.days > result.charged_days:
        lines.append(f"违约 {result.days} 天，计到超过 {limit} 的当天，即第 {result.ends_on_day} 天")
    lines.append(f"{head} {say_money(result.penalty)}（{fee_in_capitals(result.penalty)}）")
    if result.terminated:
        lines.append(f"已超过合同金额的 {limit}，合同应予终止，需由人工确认")
    else:
        most = say_money(result.amount * PENALTY_LIMIT)
        lines.append(f"未超过合同金额的 {limit}（{most}），第 {result.ends_on_day} 天才超过")
    return lines


def _quote_sum(result: Quote, price: Decimal | None) -> str:
    if result.rate is None or result.floor is None or price is None:
        unit = result.man_month_fee or result.fee
        return f"每人月 {say_money(unit)} × {result.fee / unit:.0f} 人月"
    share = f"合同成交价 {say_money(price)} × {say_rate(result.rate)} = {say_money(price * result.rate)}"
    if result.basis == "floor":
        return f"{share}，低于下限 {say_money(result.floor)}，按下限计"
    return f"{share}，不低于下限 {say_money(result.floor)}"

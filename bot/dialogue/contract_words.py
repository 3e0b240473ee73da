"""The customer's contract in words: what it gives, and what it means that it does not cover the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.desk.case import coverage_at
from bot.desk.contract import Coverage, Terms
from bot.desk.fee_check import check_fee
from bot.desk.tables import ENTITLEMENTS, LEVEL_NAMES, SERVICE_NAMES, Service
from bot.desk.terms import Level, Purchase
from bot.dialogue.receipts import service_hours_zh
from bot.dialogue.sums import say_money


def level(terms: Terms, now: datetime) -> str:
    """Return what the customer's contract gives, in short (contract 1)."""
    given = ENTITLEMENTS[terms.level]
    lines = [
        f"您的合同是{LEVEL_NAMES[terms.level]}，服务期至 {terms.ends_on:%Y年%-m月%-d日}。",
        f"{given[Service.RESPONSE].text}（服务时段：{service_hours_zh(terms)}）。",
        f"{SERVICE_NAMES[Service.ONSITE]}：{given[Service.ONSITE].text}。",
        f"{SERVICE_NAMES[Service.REMOTE_INSPECTION]}：{given[Service.REMOTE_INSPECTION].text}。",
    ]
    if coverage_at(terms, now) is not Coverage.ACTIVE:
        lines.append(uncovered_line(terms, now) + "。")
    return "\n".join(lines)


def uncovered_line(terms: Terms, at: datetime) -> str:
    """Return plainly what it means that the contract does not cover the day, and what service costs.

    Source: contract 3, 3.1, 3.2, 5.1.
    """
    given = coverage_at(terms, at)
    after = "工单照样受理，但没有合同期限"
    if given is Coverage.UNPAID:
        fee = f"（{say_money(terms.agreed_fee)}）" if terms.agreed_fee else ""
        return f"尚未收到本期服务费{fee}，服务自到款之日开始，{after}"
    if given is Coverage.NOT_STARTED and not terms.sealed:
        return f"合同待双方签章后生效，{after}"
    if given is Coverage.NOT_STARTED:
        return f"合同服务期自 {terms.starts_on:%Y年%-m月%-d日} 开始，{after}"
    ended = "合同已终止"
    if given is Coverage.EXPIRED:
        ended = f"合同服务期已于 {terms.ends_on:%Y年%-m月%-d日} 届满"
    return f"{ended}，{after}；{renewal_line(terms, at)}"


def renewal_line(terms: Terms, at: datetime) -> str:
    """Return what a renewal costs by the contract's tables, as far as it is known (contract 3).

    Whose contract has ended renews after a break, everybody else without one.
    """
    is_lapsed = coverage_at(terms, at) in {Coverage.EXPIRED, Coverage.ENDED}
    found = check_fee(replace(terms, purchase=Purchase.LAPSED if is_lapsed else Purchase.CONTINUOUS))
    if found.computed is None:  # diamond after a break: the table has no figure
        return "续费金额合同没有规定，需另行报价"
    what = "中断后首次续费" if is_lapsed else "连续续费"
    span = "" if terms.level is Level.DIAMOND else "每年"
    return f"{what}按合同费率为{span}{'不低于' if found.at_least else ''} {say_money(found.computed)}"

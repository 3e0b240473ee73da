"""Contracts as `hotline contracts` prints them: JSON types, and lines for people in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from bot.contract_files.columns import BY_FIELD, LEVELS, PLACES, PURCHASES, SCHEMES, ZONES
from bot.contract_files.importing import Report
from bot.contract_files.plan import Change, Planned, changes_between
from bot.desk import record
from bot.desk.calendar import SHANGHAI, Workdays
from bot.desk.capitals import fee_in_capitals
from bot.desk.contract import Coverage, State, Terms, coverage, payment_due, state
from bot.desk.fee_check import check_fee
from bot.desk.penalty import Breach, late_payment_days, penalty
from bot.desk.staff import ContactPerson
from bot.desk.terms import Level
from bot.dialogue.sums import penalty_lines
from bot.errors import UnknownYear
from bot.store.contracts import Version

LIST_HEADERS = ("合同编号", "客户", "等级", "状态", "服务期", "约定费用", "与费率表差额", "付款")
STATES = {
    State.SIGNED: "已签订，待签章",
    State.IN_EFFECT: "已生效，待付款",
    State.PAID: "已付款，未开始",
    State.ACTIVE: "服务中",
    State.ENDED: "已结束",
}
COVERAGES = {
    Coverage.NOT_STARTED: "未开始",
    Coverage.UNPAID: "未付款，服务未开始",
    Coverage.ACTIVE: "在服务期内",
    Coverage.EXPIRED: "已到期",
    Coverage.ENDED: "已提前终止",
}
_WORDS: Mapping[str, str] = {
    member.value: words[0]
    for names in (LEVELS, SCHEMES, PLACES, ZONES, PURCHASES)
    for member, words in cast(Mapping[Enum, tuple[str, ...]], names).items()
}
_OF_LEVEL = {
    "service_hours": Level.REGULAR,
    "office_hours": Level.DIAMOND,
    "office_exceptions": Level.DIAMOND,
}
SHOWN = (
    "level",
    "service_hours",
    "response_around_the_clock",
    "office_hours",
    "office_exceptions",
    "zone",
    "onsite_agreed_hours",
    "scheme",
    "place",
    "purchase",
    "price",
    "man_months",
    "signed_on",
    "ended_on",
    "hardware",
    "permissions",
)


def report(made: Report) -> dict[str, Any]:
    """Return an import's report in JSON types."""
    return {"stored": made.stored, "rows": [_row(row) for row in made.rows]}


def _row(row: Planned) -> dict[str, Any]:
    return {
        "row": row.row,
        "number": row.number,
        "outcome": row.outcome.value,
        "version": row.terms.version if row.terms else None,
        "problems": [{"field": name, "reason": reason} for name, reason in row.problems],
        "changes": _changes(row.changes),
        "notices": list(row.notices),
        **(_fees(row.terms) if row.terms else {}),
    }


def summary(terms: Terms, today: date, workdays: Workdays) -> dict[str, Any]:
    """Return a contract as `contracts list` prints it, in JSON types."""
    return {
        "number": terms.contract_number,
        "version": terms.version,
        "customer": terms.customer_name,
        "level": terms.level.value,
        "state": state(terms, today).value,
        "coverage": coverage(terms, today).value,
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        **_fees(terms),
        "paid_on": terms.paid_on.isoformat() if terms.paid_on else None,
        **_payment(terms, today, workdays),
    }


def details(
    versions: Sequence[Version], persons: Sequence[ContactPerson], today: date, workdays: Workdays
) -> dict[str, Any]:
    """Return all of a contract as `contracts show` prints it, in JSON types."""
    terms = versions[-1].terms
    before = [None, *(version.terms for version in versions)]
    return {
        **summary(terms, today, workdays),
        "terms": terms.to_dict(),
        "contact_persons": [record.to_json(person) for person in persons],
        "versions": [
            {
                "version": version.terms.version,
                "entered_at": version.entered_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
                "signed_page": version.terms.signed_page,
                "changes": _changes(changes_between(old, version.terms) if old else ()),
            }
            for old, version in zip(before, versions, strict=False)
        ],
    }


def _changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [record.to_json(change) for change in changes]


def _fees(terms: Terms) -> dict[str, Any]:
    fees = check_fee(terms)
    return {
        "agreed_fee": str(fees.agreed),
        "computed_fee": None if fees.computed is None else str(fees.computed),
        "computed_is_floor_only": fees.at_least,
        "fee_difference": None if fees.difference is None else str(fees.difference),
    }


def _payment(terms: Terms, today: date, workdays: Workdays) -> dict[str, Any]:
    """Return when payment falls due (contract 3.2); None for a year that the calendar does not know."""
    try:
        due = payment_due(terms, workdays)
    except UnknownYear:
        return {"payment_due": None, "payment_days_late": None}
    late = late_payment_days(due, terms.paid_on or today)
    return {"payment_due": due.isoformat(), "payment_days_late": late}


def list_line(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one contract as a line of the list."""
    version = f" v{found['version']}" if found["version"] > 1 else ""
    return (
        found["number"] + version,
        found["customer"],
        _WORDS[found["level"]],
        STATES[State(found["state"])],
        f"{found['starts_on']} 至 {found['ends_on']}",
        _money(found["agreed_fee"]),
        _difference(found),
        _paid(found),
    )


def _money(amount: str | None) -> str:
    return "无法计算" if amount is None else f"{Decimal(amount):,}"


def _difference(found: Mapping[str, Any]) -> str:
    if found["fee_difference"] is None:
        return "—"
    return "无" if not Decimal(found["fee_difference"]) else f"{Decimal(found['fee_difference']):+,}"


def _paid(found: Mapping[str, Any]) -> str:
    late = f"，迟 {found['payment_days_late']} 天" if found["payment_days_late"] else ""
    if found["paid_on"]:
        return f"{found['paid_on']} 已付{late}"
    due = f"应于 {found['payment_due']} 前付清" if found["payment_due"] else "付款期限没有算出（缺工作日历）"
    return f"未付，{due}{late}"


def fields(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names and values of a contract, in the order in which they are asked for."""
    terms = found["terms"]
    floor = "不低于 " if found["computed_is_floor_only"] else ""
    yield "合同编号", f"{found['number']}（第 {found['version']} 版）"
    yield "客户名称", found["customer"]
    yield "状态", f"{STATES[State(found['state'])]}；今天{COVERAGES[Coverage(found['coverage'])]}"
    yield "服务期", f"{found['starts_on']} 至 {found['ends_on']}（含）"
    yield "约定费用", f"{_money(found['agreed_fee'])} 元（{fee_in_capitals(Decimal(found['agreed_fee']))}）"
    yield "费率表费用", f"{floor}{_money(found['computed_fee'])}" + (" 元" if found["computed_fee"] else "")
    yield "差额", _difference(found)
    yield "付款", _paid(found)
    if days := found["payment_days_late"]:
        owed = penalty(Decimal(found["agreed_fee"]), days)
        yield "逾期付款", "；".join(penalty_lines(owed, Breach.LATE_PAYMENT))
    for name in SHOWN:
        if terms[name] not in (None, [], {}, False) and _OF_LEVEL.get(name, terms["level"]) == terms["level"]:
            yield BY_FIELD[name].names[0], _value(terms[name])
    yield "联系人", "；".join(f"{one['name']} {one['phone']}" for one in found["contact_persons"]) or "未登记"
    for version in found["versions"]:
        page = f"签字页 {version['signed_page']}" if version["signed_page"] else "没有签字页编号"
        changes = "，".join(map(_change, version["changes"]))
        text = f"{version['entered_at'][:10]} 录入，{page}"
        yield f"第 {version['version']} 版", f"{text}：{changes}" if changes else text


def _value(value: Any) -> str:
    """Return a JSON value as people write it."""
    if value is True:
        return "是"
    if isinstance(value, list):
        is_span = len(value) == 2 and all(re.fullmatch(r"\d\d:\d\d", str(item)) for item in value)
        return "–".join(value) if is_span else "；".join(value)
    if isinstance(value, dict):
        return "；".join(f"{day} {'上班' if works else '休息'}" for day, works in value.items())
    return _WORDS.get(value, str(value))


def _change(change: Mapping[str, Any]) -> str:
    before, after = (_value(change[side]) if change[side] else "无" for side in ("before", "after"))
    return f"{BY_FIELD[change['field']].names[0]} {before} → {after}"

"""Requests for a service or a price: what the customer's level gives, and a person who arranges it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.desk.case import coverage_at
from bot.desk.contract import Coverage, Terms
from bot.desk.tables import ENTITLEMENTS, LEVEL_NAMES, SERVICE_NAMES, Service
from bot.desk.terms import Level
from bot.dialogue import contract_words
from bot.dialogue.passing_on import pass_on, terms_of, way_out
from bot.dialogue.reading import Report
from bot.dialogue.their_ticket import hotline
from bot.dialogue.turn import Turn

# What each service request is about; contract 1 says which level has it, 2.7 names no level.
SERVICES: Mapping[str, tuple[str, tuple[Service, ...]]] = {
    "training": ("培训", (Service.TRAINING,)),
    "inspection": ("巡检", (Service.REMOTE_INSPECTION, Service.ONSITE_INSPECTION)),
    "upgrade": ("升级", (Service.UPGRADE,)),
    "backup": ("数据备份", ()),
    "ivr_change": ("IVR 流程调整", ()),
    "hardware_change": ("硬件更换后的软件安装支持", ()),
}


def fee(turn: Turn, _: Report) -> None:
    """Say the term and what a renewal costs by the contract; a person answers what goes beyond it."""
    terms, lines = terms_of(turn), []
    if terms:
        lines.append(f"您的合同是{LEVEL_NAMES[terms.level]}，服务期至 {terms.ends_on:%Y年%-m月%-d日}。")
        if coverage_at(terms, turn.now) is Coverage.UNPAID:
            lines.append(f"{contract_words.uncovered_line(terms, turn.now)}。")
        lines.append(f"{contract_words.renewal_line(terms, turn.now)}，以双方签订的合同为准。")
    lines.append(f"费用和续约已转给{turn.office.sales}，会与您联系。")
    turn.reply("\n".join([*lines, hotline(turn)]), way_out(turn))
    pass_on(turn, "询问费用或续约")


def service(turn: Turn, read: Report) -> None:
    """Take a request for a service; what the level lacks is refused politely, with what the next one has."""
    name, entitlements = SERVICES[read.verdict.intent]
    terms = terms_of(turn)
    if terms is None:
        lines = [f"已收到您的{name}需求，工程师会与您联系。"]
    elif coverage_at(terms, turn.now) is not Coverage.ACTIVE:
        lines = [
            f"{contract_words.uncovered_line(terms, turn.now)}。",
            f"您的{name}需求已转给{turn.office.sales}，会与您联系。",
        ]
    elif not entitlements:
        lines = [f"{name}在您的合同服务内，已转给工程师安排。"]  # contract 2.7: every level
    else:
        lines = entitled(terms, name, entitlements, turn.office.sales)
    turn.reply("\n".join([*lines, hotline(turn)]), way_out(turn))
    pass_on(turn, f"需要{name}")


def entitled(terms: Terms, name: str, services: tuple[Service, ...], sales: str) -> list[str]:
    """Return what the level gives of what is asked for, or politely what the next one does (contract 1)."""
    given = ENTITLEMENTS[terms.level]
    has = [f"{SERVICE_NAMES[s]}：{given[s].text}" if given[s].given else given[s].text for s in services]
    if any(given[s].given for s in services):
        return [f"您的合同含{'；'.join(has)}。", f"您的{name}需求已转给工程师安排。"]
    levels = list(Level)
    above = levels[levels.index(terms.level) + 1]
    next_has = "；".join(f"{SERVICE_NAMES[s]}{ENTITLEMENTS[above][s].text}" for s in services)
    return [
        f"您的合同是{LEVEL_NAMES[terms.level]}，{'；'.join(given[s].text for s in services)}。",
        f"{LEVEL_NAMES[above]}含：{next_has}。",
        f"您的{name}需求已转给{sales}，会与您联系。",
    ]

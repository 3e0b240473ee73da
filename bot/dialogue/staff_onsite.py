"""What can't be solved from afar: somebody comes, or the level has no such service."""

from __future__ import annotations

from bot.desk.case import Case, coverage_at
from bot.desk.contract import Coverage, Terms
from bot.desk.events import Kind
from bot.desk.tables import ENTITLEMENTS, LEVEL_NAMES, SERVICE_NAMES, Service
from bot.desk.terms import Level
from bot.dialogue import contract_words, notify, replies
from bot.dialogue.clock_words import customer_lines, say_clock
from bot.dialogue.staff_actions import happened
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm


def remote_failed(turn: Turn, case: Case, reason: str) -> None:
    """Declare the fault not solvable remotely: where the level has on-site service its clock starts.

    The customer is told the engineer's judgement and its reason: that is an answer.

    Source: contract 1 (on-site service).
    """
    if case.terms is None:
        bind = f"绑定 {case.number} 客户名称"
        raise Refused(f"{case.number} 还没有合同，不知道有没有现场服务。请先绑定客户：{bind}")
    covered = coverage_at(case.terms, case.ticket.clock_from) is Coverage.ACTIVE
    if covered and ENTITLEMENTS[case.terms.level][Service.ONSITE].given:
        _go(turn, case, reason)
    else:
        _refuse(turn, case, case.terms, reason, covered=covered)


def _go(turn: Turn, case: Case, reason: str) -> None:
    event = turn.event(Kind.REMOTE_FAILED, reason=reason, inbox=turn.inbox_id)
    case = turn.desk.tickets.record(case, event)
    lines = [
        f"工单 {case.number}：{turn.contact.name}判断不能远程解决（{reason}），工程师会到现场处理。",
        *(f"{line}。" for line in customer_lines(case, turn.now)),
        replies.hotline_line(turn.office.hotline),
    ]
    notify.customers(turn.desk, case, "\n".join(lines), is_answer=True)
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}：不能远程解决，转现场")


def _refuse(turn: Turn, case: Case, terms: Terms, reason: str, *, covered: bool) -> None:
    """No on-site service here: say politely what there is, and what the next level has."""
    event = turn.event(Kind.NO_ONSITE, reason=reason, inbox=turn.inbox_id)
    case = turn.desk.tickets.record(case, event)
    why = (
        _next_level(terms)
        if covered
        else [f"{contract_words.uncovered_line(terms, case.ticket.clock_from)}。"]
    )
    lines = [
        f"工单 {case.number}：{turn.contact.name}判断不能远程解决（{reason}）。",
        *why,
        f"远程能做的会继续做；要安排现场，{turn.office.sales}会与您商量。",
        replies.hotline_line(turn.office.hotline),
    ]
    notify.customers(turn.desk, case, "\n".join(lines), is_answer=True)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 合同不含现场服务，已告诉客户；请继续远程处理")


def _next_level(terms: Terms) -> list[str]:
    given, levels = ENTITLEMENTS[terms.level], list(Level)
    above = levels[levels.index(terms.level) + 1]
    return [
        f"您的合同是{LEVEL_NAMES[terms.level]}，{given[Service.ONSITE].text}；"
        f"含{SERVICE_NAMES[Service.REMOTE]}（{given[Service.REMOTE].text}），软件故障提供旁路办法。",
        f"{LEVEL_NAMES[above]}含{SERVICE_NAMES[Service.ONSITE]}：{ENTITLEMENTS[above][Service.ONSITE].text}。",
    ]


def arrive(turn: Turn, case: Case, argument: str) -> None:
    """Record that an engineer has arrived on site."""
    at, _ = happened(turn, case, "" if argument == "now" else argument)
    declared = case.ticket.remote_failed_at
    if declared is not None and at < declared.replace(second=0, microsecond=0):
        raise Refused(f"到场早于转现场（{say_clock(declared, turn.now)}），请核对。")
    case = turn.desk.tickets.record(case, turn.event(Kind.ARRIVED, at=at.isoformat()))
    said = say_clock(at, turn.now)
    notify.customers(turn.desk, case, f"工单 {case.number}：{turn.contact.name} {said} 已到现场。")
    due = case.deadlines.onsite
    late = "（超期）" if due is not None and not due.is_met_at(at) else ""
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name} {said} 到场{late}")


def act(turn: Turn, case: Case, argument: str) -> None:
    """Record an action (行动, contract 2.1): apart from the response, and what an agreed time waits for."""
    at, note = happened(turn, case, argument)
    if not note:
        raise WrongForm("请写明做了什么，客户会看到。")
    case = turn.desk.tickets.record(case, turn.event(Kind.ACTED, at=at.isoformat(), note=note))
    text = f"工单 {case.number}：{turn.contact.name} {say_clock(at, turn.now)} 已行动：{note}"
    notify.customers(turn.desk, case, text, is_answer=True)
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}已行动")

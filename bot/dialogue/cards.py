"""What staff read: a card that fits one phone screen, and one-line notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.desk.agreement import Standing
from bot.desk.case import Case, coverage_at
from bot.desk.contract import Coverage
from bot.desk.sla import ClockName
from bot.desk.tables import LEVEL_NAMES
from bot.desk.terms import Priority
from bot.desk.ticket import FINAL, STATE_NAMES, Work
from bot.dialogue.choices import EFFECT_NAMES
from bot.dialogue.clock_words import cost_lines, say_clock, say_span, staff_lines
from bot.dialogue.contract_words import uncovered_line
from bot.dialogue.receipts import say_deadline, say_time, service_hours_zh
from bot.dialogue.replies import PRIORITY_NAMES, clause_zh, one_line, shorten
from bot.messages import Attachment, AttachmentKind, Option, Received, Say

_COMMAND = re.compile(r"^/report\s+(?=\S)")  # what it reports is what was said
WORDS_SHOWN = 200
RECENT_SHOWN = 3
FORWARDED = "［转发］"
CALLED = "［来电］"
POINTER_SHOWN = 80
NAME_SHOWN = 12
KIND_NAMES: Mapping[AttachmentKind, str] = {
    AttachmentKind.PHOTO: "图片",
    AttachmentKind.VOICE: "语音",
    AttachmentKind.VIDEO: "视频",
    AttachmentKind.FILE: "文件",
    AttachmentKind.LOCATION: "位置",
    AttachmentKind.LINK: "链接",
}


def card(
    case: Case, now: datetime, reports: Sequence[Received], recent: Sequence[Case], note: str | None
) -> Say:
    """Return the card of a ticket as it stands; ``note`` says what changed, None for the first card."""
    lines = [
        f"【{case.number}】{_standing(case)} · {STATE_NAMES[case.ticket.work]}",
        _evidence(case),
        f"客户：{_customer(case, now)}",
        f"联系人：{one_line(' '.join(filter(None, (case.reporter.name, case.reporter.phone))))}",
        _deadline(case, now),
        *(staff_lines(case, now) if case.ticket.work not in FINAL else cost_lines(case, now)),
        f"原话：{_words(reports, case.reporter.name) or case.summary}",
        _answer(case, now),
    ]
    if case.ticket.assignee:
        lines.append(f"负责人：{case.ticket.assignee[1]}")
    if case.ticket.urged:
        is_unanswered = case.ticket.is_urged and case.ticket.is_live
        lines.append(f"客户催单 {case.ticket.urged} 次{'，请答复' if is_unanswered else ''}")
    if recent:
        lines.append("近期：" + "；".join(_recent(other) for other in recent[:RECENT_SHOWN]))
    options = _options(case)
    if any(report.attachments for report in reports):
        options += (Option("附件", f"附件 {case.number}", "files", case.ticket.id),)
    return Say("\n".join(lines), options, card=f"ticket:{case.ticket.id}", note=note)


def _standing(case: Case) -> str:
    agreement = case.ticket.agreement
    if agreement.standing is Standing.AGREED:
        return f"{PRIORITY_NAMES[agreement.held]}（双方已确认）"
    if agreement.standing is Standing.DISPUTED:
        return f"{PRIORITY_NAMES[agreement.held]}（有分歧，按较严计时）"
    if agreement.vendor is not None:
        return f"{PRIORITY_NAMES[agreement.held]}（我方认为{PRIORITY_NAMES[agreement.vendor]}，待客户）"
    if not case.ticket.certain:
        return "优先级不明（按优先等级1计时，待确认）"
    return f"{PRIORITY_NAMES[agreement.held]}（待确认）"


def _evidence(case: Case) -> str:
    ticket = case.ticket
    if not ticket.words:
        return "命中：无（信息不足）"
    target = clause_zh(ticket.clause) or PRIORITY_NAMES[ticket.agreement.proposed]
    return f"命中：{' · '.join(ticket.words)} → {target.removeprefix('合同 2.1 ')}"


def _customer(case: Case, now: datetime) -> str:
    if case.customer is None:
        return "未绑定合同"
    if case.terms is None:
        return f"{case.customer.name}（没有合同记录）"
    text = f"{case.customer.name}（{LEVEL_NAMES[case.terms.level]}，{service_hours_zh(case.terms)}）"
    if coverage_at(case.terms, now) is not Coverage.ACTIVE:
        text += f"\n⚠ {uncovered_line(case.terms, now)}"
    return text


def _deadline(case: Case, now: datetime) -> str:
    if (answered := case.ticket.responded_at) is not None:
        late = case.response is not None and not case.response.is_met_at(answered)
        return f"已响应：{say_clock(answered, now)}{'（超期）' if late else ''}"
    if ClockName.RESPONSE in case.deadlines.resting:
        return f"响应期限：暂停中，还剩 {say_span(case.deadlines.resting[ClockName.RESPONSE])}"
    if case.calendar_gap:
        form = f"约定 {case.number} 响应 1月4日 9:00"
        return (
            f"⚠ 响应期限没有算出：缺那一年的工作日历。请核对后与客户约定（{form}），"
            "并请管理员补工作日历 workdays.yaml。"
        )
    if case.response is None:
        return "响应期限：无合同期限"
    if (ended := case.ticket.closed_at) is not None:  # its clock stopped then: nothing is overdue since
        missed = "" if case.response.is_met_at(ended) else "（超期）"
        return f"响应期限：{say_time(case.response.due, now)}{missed}，{say_clock(ended, now)} 结束"
    overdue = not case.response.is_met_at(now)
    return f"响应期限：{say_deadline(case.response, now)}{'（已超期）' if overdue else ''}"


def _words(reports: Sequence[Received], reporter: str) -> str:
    """Return what was said; in a group with the name of who said it, unless it was who reported it."""
    said = "；".join(
        f"{_by(report, reporter)}{_how(report)}{words}"
        for report in reports
        if (words := _COMMAND.sub("", one_line(report.text)))
    )
    pictures = sum(report.attachments for report in reports)
    shown = said if len(said) <= WORDS_SHOWN else said[: WORDS_SHOWN - 1] + "…"
    pointed = dict.fromkeys(pointer(one) for report in reports for one in report.pointers)
    return shown + "".join(pointed) + (f"［附件 {pictures} 个］" if pictures else "")


def _how(report: Received) -> str:
    if report.is_call:
        return CALLED
    return FORWARDED if report.is_forwarded else ""


def _by(report: Received, reporter: str) -> str:
    name = one_line(report.said_in_group_by or "")
    return f"{shorten(name, NAME_SHOWN)}：" if name and name != reporter else ""


def pointer(one: Attachment) -> str:
    """Return a place or a link in a few words."""
    said = one_line(f"{one.name} {one.reference}".strip())
    return f"［{KIND_NAMES[one.kind]} {shorten(said, POINTER_SHOWN)}］"


def _answer(case: Case, now: datetime) -> str:
    """Return the customer's view: by their own hand, or as staff recorded it after a call (contract 2.1)."""
    view, recorded = case.ticket.agreement.customer, case.ticket.recorded
    if view is None or recorded is None:
        return f"客户答：{'未答' if view is None else EFFECT_NAMES[view]}"
    given = recorded.consent
    how = one_line(f"{given.who} {say_clock(given.at, now)} {given.how}")
    return f"客户同意：{PRIORITY_NAMES[view]}（{how}，{one_line(recorded.by)}记录）"


def _recent(case: Case) -> str:
    return f"{case.number} {shorten(case.summary, 10)}（{STATE_NAMES[case.ticket.work]}）"


def _options(case: Case) -> tuple[Option, ...]:
    number, work = case.ticket.id, case.ticket.work
    bind = () if case.customer else (Option("绑定客户", f"绑定 T{number} 客户名称", "bind", number),)
    if work in FINAL:
        return (Option("重开", f"重开 T{number}", "reopen", number),) if work is Work.CLOSED else ()
    if work is Work.RESOLVED:
        return (
            Option("关闭", f"关闭 T{number}", "close", number),
            Option("重开", f"重开 T{number}", "reopen", number),
            Option("回复客户", f"回复 T{number} 内容", "reply", number),
        )
    if case.ticket.agreement.vendor is None:
        return (*_confirm_options(number), *bind)
    return (*_work_options(case), *bind)


def _confirm_options(number: int) -> tuple[Option, ...]:
    return (
        Option("确认1", f"确认 T{number} 1", "confirm", number, str(int(Priority.ONE))),
        Option("确认2", f"确认 T{number} 2", "confirm", number, str(int(Priority.TWO))),
        Option("不是故障", f"不是故障 T{number}", "not_a_fault", number),
        Option("问客户", f"问客户 T{number}", "ask", number),
    )


def _work_options(case: Case) -> tuple[Option, ...]:
    number, ticket = case.ticket.id, case.ticket
    options = [Option("继续", f"继续 T{number}", "resume", number)] if ticket.pause else []
    if not ticket.assignee:
        options.append(Option("认领", f"认领 T{number}", "claim", number))
    options.append(Option("回复客户", f"回复 T{number} 内容", "reply", number))
    if ticket.responded_at is None:
        options.append(Option("响应", f"响应 T{number} 14:05 王经理", "respond", number))
    elif ticket.remote_failed_at is None:
        options.append(Option("转现场", f"不能远程 T{number} 原因", "remote_failed", number))
    elif ticket.arrived_at is None:
        options.append(Option("到场", f"到场 T{number}", "arrive", number, "now"))
    return (
        *options,
        Option("旁路办法", f"旁路办法 T{number} 步骤", "workaround", number),
        Option("解决", f"解决 T{number} 处理结果", "resolve", number),
        Option("改级", f"改级 T{number} 2 原因", "change", number),
    )


def todo_line(case: Case, now: datetime) -> str:
    """Return an open ticket in one line for the list by deadline."""
    who = case.ticket.assignee[1] if case.ticket.assignee else "无人认领"
    name = case.customer.name if case.customer else "未绑定"
    parts = [f"{case.number} {PRIORITY_NAMES[case.ticket.held]}", name, shorten(case.summary, 12)]
    parts += [STATE_NAMES[case.ticket.work], who]
    if case.ticket.pause:
        parts.append("暂停中")
    elif case.ticket.is_open_to_response and case.ticket.responded_at is None and case.response:
        overdue = "" if case.response.is_met_at(now) else "，已超期"
        parts.append(say_deadline(case.response, now) + overdue)
    return " · ".join(parts)

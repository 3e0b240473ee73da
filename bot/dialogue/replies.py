"""What customers read: short, polite, plain. Outcome first, then what happens next, then what they can do."""

from __future__ import annotations

from datetime import datetime
from unicodedata import category

from bot.desk.agreement import Standing
from bot.desk.case import Case
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import Work
from bot.dialogue.choices import EFFECT_NAMES
from bot.dialogue.clock_words import customer_lines, overdue, resting_line, say_clock, with_reason
from bot.dialogue.contract_words import uncovered_line
from bot.dialogue.receipts import say_deadline, service_hours_zh

TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
PRIORITY_NAMES = {
    Priority.ONE: "优先等级1",
    Priority.TWO: "优先等级2",
    Priority.NOT_A_FAULT: "不是故障",
}


def judged(priority: Priority) -> str:
    """Return a side's view as a verb phrase: 认为是优先等级1, 认为不是故障."""
    is_fault = priority is not Priority.NOT_A_FAULT
    return f"认为{'是' if is_fault else ''}{PRIORITY_NAMES[priority]}"


def timed(priority: Priority) -> str:
    """Return by what the clock runs: 按优先等级1计时, 不按故障计时."""
    is_fault = priority is not Priority.NOT_A_FAULT
    return f"按{PRIORITY_NAMES[priority]}计时" if is_fault else "不按故障计时"


FROM_FIRST = "，从首次报修起算"
IF_ANOTHER = "如果是另一个故障，请点“另一个故障”，单独受理。"
EFFECT_QUESTION = "请问影响多大？点一下或回复数字即可。"


def clause_zh(clause: str | None) -> str:
    """Return a clause as the customer is told it: 合同 2.1 优先等级1 (A)."""
    if clause is None:
        return ""
    return "合同 " + clause.replace("P1", "优先等级1").replace("P2", "优先等级2")


def hotline_line(hotline: tuple[str, ...]) -> str:
    """Return the line with the numbers; open day and night for every level (contract 2.2.1)."""
    return f"24 小时服务热线：{' / '.join(hotline)}"


def quoted(words: tuple[str, ...]) -> str:
    """Return words in Chinese quotation marks."""
    return "".join(f"“{word}”" for word in words)


def priority_line(case: Case) -> str:
    """Return the priority that holds and the words that decided it."""
    ticket = case.ticket
    if not ticket.certain:
        return "优先级待工程师确认，确认前按优先等级1计时"
    if ticket.held != ticket.agreement.proposed:
        return f"{PRIORITY_NAMES[ticket.held]}：{whose_view(case)}"
    if ticket.words:
        return f"{PRIORITY_NAMES[ticket.held]}：您提到{quoted(ticket.words)}（{clause_zh(ticket.clause)}）"
    return f"{PRIORITY_NAMES[ticket.held]}（{clause_zh(ticket.clause)}），与工程师共同确认"


def whose_view(case: Case) -> str:
    """Return on whose word a priority holds that is not what the bot proposed (contract 2.1)."""
    views = case.ticket.agreement
    if views.standing is Standing.AGREED:
        return "双方已确认"
    return "按您的判断" if views.customer == views.held else "按工程师的判断"


def deadline_line(case: Case, now: datetime) -> str:
    """Return the deadline as people say it and why it is there, or plainly why there is none.

    Once support has answered, when that was: what is past is no deadline any more.
    """
    answered = case.ticket.responded_at
    if answered is not None:
        until = f"（响应期限 {say_clock(case.response.due, now)}）" if case.response else ""
        return f"工程师已于 {say_clock(answered, now)} 响应{until}"
    if case.response:
        return f"响应期限：{with_reason(case, case.response, now)}{_overdue(case, now)}"
    if ClockName.RESPONSE in case.deadlines.resting:
        return resting_line(case)
    if case.calendar_gap and case.terms:
        hours = service_hours_zh(case.terms)
        return f"{hours} 内立即响应；从哪一天起算，由工程师核对工作日安排后告诉您"
    if case.terms is None:
        return "这个聊天还没有绑定合同，绑定后按报修时间起算期限"
    if case.ticket.held is Priority.NOT_A_FAULT:
        return "不按故障计时，没有合同期限"
    return uncovered_line(case.terms, case.ticket.clock_from)


def _overdue(case: Case, now: datetime) -> str:
    """Return that the response is late, as long as it is awaited: also a raise can make it so at once."""
    return overdue(case.response, now) if case.response else ""


def receipt(case: Case, now: datetime, hotline: tuple[str, ...], help_line: str | None) -> str:
    """Return the one message that answers a report of a fault: at most six lines."""
    lines = [
        f"已收到，工单号 {case.number}。",
        priority_line(case) + "。",
        deadline_line(case, now) + "。",
        f"已通知值班工程师，确认后第一时间告诉您。{help_line or ''}"
        if case.customer
        else f"已转给值班工程师。{BIND_HELP}",
        EFFECT_QUESTION,
        hotline_line(hotline),
    ]
    return "\n".join(lines)


BIND_HELP = "绑定办法：向工程师要绑定码，发送“绑定 绑定码”。"


def joined(case: Case, now: datetime, hotline: tuple[str, ...], *, same_chat: bool) -> str:
    """Return the answer to a fault that was reported already."""
    first = f"这个问题已在工单 {case.number} 中，" + (
        "补充内容已转给工程师。" if same_chat else "同事已报修，进展也会通知您。"
    )
    return "\n".join([first, status_line(case, now), hotline_line(hotline)])


def corrected(case: Case, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return the answer to a message that was changed after it had become part of a ticket."""
    first = f"您改动的内容已记入工单 {case.number}，工程师会看到；原来的话也保留。"
    return "\n".join([first, status_line(case, now), hotline_line(hotline)])


def split_off(case: Case, opened: Case, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return that a report which had joined another ticket has one of its own, from its own time."""
    return "\n".join(
        [
            f"您报的问题已从工单 {case.number} 分出，单独处理，工单号 {opened.number}。",
            priority_line(opened) + "。",
            deadline_line(opened, now) + "，从您报修时起算。",
            EFFECT_QUESTION,
            hotline_line(hotline),
        ]
    )


def came_back(case: Case, opened: Case, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return that a fault whose ticket was closed too long ago has a new one."""
    return "\n".join(
        [
            f"工单 {case.number} 关闭已久，已按新的故障受理，工单号 {opened.number}（参照 {case.number}）。",
            priority_line(opened) + "。",
            deadline_line(opened, now) + "。",
            EFFECT_QUESTION,
            hotline_line(hotline),
        ]
    )


def effect_question(before: Case) -> str:
    """Return the question about the effect; who has answered it learns why they are asked again."""
    view = before.ticket.agreement.customer
    return EFFECT_QUESTION if view is None else f"您先前答“{EFFECT_NAMES[view]}”，请按现在的情况再答一次。"


def raised(case: Case, before: Case, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return that a follow-up made the ticket graver; the clock still counts from the first report."""
    return "\n".join(
        [
            f"工单 {case.number} 已提高为{PRIORITY_NAMES[case.ticket.held]}。",
            priority_line(case) + "。",
            deadline_line(case, now) + (FROM_FIRST if case.ticket.responded_at is None else "") + "。",
            f"已通知值班工程师。{effect_question(before)}",
            hotline_line(hotline),
        ]
    )


def understood(
    case: Case, before: Case, now: datetime, hotline: tuple[str, ...], help_line: str | None
) -> str:
    """Return that a follow-up made an unclear report clear, or says more than was judged."""
    view = (
        f"初步判断为{PRIORITY_NAMES[case.ticket.agreement.proposed]}：您提到{quoted(case.ticket.words)}"
        f"（{clause_zh(case.ticket.clause)}）"
    )
    held = "" if case.ticket.held == case.ticket.agreement.proposed else "，双方确认前按优先等级1计时"
    lines = [f"明白了，工单 {case.number}。", view + held + "。", deadline_line(case, now) + "。"]
    return "\n".join(
        [*lines, *([help_line] if help_line else []), effect_question(before), hotline_line(hotline)]
    )


def is_settled_no_fault(case: Case) -> bool:
    """Tell whether both sides have found a live ticket to be no fault: all that is left is to close it."""
    ticket = case.ticket
    agreed = ticket.agreement.standing is Standing.AGREED
    return ticket.is_live and agreed and ticket.held is Priority.NOT_A_FAULT


def state_words(case: Case) -> str:
    """Return how far a ticket is, in words."""
    ticket = case.ticket
    if is_settled_no_fault(case):
        return "双方已确认，可以关闭"
    who = ticket.assignee[1] if ticket.assignee else None
    words = {
        Work.OPEN: f"{who}已接手，待响应" if who else "待工程师响应",
        Work.RESPONDED: f"{who}正在处理" if who else "工程师正在处理",
        Work.ONSITE: "工程师已到现场" if ticket.arrived_at else "远程不能解决，工程师到现场处理",
        Work.WORKAROUND: "已给旁路办法，继续处理",
        Work.RESOLVED: "已处理，待您确认恢复",
        Work.CLOSED: "已关闭",
        Work.WITHDRAWN: "已撤销",
        Work.MERGED: f"已并入工单 T{ticket.merged_into}",
    }
    return words[ticket.work]


def status_line(case: Case, now: datetime) -> str:
    """Return one ticket in one line: number, what it is about, priority, how far, deadline."""
    ticket = case.ticket
    parts = [f"{case.number} {shorten(case.summary)}", PRIORITY_NAMES[ticket.held], state_words(case)]
    if ticket.is_live and ticket.responded_at is None and case.response:
        parts.append(f"响应期限 {say_deadline(case.response, now)}{_overdue(case, now)}")
    if ticket.is_live:
        parts += customer_lines(case, now)
    return " · ".join(parts)


def one_line(text: str) -> str:
    """Return what somebody wrote on one line, so that none of it passes for a line of ours.

    Control characters and those that turn the direction of reading are left out.
    """
    return "".join(c for c in " ".join(text.split()) if category(c) != "Cc" and c not in TURNING)


def shorten(text: str, length: int = 16) -> str:
    """Return ``text`` on one line, cut to ``length`` characters."""
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1] + "…"


def view_recorded(case: Case, priority: Priority, now: datetime, hotline: tuple[str, ...]) -> str:
    """Return what the customer's own view of the effect has led to."""
    vendor = case.ticket.agreement.vendor
    if case.ticket.agreement.standing.value == "agreed":
        outcome = f"双方已确认：{PRIORITY_NAMES[priority]}。"
    elif vendor is not None:
        outcome = f"工程师{judged(vendor)}，与您不一致，商定前{timed(case.ticket.held)}，主管会与您联系。"
    else:
        outcome = f"待工程师确认，确认前{timed(case.ticket.held)}。"
    return "\n".join(
        [
            f"已记录：{EFFECT_NAMES[priority]}（工单 {case.number}）。",
            outcome,
            deadline_line(case, now) + "。",
            hotline_line(hotline),
        ]
    )


def vendor_view(case: Case, by: str, reason: str, now: datetime) -> str:
    """Return what the engineer's view means for the customer."""
    agreement = case.ticket.agreement
    vendor = agreement.vendor
    assert vendor is not None  # noqa: S101 - called after the vendor's view
    why = f"（{reason}）" if reason else ""
    head = f"工单 {case.number}：{by}"
    if agreement.standing.value == "agreed":
        first = f"{head}确认{PRIORITY_NAMES[vendor]}{why}，与您的判断一致。"
    elif agreement.standing.value == "disputed":
        own = agreement.customer
        assert own is not None  # noqa: S101 - a dispute has two views
        first = (
            f"{head}{judged(vendor)}{why}，您{judged(own)}。商定前{timed(agreement.held)}，主管会与您联系。"
        )
    elif vendor > agreement.held:
        first = f"{head}{judged(vendor)}{why}。您同意吗？您同意之前仍{timed(agreement.held)}。"
    else:
        first = f"{head}确认为{PRIORITY_NAMES[vendor]}{why}。如不同意，请点“有异议”。"
    return f"{first}\n{deadline_line(case, now)}。"

"""A customer urges: it is passed on, and each time something more concrete is said."""

from __future__ import annotations

from bot.desk.events import Kind
from bot.desk.ticket import Work
from bot.dialogue import choices, notify, replies
from bot.dialogue.commands import Command
from bot.dialogue.customer_closing import ask_recovered
from bot.dialogue.their_ticket import hotline, ticket_of
from bot.dialogue.turn import Turn


def urge(turn: Turn, command: Command) -> None:
    """Pass on that the customer urges; each time something more concrete is said."""
    case = ticket_of(turn, command)
    if case.ticket.work is Work.RESOLVED:
        ask_recovered(turn, case)
        return
    case = turn.desk.tickets.record(case, turn.event(Kind.URGED))
    notify.anew(turn.desk, case, turn.now)
    if replies.is_settled_no_fault(case):
        turn.reply(
            f"工单 {case.number} 双方已确认不是故障，不按故障计时。现在关闭吗？\n"
            f"仍是故障请点“有异议”。已转告工程师。\n{hotline(turn)}",
            *choices.settled_options(case.ticket.id),
            ticket=case.ticket.id,
        )
        return
    nobody = "正在安排工程师。" if case.ticket.responded_at is None else "已请工程师答复您。"
    who = f"负责人是{case.ticket.assignee[1]}。" if case.ticket.assignee else nobody
    lines = [
        f"已催办工单 {case.number}（第 {case.ticket.urged} 次），{who}",
        replies.status_line(case, turn.now),
    ]
    if case.ticket.urged > 1:
        lines.append(f"着急的话请直接拨打 {turn.office.hotline[0]}，报工单号 {case.number}，会有人接听。")
    turn.reply("\n".join([*lines, hotline(turn)]), ticket=case.ticket.id)

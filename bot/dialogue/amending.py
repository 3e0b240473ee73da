"""Messages that were changed afterwards: what was said stays, the correction is added to it."""

from __future__ import annotations

from bot.desk.ticket import Work
from bot.dialogue import passing_on, reading, report, their_ticket
from bot.dialogue.turn import Turn


def took(turn: Turn) -> bool:
    """Take a customer's correction of a message that belongs to a ticket; else it is a message like others.

    A graver reading raises the ticket; a lesser one lowers nothing by itself (contract 2.1).
    """
    original = turn.desk.messages.corrected(turn.inbox_id)
    if original is None:
        return False
    has_new_file = any(one.identity for one in turn.inbound.attachments)
    if original.text.strip() == turn.text and not has_new_file:
        return True  # the platform only added a preview
    number = turn.desk.messages.ticket_of(original.id)
    case = turn.desk.tickets.get(number) if number is not None else None
    if case is None:
        return False
    if case.ticket.is_live:
        report.add(turn, case, reading.of(turn, turn.text, turn.reported_at))
        return True
    state = "已处理" if case.ticket.work is Work.RESOLVED else "已关闭"
    text = f"工单 {case.number} {state}，您改动的内容已转给工程师。没恢复请回复“没恢复”。"
    turn.reply(f"{text}\n{their_ticket.hotline(turn)}", ticket=case.ticket.id)
    passing_on.pass_on(turn, f"改了原话（{case.number}）", case.ticket.id)
    return True

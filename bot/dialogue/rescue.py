"""When handling failed three times: a bare ticket, an alarm to staff, and the hotline; never silence."""

from __future__ import annotations

from bot.dialogue import notify, opening, replies
from bot.dialogue.turn import Turn


def rescue(turn: Turn) -> None:
    """Take the message without understanding it: what is in doubt is held as priority 1 (contract 2.1)."""
    if turn.chat.kind == "staff" or turn.contact.is_staff:
        turn.reply("这条命令没有执行成功，请再发一次；仍不行请联系管理员。")
        return
    finding = opening.Finding(turn.office.classifier.base.version)
    case = opening.opened(turn, finding, turn.reported_at, turn.text)
    turn.reply(
        f"已收到，工单号 {case.number}，工程师会直接查看您的消息。\n"
        f"{replies.deadline_line(case, turn.now)}。\n"
        f"着急请直接拨打：{' / '.join(turn.office.hotline)}（24 小时）",
        ticket=case.ticket.id,
    )
    notify.staff(turn.desk, case, turn.now)
    notify.staff_line(
        turn.desk, f"⚠ {case.number} 程序没能处理这条消息，请直接看原话并联系客户。", ticket=case.ticket.id
    )


def give_up(turn: Turn) -> None:
    """When even that failed: the hotline for the sender, and a number for support to look the message up."""
    turn.reply(f"这条消息没有处理成功，请直接拨打：{' / '.join(turn.office.hotline)}（24 小时）")
    notify.staff_line(turn.desk, f"⚠ {turn.contact.name}的消息（编号 {turn.inbox_id}）没能处理，请直接联系。")

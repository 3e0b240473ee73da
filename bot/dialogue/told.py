"""What is said because of delivery: the response is on record, or a message could not be delivered."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case
from bot.dialogue import notify
from bot.dialogue.ports import Desk


def responded(desk: Desk, case: Case, now: datetime) -> None:
    """An engineer's answer has reached the customer: that is the response (contract 1)."""
    late = (
        case.response is not None
        and case.ticket.responded_at is not None
        and case.ticket.responded_at > case.response.due
    )
    who = desk.tickets.events(case.ticket.id)[-1].actor.name
    note = f"{case.number} {who}的答复已送达客户，已响应{'（超期）' if late else ''}"
    notify.staff(desk, case, now, note)


def undelivered(desk: Desk, case: Case, error: str, now: datetime) -> None:
    """A message to the customer failed for good: support must phone."""
    phone = case.reporter.phone or "未登记，请查合同"
    notify.staff_line(
        desk, f"⚠ {case.number} 有消息送不到客户（{error}），请打电话：{phone}", ticket=case.ticket.id
    )
    notify.staff(desk, case, now, f"{case.number} 消息未送达")


def stuck(desk: Desk, messages: int) -> None:
    """The delivery engine had lost messages; they go out late."""
    notify.staff_line(desk, f"⚠ 消息投递中断过，有 {messages} 条消息延误，已重新发送。请运维查看日志。")

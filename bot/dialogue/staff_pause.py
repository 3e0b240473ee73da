"""Agreed pauses: support asks, the customer consents, both see it, and either side's word ends it."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.events import Kind
from bot.dialogue import notify, waiting
from bot.dialogue.turn import Turn
from bot.errors import Refused
from bot.messages import Option


def pause(turn: Turn, case: Case, reason: str) -> None:
    """Ask the customer to let the clocks rest while support waits for them; asking is no response."""
    if not turn.desk.tickets.watchers(case):
        instead = f"约定 {case.number} 行动 15:00 王经理 电话"
        raise Refused(f"{case.number} 是电话报修，客户没有聊天可以同意暂停；可以与客户约定时间：{instead}")
    case = turn.desk.tickets.record(case, turn.event(Kind.PAUSE_ASKED, reason=reason))
    notify.customers(
        turn.desk,
        case,
        f"工单 {case.number}：{turn.contact.name}需要等您这边：{reason}。\n"
        "等待期间是否同意暂停计时？您一回复就继续计时。",
        Option("同意暂停", "同意暂停", "pause_yes", case.ticket.id),
        Option("不同意", "不同意暂停", "pause_no", case.ticket.id),
    )
    notify.staff(turn.desk, case, turn.now, f"{case.number} 已请客户同意暂停；同意前照常计时")


def resume(turn: Turn, case: Case, _: str) -> None:
    """End the pause; both sides are told the new deadline."""
    case = waiting.end_pause(turn, case, "staff")
    notify.customers(turn.desk, case, waiting.resumed_text(case, turn.now))

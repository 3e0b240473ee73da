"""Corrections: what was wrong in a contract's record, or in the calendar, reaches the tickets under it.

A new version of a contract reaches none: a ticket keeps the version under which it was opened (contract 6.4).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.dialogue import notify, replies
from bot.store import tables as t
from bot.store.store import UnitOfWork

DUE = ("response_due", "onsite_due", "action_due", "update_due")


def correct_contract(unit: UnitOfWork, number: str, version: int, reason: str) -> list[int]:
    """Correct all tickets under a version of a contract; return those whose deadlines changed."""
    under = (
        select(t.TicketRow.id)
        .where(t.TicketRow.contract_number == number, t.TicketRow.contract_version == version)
        .order_by(t.TicketRow.id)
    )
    return [ticket for ticket in unit.session.scalars(under).all() if correct(unit, ticket, reason)]


def correct(unit: UnitOfWork, ticket_id: int, reason: str) -> bool:
    """Bring a ticket's deadlines to what record and calendar say now; tell whether any changed.

    The deadlines before and after are an event; support sees the card anew, and the customer is told of
    another response deadline while they wait for the response.

    Args:
        reason: in Chinese, for support; it is stored.
    """
    case = unit.tickets.get(ticket_id)
    differences = unit.tickets.differences(ticket_id) if case else {}
    changed = {name: pair for name, pair in differences.items() if name in DUE}
    if case is None or not changed:
        return False
    data = {
        "reason": reason,
        "before": {name: _iso(before) for name, (before, _) in changed.items()},
        "after": {name: _iso(after) for name, (_, after) in changed.items()},
    }
    case = unit.tickets.record(case, Event(Kind.CORRECTED, unit.now, BOT, data))
    if case.ticket.is_live:
        _tell(unit, case, reason, "response_due" in changed)
    return True


def _tell(unit: UnitOfWork, case: Case, reason: str, is_response: bool) -> None:
    notify.staff(unit, case, unit.now, f"{case.number} {reason}，期限已重新计算")
    if is_response and case.ticket.responded_at is None:
        line = replies.deadline_line(case, unit.now)
        notify.customers(unit, case, f"工单 {case.number}：{reason}，期限已重新计算。\n{line}。")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

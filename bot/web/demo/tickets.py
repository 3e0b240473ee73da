"""A customer's tickets as the page shows them: where each stands, and its deadline with the counting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.desk.agreement import Standing
from bot.desk.case import Case, Chat
from bot.desk.tables import LEVEL_NAMES
from bot.desk.ticket import STATE_NAMES
from bot.dialogue.receipts import receipt_lines, say_deadline, service_hours_zh
from bot.dialogue.replies import PRIORITY_NAMES, clause_zh, deadline_line
from bot.store import tables as t
from bot.store.session import UnitSession
from bot.store.store import Store
from bot.store.tickets import TicketStore

SHOWN = 5
STANDINGS = {
    Standing.PROPOSED: "待双方确认",
    Standing.AGREED: "双方已确认",
    Standing.DISPUTED: "有分歧，按较严计时",
}


def tickets(store: Store, session: UnitSession, chat: t.ChatRow, now: datetime) -> list[dict[str, Any]]:
    """Return the tickets of a chat's customer: what is open, and the latest one if nothing is."""
    desk = TicketStore(session, store.workdays, store.policy)
    place = Chat(chat.id, chat.kind, chat.customer_id, chat.state)
    cases = desk.live(place) or desk.recent(place, 1)
    return [ticket(case, now) for case in cases[:SHOWN]]


def ticket(case: Case, now: datetime) -> dict[str, Any]:
    """Return one ticket as JSON types."""
    held = case.ticket
    return {
        "id": held.id,
        "number": case.number,
        "summary": case.summary,
        "priority": PRIORITY_NAMES[held.held],
        "rank": int(held.held),
        "standing": STANDINGS[held.agreement.standing],
        "is_certain": held.certain,
        "views": _views(case),
        "state": STATE_NAMES[held.work],
        "is_live": held.is_live,
        "assignee": held.assignee[1] if held.assignee else None,
        "level": LEVEL_NAMES[case.terms.level] if case.terms else None,
        "hours": service_hours_zh(case.terms) if case.terms else None,
        "reported_at": held.reported_at.isoformat(),
        "responded_at": held.responded_at.isoformat() if held.responded_at else None,
        "deadline": _deadline(case, now),
        "why_none": None if case.response else deadline_line(case, now),
    }


def _views(case: Case) -> list[dict[str, str]]:
    """Return what each side takes the priority for (contract 2.1: they determine it jointly)."""
    held, views = case.ticket, case.ticket.agreement
    words = "、".join(held.words) if held.certain else "信息不足，存疑按优先等级1"
    proposed = PRIORITY_NAMES[views.proposed] if held.certain else "待确认"
    return [
        {"who": "机器人建议", "view": proposed, "why": f"{words}　{clause_zh(held.clause)}".strip()},
        {
            "who": "客户认为",
            "view": PRIORITY_NAMES[views.customer] if views.customer else "还没说",
            "why": "",
        },
        {
            "who": "工程师认为",
            "view": PRIORITY_NAMES[views.vendor] if views.vendor else "还没说",
            "why": held.vendor_view_by or "",
        },
    ]


def _deadline(case: Case, now: datetime) -> dict[str, Any] | None:
    response = case.response
    if response is None or case.terms is None:
        return None
    return {
        "due": response.due.isoformat(),
        "started_at": response.started_at.isoformat(),
        "is_at_once": response.duration_minutes is None,
        "minutes": response.duration_minutes,
        "said": say_deadline(response, now),
        "windows": [[piece.start.isoformat(), piece.end.isoformat()] for piece in response.segments],
        "receipt": receipt_lines(response, case.terms, case.ticket),
    }

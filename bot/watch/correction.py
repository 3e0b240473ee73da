"""Corrections: what was wrong in the calendar or in a contract's record reaches the tickets under it.

A new version of a contract reaches none: a ticket keeps the version under which it was opened (contract 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import select

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.dialogue import notify, replies
from bot.dialogue.clock_words import customer_lines
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork
from bot.store.trouble import is_trouble

log = structlog.get_logger(__name__)

PAGE = 200
DUE = ("response_due", "onsite_due", "action_due", "update_due")
OURS = {"update_due"}  # our own rule: no customer was told of it


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction changed on one ticket: the deadlines before and after of each clock that differs."""

    ticket: int
    changes: dict[str, tuple[datetime | None, datetime | None]]


def recompute_open(store: Store, reason: str, now: datetime, *, closed: bool = False) -> list[Correction]:
    """Recompute the deadlines of all open tickets as `recompute_page` does; return what changed."""
    found: list[Correction] = []
    last: int | None = 0
    while last is not None:
        corrected, last = recompute_page(store, last, reason, now, closed=closed)
        found += corrected
    return found


def recompute_page(
    store: Store, after: int, reason: str, now: datetime, *, closed: bool = False
) -> tuple[list[Correction], int | None]:
    """Recompute the next open tickets, each in its own transaction; return what changed, and where to go on.

    A ticket that can't be recomputed is noted in the log and holds up no other.

    Args:
        after: the last ticket that is done already; 0 at the beginning.
        reason: in Chinese, for customers and support; it is stored.
        closed: correct the record of closed tickets too, in silence.
    """
    found: list[Correction] = []
    ids = store.transact(partial(_page, after=after, closed=closed), now)
    for ticket_id in ids:
        try:
            corrected = store.transact(partial(correct, ticket_id=ticket_id, reason=reason), now)
        except Exception as error:
            if is_trouble(error):
                raise  # else it is this ticket's: it is recorded, and the others go on
            log.error("a ticket could not be corrected", ticket=ticket_id, error=type(error).__name__)
            continue
        found += [corrected] if corrected else []
    return found, ids[-1] if len(ids) == PAGE else None


def _page(unit: UnitOfWork, after: int, *, closed: bool) -> list[int]:
    return unit.tickets.ids(after, PAGE, closed=closed)


def correct_contract(unit: UnitOfWork, number: str, version: int, reason: str) -> list[Correction]:
    """Correct all tickets under a version of a contract; return what changed."""
    under = (
        select(t.TicketRow.id)
        .where(t.TicketRow.contract_number == number, t.TicketRow.contract_version == version)
        .order_by(t.TicketRow.id)
    )
    corrected = (correct(unit, ticket, reason) for ticket in unit.session.scalars(under).all())
    return [one for one in corrected if one]


def correct(unit: UnitOfWork, ticket_id: int, reason: str) -> Correction | None:
    """Bring a ticket's deadlines to what record and calendar say now; None if that changes none.

    The deadlines before and after are an event. Of a ticket that is open support sees the card anew, and the
    customer is told what is due now.
    """
    case = unit.tickets.get(ticket_id)
    differing = unit.tickets.differences(ticket_id) if case else {}
    changes = {name: pair for name, pair in differing.items() if name in DUE}
    if case is None or not changes:
        if case is not None and differing:
            unit.tickets.schedule(case)  # nothing that anybody was told: only when the watch looks again
        return None
    data = {
        "reason": reason,
        "before": {name: _iso(before) for name, (before, _) in changes.items()},
        "after": {name: _iso(after) for name, (_, after) in changes.items()},
    }
    case = unit.tickets.record(case, Event(Kind.CORRECTED, unit.now, BOT, data))
    if case.ticket.is_live:
        _tell(unit, case, reason, set(changes))
    return Correction(ticket_id, changes)


def _tell(unit: UnitOfWork, case: Case, reason: str, changed: set[str]) -> None:
    notify.staff(unit, case, unit.now, f"{case.number} 期限已更正：{reason}")
    is_awaited = case.ticket.responded_at is None
    told = changed - OURS - (set() if is_awaited else {"response_due"})
    if not told:
        return
    lines = [f"工单 {case.number} 的期限已更正：{reason}。"]
    if is_awaited:
        lines.append(f"{replies.deadline_line(case, unit.now)}。")
    lines += [f"{line}。" for line in customer_lines(case, unit.now)]
    notify.customers(unit, case, "\n".join(lines))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

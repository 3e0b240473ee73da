"""A calendar or a contract's term was wrong and has been put right: open tickets get the right deadlines.

A *new version* of a contract is no correction: it does not reach tickets that were opened under an older one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.desk.events import BOT, Event, Kind
from bot.dialogue import notify, replies
from bot.dialogue.clock_words import customer_lines
from bot.store.store import Store, UnitOfWork

PAGE = 200
DEADLINES = ("response_due", "onsite_due", "action_due", "update_due")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction changed on one ticket: stored and recomputed deadline of each clock that differs."""

    ticket: int
    changes: dict[str, tuple[datetime | None, datetime | None]]


def recompute_open(store: Store, reason: str, now: datetime, *, closed: bool = False) -> list[Correction]:
    """Recompute the deadlines of all open tickets, with before and after on record; return what changed.

    Customer and staff are told of each. ``closed`` corrects the record of closed tickets too, in silence.
    """
    found: list[Correction] = []
    last = 0
    while ids := _page(store, last, now, closed=closed):
        for ticket_id in ids:
            work = partial(_correct, ticket_id=ticket_id, reason=reason, now=now)
            corrected = store.transact(work, now)
            found += [corrected] if corrected else []
        last = ids[-1]
    return found


def _page(store: Store, after: int, now: datetime, *, closed: bool) -> list[int]:
    return store.transact(lambda unit: unit.tickets.ids(after, PAGE, closed=closed), now)


def _correct(unit: UnitOfWork, ticket_id: int, reason: str, now: datetime) -> Correction | None:
    case = unit.tickets.get(ticket_id)
    differing = unit.tickets.differences(ticket_id)
    changes = {name: differing[name] for name in DEADLINES if name in differing}
    if case is None or not changes:
        if case is not None and differing:
            unit.tickets.schedule(case)  # nothing that anybody was told: only when the watch looks again
        return None
    data = {
        "reason": reason,
        "before": {name: _iso(before) for name, (before, _) in changes.items()},
        "after": {name: _iso(after) for name, (_, after) in changes.items()},
    }
    case = unit.tickets.record(case, Event(Kind.CORRECTED, now, BOT, data))
    if case.ticket.is_live:
        lines = [f"工单 {case.number} 的期限已更正：{reason}。"]
        if case.ticket.responded_at is None:
            lines.append(f"{replies.deadline_line(case, now)}。")
        lines += [f"{line}。" for line in customer_lines(case, now)]
        notify.customers(unit, case, "\n".join(lines))
        notify.staff(unit, case, now, f"{case.number} 期限已更正：{reason}")
    return Correction(ticket_id, changes)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None

"""The sweep: what must happen to tickets because time has passed."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.ticket import Work
from bot.dialogue import notify, replies
from bot.store.store import Store, UnitOfWork

BATCH = 100


def sweep(store: Store, now: datetime) -> int:
    """Do what is due for every ticket whose alarm has come; return how many there were."""
    done = 0
    while count := store.transact(lambda unit: _batch(unit, now), now):
        done += count
        if count < BATCH:
            break
    return done


def _batch(unit: UnitOfWork, now: datetime) -> int:
    cases = unit.tickets.due_alarms(now, BATCH)
    for case in cases:
        if case.ticket.work is Work.RESOLVED:
            _close_silent(unit, case, now)
    return len(cases)


def _close_silent(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """The customer was asked whether it works again and said nothing for the set time."""
    case = unit.tickets.record(case, Event(Kind.CLOSED, now, BOT, {"why": "silence"}))
    notify.customers(
        unit,
        case,
        f"工单 {case.number} 已处理，您没有反馈异常，现已关闭。没恢复请回复“没恢复”。",
        *replies.rating_options(case.ticket.id),
    )
    notify.staff(unit, case, now, f"{case.number} 客户未再反馈，已自动关闭")

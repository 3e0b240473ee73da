"""The sweep: what must happen to tickets because time has passed."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.ticket import Work
from bot.dialogue import notify, replies
from bot.store.store import Store, UnitOfWork
from bot.watch import alarms
from bot.watch.heartbeat import SWEEP

log = structlog.get_logger(__name__)

BATCH = 100


def sweep(store: Store, now: datetime) -> int:
    """Do what is due for every ticket whose alarm has come; return how many there were.

    A batch is one transaction. A ticket that raises an error is noted, tried again later, and holds up no
    other. Every run ends with a heartbeat.
    """
    done = 0
    while count := store.transact(_batch, now):
        done += count
        if count < BATCH:
            break
    store.transact(lambda unit: unit.alarms.beat(SWEEP), now)
    return done


def _batch(unit: UnitOfWork) -> int:
    tickets = unit.alarms.due_tickets(BATCH)
    watch = alarms.Watch(unit) if tickets else None
    for ticket_id in tickets:
        assert watch is not None  # noqa: S101 - made for these tickets
        _guarded(unit, watch, ticket_id)
    return len(tickets)


def _guarded(unit: UnitOfWork, watch: alarms.Watch, ticket_id: int) -> None:
    """Do one ticket, and keep what it does wrong to itself."""
    try:
        with unit.session.begin_nested():
            _one(unit, watch, ticket_id)
            unit.alarms.clear_failure(ticket_id)
    except (OperationalError, InterfaceError):
        raise  # the database itself: the whole batch is tried again
    except Exception as error:  # noqa: BLE001 - a boundary: it records, and the others go on
        name = type(error).__name__
        attempts = unit.alarms.note_failure(ticket_id, name)
        log.error("the sweep failed on a ticket", ticket=ticket_id, attempts=attempts, error=name)


def _one(unit: UnitOfWork, watch: alarms.Watch, ticket_id: int) -> None:
    case = unit.tickets.get(ticket_id)
    assert case is not None  # noqa: S101 - its row is locked
    silent_until = case.ticket.resolved_at and case.ticket.resolved_at + unit.policy.silence
    if case.ticket.work is Work.RESOLVED and silent_until and silent_until <= unit.now:
        _close_silent(unit, case, unit.now)
        return
    watch.ring(case)
    unit.tickets.schedule(case)


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

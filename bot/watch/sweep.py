"""The sweep: what must happen to tickets because time has passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.ticket import Work
from bot.dialogue import choices, notify, outages
from bot.store.engine import limit_waiting
from bot.store.store import Store, UnitOfWork
from bot.store.trouble import is_locked, is_trouble
from bot.watch import alarms
from bot.watch.heartbeat import SWEEP

log = structlog.get_logger(__name__)

BATCH = 100
PATIENCE_S = 1.0  # for a lock that one ticket needs: nobody's alarms wait long for it
THEN_S = 0.05  # for those that further tickets of the batch need


def sweep(store: Store, now: datetime, missed: Callable[[str], None] = lambda _: None) -> int:
    """Do what is due for every ticket whose alarm has come; return how many there were.

    A batch is one transaction. A ticket that raises an error is noted, tried again later, and holds up no
    other. Every run ends with a heartbeat.

    Args:
        missed: told the clock of each deadline that was found missed, once that is committed.
    """
    done = 0
    while count := store.transact(partial(_batch, missed=missed), now, PATIENCE_S):
        done += count
        if count < BATCH:
            break
    store.transact(_end, now)
    return done


def _end(unit: UnitOfWork) -> None:
    if (outage := unit.outages.stale_card()) is not None:
        outages.show(unit, unit.outages.get(outage), unit.now)
    unit.alarms.beat(SWEEP)


def _batch(unit: UnitOfWork, missed: Callable[[str], None]) -> int:
    tickets = unit.alarms.due_tickets(BATCH)
    watch = alarms.Watch(unit)
    for ticket_id in tickets:
        _guarded(unit, [ticket_id], partial(_one, unit, watch, ticket_id))
    for outage, folded in watch.gathered().items():
        _guarded(unit, folded, partial(watch.ring_outage, outage))
    for clock in watch.missed:
        unit.on_commit(partial(missed, clock))
    return len(tickets)


def _guarded(unit: UnitOfWork, tickets: Sequence[int], work: Callable[[], None]) -> None:
    """Do some tickets, and keep what they do wrong to themselves."""
    try:
        with unit.session.begin_nested():
            work()
            unit.alarms.clear_failures(tickets)
    except Exception as error:
        is_held = is_locked(error)
        if is_trouble(error) and not is_held:
            raise  # the database itself: the whole batch is tried again
        if is_held:
            limit_waiting(unit.session.connection(), THEN_S)
        for ticket_id in tickets:  # else it is theirs: it is recorded, and the others go on
            attempts = unit.alarms.note_failure(ticket_id, type(error).__name__, is_soon_over=is_held)
            log.error("the sweep failed", ticket=ticket_id, attempts=attempts, error=type(error).__name__)


def _one(unit: UnitOfWork, watch: alarms.Watch, ticket_id: int) -> None:
    case = unit.tickets.get(ticket_id)
    assert case is not None  # noqa: S101 - its row is locked
    silent_until = case.ticket.asked_at and case.ticket.asked_at + unit.policy.silence
    if case.ticket.work is Work.RESOLVED and silent_until and silent_until <= unit.now:
        _close_silent(unit, case, unit.now)
        return
    watch.ring(case)


def _close_silent(unit: UnitOfWork, case: Case, now: datetime) -> None:
    """The customer was asked whether it works again and said nothing for the set time."""
    case = unit.tickets.record(case, Event(Kind.CLOSED, now, BOT, {"why": "silence"}))
    notify.customers(
        unit,
        case,
        f"工单 {case.number} 已处理，您没有反馈异常，现已关闭。没恢复请回复“没恢复”。",
        *choices.rating_options(case.ticket.id),
    )
    notify.staff(unit, case, now, f"{case.number} 客户未再反馈，已自动关闭")

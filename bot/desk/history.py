"""The fold: a ticket is what its events make it, the same whenever they are replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.desk import fold_base, fold_priority, fold_times, fold_work
from bot.desk.agreement import Agreement
from bot.desk.events import Event, Kind, Side
from bot.desk.fold_base import Changes
from bot.desk.terms import Priority
from bot.desk.ticket import LIVE, Ticket, Work
from bot.desk.transitions import TRANSITIONS


def opened(ticket_id: int, event: Event) -> Ticket:
    """Return the ticket that a `Kind.REPORTED` event opens."""
    data = event.data
    reported_at = datetime.fromisoformat(data["reported_at"])
    return Ticket(
        id=ticket_id,
        revision=1,
        work=Work.OPEN,
        agreement=Agreement.open(Priority(data["priority"]), certain=data["certain"]),
        certain=data["certain"],
        rule=data["rule"],
        clause=data["clause"],
        words=tuple(data["words"]),
        knowledge_version=data["knowledge_version"],
        contract=fold_base.contract(data),
        reported_at=reported_at,
        clock_from=reported_at,
        refers_to=data.get("refers_to"),
    )


def apply(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket after ``event``; pure, and the same whenever it is replayed."""
    work = TRANSITIONS[event.kind][ticket.work]
    after = replace(ticket, revision=ticket.revision + 1, work=work)
    if event.actor.side is Side.VENDOR:
        after = replace(after, worked_at=event.at)
    handler = _HANDLERS.get(event.kind)
    changes = handler(ticket, event) if handler else {}
    if work not in LIVE:
        changes |= fold_times.ended_pause(ticket, event)
    return replace(after, **changes)


def fold(ticket_id: int, events: Iterable[Event]) -> Ticket:
    """Return the ticket that ``events`` make, the first of them `Kind.REPORTED`."""
    iterator = iter(events)
    ticket = opened(ticket_id, next(iterator))
    for event in iterator:
        ticket = apply(ticket, event)
    return ticket


_HANDLERS: Mapping[Kind, Callable[[Ticket, Event], Changes]] = {
    Kind.DETAIL: fold_priority.said,
    Kind.JOINED: fold_priority.said,
    Kind.PROPOSED: fold_priority.proposed,
    Kind.VIEW: fold_priority.viewed,
    Kind.BOUND: lambda _, event: {"contract": fold_base.contract(event.data)},
    Kind.URGED: fold_work.urged,
    Kind.ASSIGNED: fold_work.assigned,
    Kind.RESPONDED: fold_work.responded,
    Kind.WORKAROUND: lambda ticket, event: fold_work.acted(ticket, event.at),
    Kind.REMOTE_FAILED: lambda _, event: {"remote_failed_at": event.at},
    Kind.ARRIVED: fold_work.arrived,
    Kind.ACTED: lambda ticket, event: fold_work.acted(ticket, fold_work.instant(event)),
    Kind.TIME_OFFERED: fold_times.offered,
    Kind.TIME_AGREED: fold_times.agreed,
    Kind.TIME_REFUSED: fold_times.time_refused,
    Kind.UPDATE_PROMISED: fold_times.promised,
    Kind.UPDATED: lambda ticket, event: fold_work.heard(ticket, fold_work.instant(event), event),
    Kind.ACKNOWLEDGED: fold_times.acknowledged,
    Kind.PAUSE_ASKED: lambda _, event: {"pause_asked": event.data["reason"]},
    Kind.PAUSED: fold_times.paused,
    Kind.PAUSE_REFUSED: lambda _, __: {"pause_asked": None},
    Kind.RESUMED: fold_times.ended_pause,
    Kind.MERGED: lambda _, event: {"merged_into": event.data["into"], "closed_at": event.at},
    Kind.ABSORBED: fold_priority.absorbed,
    Kind.RESOLVED: fold_work.resolved,
    Kind.RECOVERED: lambda _, event: {"recovered_at": event.at},
    Kind.UNRECOVERED: lambda _, __: {"recovered_at": None},
    Kind.CLOSED: lambda _, event: {"closed_at": event.at},
    Kind.WITHDRAWN: lambda _, event: {"closed_at": event.at},
    Kind.REOPENED: fold_work.reopened,
    Kind.RATED: lambda _, event: {"stars": event.data["stars"]},
}

"""Figures of the store for `/metrics`: the same whichever process is asked, at a cost that closed tickets,
delivered messages and handled ones add nothing to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.desk.sla import ClockName
from bot.desk.ticket import LIVE, Work
from bot.store import tables as t

WAITING = [work.value for work in Work if work in LIVE]

Instant = InstrumentedAttribute[datetime | None]
# Each clock's deadline, and what stops it.
CLOCKS: tuple[tuple[ClockName, Instant, Instant | None], ...] = (
    (ClockName.RESPONSE, t.TicketRow.response_due, t.TicketRow.responded_at),
    (ClockName.ONSITE, t.TicketRow.onsite_due, t.TicketRow.arrived_at),
    (ClockName.AGREED, t.TicketRow.action_due, None),
    (ClockName.NEXT_UPDATE, t.TicketRow.update_due, None),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the store holds at an instant.

    Attributes:
        tickets: open tickets by state of the work and priority that holds.
        overdue: open tickets whose deadline has passed, by clock.
        next_due_s: seconds until the next deadline of each clock that has one ahead.
        outbox: messages that wait to be delivered, by channel and whether they are alarms.
        outbox_age_s: seconds that the oldest of them has waited; 0: none waits.
        inbox: messages that are received and not handled.
        sweep_failures: tickets that the watch could not do.
        beats_s: seconds since each background worker's last round.
    """

    tickets: Sequence[tuple[str, int, int]]
    overdue: Sequence[tuple[str, int]]
    next_due_s: Sequence[tuple[str, float]]
    outbox: Sequence[tuple[str, bool, int]]
    outbox_age_s: float
    inbox: int
    sweep_failures: int
    beats_s: Sequence[tuple[str, float]]


def read(session: Session, now: datetime) -> Figures:
    """Read the figures as they are at ``now``."""
    ticket, outbox = t.TicketRow, t.OutboxRow
    pending = outbox.status == "pending"
    tickets = session.execute(
        select(ticket.work, ticket.held, func.count()).where(t.LIVE_TICKET).group_by(ticket.work, ticket.held)
    )
    waiting = session.execute(
        select(t.ChatRow.channel, outbox.urgent, func.count())
        .join(t.ChatRow, t.ChatRow.id == outbox.chat_id)
        .where(pending)
        .group_by(t.ChatRow.channel, outbox.urgent)
    )
    oldest = session.scalar(select(func.min(outbox.created_at)).where(pending))
    beats = session.execute(select(t.HeartbeatRow.name, t.HeartbeatRow.at))
    return Figures(
        tickets=[(work, held, count) for work, held, count in tickets],
        overdue=[
            (clock.value, session.scalar(_running(func.count(), end).where(due <= now)) or 0)
            for clock, due, end in CLOCKS
        ],
        next_due_s=[
            (clock.value, (at - now).total_seconds())
            for clock, due, end in CLOCKS
            if (at := session.scalar(_running(func.min(due), end).where(due > now))) is not None
        ],
        outbox=[(channel, urgent, count) for channel, urgent, count in waiting],
        outbox_age_s=(now - oldest).total_seconds() if oldest else 0.0,
        inbox=session.scalar(
            select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status == "received")
        )
        or 0,
        sweep_failures=session.scalar(select(func.count()).select_from(t.SweepFailureRow)) or 0,
        beats_s=[(name, (now - at).total_seconds()) for name, at in beats],
    )


def _running(what: ColumnElement[Any], end: Instant | None) -> Select[Any]:
    """Return a query over the tickets on which a clock can still run."""
    query = select(what).select_from(t.TicketRow).where(t.LIVE_TICKET, t.TicketRow.work.in_(WAITING))
    return query if end is None else query.where(end.is_(None))

"""The relay: hands what is due in the outbox to the delivery engine, in batches, each message once.

Handing over and noting that it was handed over are one commit, so neither a crash nor a second relay can
lose or double a message.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, exists, or_, select, text, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from bot.delivery.limits import Queue, queue_of
from bot.delivery.presence import FAMILY
from bot.store import tables as t

BATCH = 50  # on SQLite nobody else writes while a batch is handed over: about 50 ms
TURN = text("SELECT pg_try_advisory_xact_lock(:family, 0)")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way to the engine.

    Attributes:
        workflow_id: the same however often one handing over is tried, another for the next one.
        lane: what keeps its order and is limited: a chat, where alarms go beside the rest.
        group: whose attempts share threads: one slow platform holds up no other.
    """

    outbox_id: int
    workflow_id: str
    queue: Queue
    lane: str
    group: str


Enqueue = Callable[[Session, Parcel], None]


class Relay:
    """Feeds the engine; of all processes one at a time, which keeps each chat in order.

    Args:
        engine: the database's, through which the delivery engine writes.
        channels: only messages of these.
    """

    def __init__(self, engine: Engine, channels: Collection[str], enqueue: Enqueue) -> None:
        self._engine = engine
        self._channels = channels
        self._enqueue = enqueue

    def feed(self, now: datetime) -> int:
        """Hand over what is due; return how many messages."""
        if not self._has_work(now):  # the usual case, in which nobody has to wait for us
            return 0
        fed = 0
        while count := self._batch(now):
            fed += count
            if count < BATCH:
                break
        return fed

    def _has_work(self, now: datetime) -> bool:
        row = t.OutboxRow
        due = (
            select(row.id)
            .join(t.ChatRow, t.ChatRow.id == row.chat_id)
            .where(row.status == "pending", row.relayed_at.is_(None), row.try_at <= now)
            .where(t.ChatRow.channel.in_(self._channels))
        )
        with self._engine.connect() as connection:
            return connection.execute(due.limit(1)).first() is not None

    def _batch(self, now: datetime) -> int:
        with Session(self._engine) as session, session.begin():
            if not self._is_our_turn(session):
                return 0
            taken: list[int] = list(session.scalars(self._take(now)))
            for parcel in sorted(_parcels(session, taken), key=lambda parcel: parcel.outbox_id):
                self._enqueue(session, parcel)
            return len(taken)

    def _is_our_turn(self, session: Session) -> bool:
        if self._engine.dialect.name == "sqlite":
            return True
        return bool(session.execute(TURN, {"family": FAMILY}).scalar())

    def _take(self, now: datetime) -> ReturningUpdate[int]:
        """Return the statement that takes what is due, first of all alarms."""
        row, earlier = t.OutboxRow, aliased(t.OutboxRow)
        is_back = and_(earlier.relayed_at.is_(None), earlier.try_at > now)
        waits = exists().where(  # what is held back, or was tried in vain, holds back its lane
            earlier.chat_id == row.chat_id,
            earlier.urgent == row.urgent,
            earlier.id < row.id,
            earlier.status == "pending",
            or_(is_back, earlier.attempts > 0),
        )
        due = (
            select(row.id)
            .join(t.ChatRow, t.ChatRow.id == row.chat_id)
            .where(row.status == "pending", row.relayed_at.is_(None), row.try_at <= now, ~waits)
            .where(t.ChatRow.channel.in_(self._channels))
            .order_by(row.urgent.desc(), row.id)
            .limit(BATCH)
        )
        return (
            update(row)
            .where(row.id.in_(due.scalar_subquery()), row.status == "pending", row.relayed_at.is_(None))
            .values(relayed_at=now, relays=row.relays + 1)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )


def workflow_id(outbox_id: int, relays: int) -> str:
    """Return the engine's id of a message's nth handing over."""
    return f"out:{outbox_id}" if relays == 1 else f"out:{outbox_id}.{relays}"


def outbox_id_of(workflow: str) -> int:
    """Return which message a workflow is for."""
    return int(workflow.removeprefix("out:").partition(".")[0])


def _parcels(session: Session, taken: Collection[int]) -> list[Parcel]:
    rows = session.execute(
        select(t.OutboxRow.id, t.OutboxRow.urgent, t.OutboxRow.relays, t.ChatRow)
        .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
        .where(t.OutboxRow.id.in_(taken))
    )
    return [
        Parcel(
            outbox_id=outbox_id,
            workflow_id=workflow_id(outbox_id, relays),
            queue=queue_of(chat.channel, chat.kind, urgent=urgent),
            lane=f"{chat.id}{'!' if urgent else ''}",  # a number: the engine may log it
            group=f"{chat.channel}{'!' if urgent else ''}",
        )
        for outbox_id, urgent, relays, chat in rows
    ]

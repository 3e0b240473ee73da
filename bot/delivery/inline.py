"""Answers that go back within a channel's own answer to its platform, where they are free of quota.

What is said in reply to such a message is held back for a moment (`handling.HOLD`), so that either the
channel takes it or, later, delivery does: never both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.exc import DBAPIError

from bot.delivery.outbound import outbound_of
from bot.log import places
from bot.messages import Outbound, Outcome, Receipt
from bot.reception import Composed, Composer
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

log = structlog.get_logger(__name__)

MARGIN = timedelta(milliseconds=500)  # until the commit
MAX_TOGETHER = 20

PENDING = (
    select(t.OutboxRow)
    .where(t.OutboxRow.chat_id == bindparam("chat"), t.OutboxRow.status == "pending")
    .order_by(t.OutboxRow.id)
    .limit(MAX_TOGETHER)
    .with_for_update(key_share=True)
)

Settle = Callable[[UnitOfWork, int, Receipt, datetime], object]


class Inline:
    """Takes answers; safe to share between threads and processes.

    Args:
        settle: records how the delivery of one message ended.
        now: the present instant, read once the chat is locked: the lock may have been waited for.
    """

    def __init__(self, settle: Settle, now: Callable[[], datetime]) -> None:
        self._settle = settle
        self._now = now

    def take(self, unit: UnitOfWork, inbox: t.InboxRow, compose: Composer) -> str | None:
        """Return an answer to a message whose chat is locked, made of what waits there from the first on."""
        rows, now = self._pending(unit, inbox.chat_id), self._now()
        if any(row.relayed_at is not None or row.try_at <= now + MARGIN for row in rows) or not rows:
            return None  # delivery may be at it, by whatever clock, and what follows it must not overtake
        composed = self._composed(unit, inbox, rows, compose)
        if composed is None:
            return None
        unit.messages.answers(None)  # what is said because of it answers nobody
        for row in rows[: composed.taken]:
            self._settle(unit, row.id, Receipt(Outcome.SENT), now)
        return composed.reply

    def _composed(
        self, unit: UnitOfWork, inbox: t.InboxRow, rows: Sequence[t.OutboxRow], compose: Composer
    ) -> Composed | None:
        chat = unit.session.get_one(t.ChatRow, inbox.chat_id)
        try:
            return compose([outbound_of(unit.session, row, chat) for row in rows])
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug in it costs the quick way only: delivery sends
            name = type(error).__name__
            log.error("no answer could be made", inbox_id=inbox.id, error=name, where=places(error))
            return None

    def _pending(self, unit: UnitOfWork, chat_id: int) -> Sequence[t.OutboxRow]:
        rows = unit.session.scalars(PENDING, {"chat": chat_id}).all()
        unit.session.note_locked(rows)
        return rows


class Neighbours:
    """What waits around a message, for a channel that sends several as one."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def held_before(self, message: Outbound) -> Sequence[Outbound]:
        """Return the held messages to the same chat that came before this one, in order."""
        return self._found(message, t.OutboxRow.id < message.id, t.OutboxRow.status == "held")

    def after(self, message: Outbound) -> Sequence[Outbound]:
        """Return the due messages to the same chat that follow this one, in order."""
        due = (t.OutboxRow.status == "pending", t.OutboxRow.try_at <= self._now())
        return self._found(message, t.OutboxRow.id > message.id, *due)

    def _found(self, message: Outbound, *which: ColumnElement[bool]) -> Sequence[Outbound]:
        with self._store.read() as session:
            mine = session.get_one(t.OutboxRow, message.id)
            chat = session.get_one(t.ChatRow, mine.chat_id)
            rows = session.scalars(
                select(t.OutboxRow)
                # An alarm has a way of its own: there it may be under way.
                .where(t.OutboxRow.chat_id == mine.chat_id, t.OutboxRow.urgent == mine.urgent, *which)
                .order_by(t.OutboxRow.id)
                .limit(MAX_TOGETHER)
            )
            return [outbound_of(session, row, chat) for row in rows]

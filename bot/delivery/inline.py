"""Answers that go back within a channel's own answer to its platform, where they are free of quota.

What is said in reply to such a message is held back for a moment (`inbox.HOLD`), so that either the channel
takes it or, later, delivery does: never both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from bot.delivery.outbound import outbound_of
from bot.messages import Outbound, Outcome, Receipt
from bot.reception import Composer
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

MARGIN = timedelta(milliseconds=500)  # the lock may have been waited for
MAX_TOGETHER = 20

Settle = Callable[[UnitOfWork, int, Receipt, datetime], object]


class Inline:
    """Takes answers; safe to share between threads and processes.

    Args:
        settle: records how the delivery of one message ended.
    """

    def __init__(self, store: Store, settle: Settle) -> None:
        self._store = store
        self._settle = settle

    def take(self, inbox_id: int, compose: Composer, now: datetime) -> str | None:
        """See `bot.reception.Reception.reply_inline`."""
        return self._store.transact(lambda unit: self._take(unit, inbox_id, compose), now)

    def _take(self, unit: UnitOfWork, inbox_id: int, compose: Composer) -> str | None:
        inbox = unit.session.get_one(t.InboxRow, inbox_id)
        unit.chats.get(inbox.chat_id)  # locked: two tries of the platform's don't take the same
        unit.session.refresh(inbox)
        if inbox.reply is not None or inbox.status == "received":
            return inbox.reply
        rows = self._pending(unit, inbox.chat_id)
        if not rows or any(row.try_at <= unit.now + MARGIN for row in rows):
            return None  # delivery may be at it, and what follows it must not overtake
        chat = unit.session.get_one(t.ChatRow, inbox.chat_id)
        composed = compose([outbound_of(unit.session, row, chat) for row in rows])
        if composed is None:
            return None
        for row in rows[: composed.taken]:
            self._settle(unit, row.id, Receipt(Outcome.SENT), unit.now)
        inbox.reply = composed.reply
        return composed.reply

    def _pending(self, unit: UnitOfWork, chat_id: int) -> Sequence[t.OutboxRow]:
        return unit.session.scalars(
            select(t.OutboxRow)
            .where(t.OutboxRow.chat_id == chat_id, t.OutboxRow.status == "pending")
            .order_by(t.OutboxRow.id)
            .limit(MAX_TOGETHER)
            .with_for_update(key_share=True)
        ).all()


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
                .where(t.OutboxRow.chat_id == mine.chat_id, *which)
                .order_by(t.OutboxRow.id)
                .limit(MAX_TOGETHER)
            )
            return [outbound_of(session, row, chat) for row in rows]

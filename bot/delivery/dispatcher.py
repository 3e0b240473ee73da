"""Delivery without an engine, for the terminal programs: one loop over the outbox, in one process."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case as if_
from sqlalchemy import func, select

from bot.clock import Clock
from bot.delivery.outbox import Courier
from bot.store import tables as t
from bot.store.store import Store

BATCH = 20  # small, so that an alarm waits for few


class Dispatcher:
    """Delivers what is pending; one at a time, so that the order within a chat holds."""

    def __init__(self, store: Store, courier: Courier) -> None:
        self._store = store
        self._courier = courier

    def deliver(self, clock: Clock, chats: Collection[int] | None = None) -> int:
        """Deliver everything that is due, chat by chat in order; return how many attempts were made.

        Alarms go first, over all chats, and in their own chat overtake what is not sent yet.

        Args:
            chats: only to these chats (a terminal shows one); None: to all whose channel is at hand.
        """
        attempts = 0
        while heads := self._heads(clock(), chats):
            for outbox_id in heads:
                self._courier.attempt(outbox_id, clock)
            attempts += len(heads)
        return attempts

    def _heads(self, now: datetime, chats: Collection[int] | None) -> list[int]:
        """Return the first pending message of each chat, an alarm before others, where it is due."""
        with self._store.read() as session:
            alarms_first = if_((t.OutboxRow.urgent, t.OutboxRow.id))
            firsts = (
                select(func.coalesce(func.min(alarms_first), func.min(t.OutboxRow.id)))
                .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
                .where(t.OutboxRow.status == "pending", t.ChatRow.channel.in_(self._courier.channels))
                .group_by(t.OutboxRow.chat_id)
            )
            if chats is not None:
                firsts = firsts.where(t.OutboxRow.chat_id.in_(chats))
            return list(
                session.scalars(
                    select(t.OutboxRow.id)
                    .where(t.OutboxRow.id.in_(firsts), t.OutboxRow.try_at <= now)
                    .order_by(t.OutboxRow.urgent.desc(), t.OutboxRow.id)
                    .limit(BATCH)
                )
            )

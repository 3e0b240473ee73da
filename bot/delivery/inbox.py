"""The way in: *receive* makes a message durable, *handle* acts on it; two commits, so that nothing is lost.

A message that makes `handle` fail three times becomes a bare ticket, an alarm to staff, and the hotline for
the customer: no report is ever lost to a bug of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import or_, select
from structlog.contextvars import bound_contextvars

from bot.delivery import together
from bot.delivery.handling import Answer, Handling, wake_held
from bot.delivery.inline import Inline
from bot.delivery.next_message import chat_of, in_chat
from bot.delivery.receiving import Receiver
from bot.log import places
from bot.reception import Composer
from bot.store import tables as t
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

PATIENCE_S = 1  # for a lock: messages must not wait long for one of them


class Asked(NamedTuple):
    """A message that is to be handled.

    Attributes:
        compose: makes an answer that goes back within the channel's own; None: delivery sends it.
    """

    id: int
    compose: Composer | None


class Apart(Exception):
    """A message is handled by itself: one failed beside it, it is staff's, or somebody holds its chat."""


class _OneByOne(Exception):
    """One of several messages failed: the others must not suffer for that one."""


class Inbox(Receiver):
    """Receives and handles; safe to share between threads and, on PostgreSQL, between processes."""

    def __init__(self, handling: Handling, inline: Inline | None = None) -> None:
        super().__init__(handling.store)
        self.handling = handling
        self._inline = inline
        self._resumed = 0  # the chat that was looked into last

    def handle(self, inbox_id: int, now: datetime, compose: Composer | None = None) -> str | None:
        """Handle what this chat has received and not handled, up to this message; see `bot.reception`."""
        find, answer = chat_of(inbox_id), self._answering(inbox_id, compose)
        while (handled := self.handling.next(find, now, answer)) is not None:
            if handled.id == inbox_id:
                return handled.reply
        return self._reply(inbox_id) if compose else None  # it was handled before

    def handle_all(self, asked: Sequence[Asked], now: datetime) -> list[str | Apart | None]:
        """Handle messages as `handle` does each of them, but by one commit; `Apart` where that can't be."""
        done: dict[int, str | None] = {}
        try:
            with self._store.begin(now, patience_s=PATIENCE_S) as unit:
                done = self._together(unit, asked)
        except _OneByOne as error:
            log.warning("handled one by one", error=type(error.__cause__).__name__, messages=len(asked))
        return [done[one.id] if one.id in done else Apart() for one in asked]

    def _together(self, unit: UnitOfWork, asked: Sequence[Asked]) -> dict[int, str | None]:
        """Handle what can be at the first try; return the answers to that by their messages."""
        composers, done = {one.id: one.compose for one in asked}, {}
        try:
            for row, has_held in together.take(unit, composers):
                with bound_contextvars(message=row.id):
                    if has_held:
                        wake_held(unit, row)
                    answer = self._answering(row.id, composers.get(row.id))
                    done[row.id] = self.handling.first_try(unit, row, answer).reply
        except Exception as error:  # noqa: BLE001 - a boundary: whose it is, is found one by one
            raise _OneByOne from error.__cause__ or error
        return done

    def _answering(self, inbox_id: int, compose: Composer | None) -> Answer:
        def answer(unit: UnitOfWork, row: t.InboxRow) -> str | None:
            if self._inline is None or compose is None or row.id != inbox_id:
                return None
            return self._inline.take(unit, row, compose)

        return answer

    def _reply(self, inbox_id: int) -> str | None:
        with self._store.read() as session:
            return session.get_one(t.InboxRow, inbox_id).reply

    def resume(self, now: datetime, limit: int = 1000, waited: timedelta = timedelta(0)) -> int:
        """Handle what was received and not handled (after a crash); return how many chats had such.

        A chat that somebody holds is left to the next time.

        Args:
            limit: of chats at once; each call goes on where the last one ended, so that none starves others.
            waited: for how long: what came just now is in somebody's hands, who can answer it inline.
        """
        chats = self._waiting_chats(limit, now, waited)
        for chat_id in chats:
            try:
                while self.handling.next(in_chat(chat_id), now, patience_s=PATIENCE_S) is not None:
                    pass
            except Exception as error:  # noqa: BLE001 - one chat's trouble must not keep the others waiting
                log.error("a chat waits", chat_id=chat_id, error=type(error).__name__, where=places(error))
        return len(chats)

    def _waiting_chats(self, limit: int, now: datetime, waited: timedelta) -> Sequence[int]:
        at = t.InboxRow.received_at
        long_ago = or_(at <= now - waited, at >= now + waited)  # of the future: the clock was set back
        waiting = select(t.InboxRow.chat_id).where(t.InboxRow.status == "received", long_ago).distinct()
        in_turn = waiting.order_by(t.InboxRow.chat_id).limit(limit)
        with self._store.read() as session:
            after = session.scalars(in_turn.where(t.InboxRow.chat_id > self._resumed)).all()
            first = session.scalars(in_turn).all() if len(after) < limit else ()
        chats = [*after, *(chat_id for chat_id in first if chat_id <= self._resumed)][:limit]
        self._resumed = chats[-1] if chats else 0
        return chats

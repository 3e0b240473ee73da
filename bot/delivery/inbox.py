"""The way in: *receive* makes a message durable, *handle* acts on it; two commits, so that nothing is lost.

A message that makes `handle` fail three times becomes a bare ticket, an alarm to staff, and the hotline for
the customer: no report is ever lost to a bug of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from sqlalchemy import or_, select
from structlog.contextvars import bound_contextvars

from bot.clock import steady_s
from bot.delivery import together
from bot.delivery.handling import HOLD, Answer, Handling, wake_held
from bot.delivery.inline import Inline
from bot.delivery.next_message import chat_of, in_chat
from bot.delivery.receiving import Receiver
from bot.log import places
from bot.reception import Composer
from bot.store import tables as t
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

PATIENCE_S = 1  # for a lock: messages must not wait long for one of them
ALONE_S = 3  # for what is handled by itself: its chat's other messages, or a colleague's, may be under way
BRIEFLY_S = 0.2  # for what is resumed, which is tried again anyway
RESUMED = 50  # chats that are looked for at once
ROUND_S = 1.0  # of resuming: a process that is told to end must not wait for a backlog


class Asked(NamedTuple):
    """A message that is to be handled.

    Attributes:
        compose: makes an answer that goes back within the channel's own; None: delivery sends it.
    """

    id: int
    compose: Composer | None


class Apart(Exception):
    """A message is handled by itself: one failed beside it, it is staff's, or somebody holds its chat.

    Attributes:
        is_staffs: it is staff's, who must not wait for what waits for its chat.
    """

    def __init__(self, *, is_staffs: bool = False) -> None:
        super().__init__()
        self.is_staffs = is_staffs


class _OneByOne(Exception):
    """One of several messages failed: the others must not suffer for that one."""


class Inbox(Receiver):
    """Receives and handles; safe to share between threads and, on PostgreSQL, between processes."""

    def __init__(self, handling: Handling, inline: Inline | None = None) -> None:
        super().__init__(handling.store)
        self.handling = handling
        self._inline = inline
        self._resumed = 0  # the last chat that this pass has looked into

    def handle(self, inbox_id: int, now: datetime, compose: Composer | None = None) -> str | None:
        """Handle what this chat has received and not handled, up to this message; see `bot.reception`.

        Whoever waits too long for a lock gets an error: the message is resumed.
        """
        find, answer = chat_of(inbox_id), self._answering(inbox_id, compose)
        while (handled := self.handling.next(find, now, answer, ALONE_S)) is not None:
            if handled.id == inbox_id:
                return handled.reply
        return self._reply(inbox_id) if compose else None  # it was handled before

    def handle_all(self, asked: Sequence[Asked], now: datetime) -> list[str | Apart | None]:
        """Handle messages as `handle` does each of them, but by one commit; `Apart` where that can't be."""
        done: dict[int, str | None] = {}
        staffs: set[int] = set()
        try:
            with self._store.begin(now, patience_s=PATIENCE_S) as unit:
                places = together.places(unit, [one.id for one in asked])
                staffs = {place.message for place in places if place.is_staffs}
                done = self._together(unit, asked, places)
        except _OneByOne as error:
            log.warning("handled one by one", error=type(error.__cause__).__name__, messages=len(asked))
        return [done[one.id] if one.id in done else Apart(is_staffs=one.id in staffs) for one in asked]

    def _together(
        self, unit: UnitOfWork, asked: Sequence[Asked], places: Sequence[together.Place]
    ) -> dict[int, str | None]:
        """Handle what can be at the first try; return the answers to that by their messages."""
        composers, done = {one.id: one.compose for one in asked}, {}
        try:
            for row, has_held in together.take(unit, places):
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

    def resume(
        self, now: datetime, before: datetime, limit: int = RESUMED, within_s: float = ROUND_S
    ) -> bool:
        """Handle a part of what was received and not handled (after a crash); tell whether there is more.

        A pass over all such chats takes as many calls as it must. A chat that somebody holds, or that fails,
        is left to the next pass, so that none starves others.

        Args:
            before: what came later is in somebody's hands, who can answer it inline.
            limit: of chats in this call.
            within_s: after which no other message is begun in it.
        """
        until_s = steady_s() + within_s
        chats = self._waiting_chats(limit, now, before)
        for chat_id in chats:
            if self._resume_chat(chat_id, now, until_s):
                self._resumed = chat_id
            if steady_s() >= until_s:
                return True
        if len(chats) < limit:
            self._resumed = 0
        return self._resumed > 0

    def _resume_chat(self, chat_id: int, now: datetime, until_s: float) -> bool:
        """Handle what waits in a chat; tell whether this pass is through with it."""
        try:
            while self.handling.resumed(in_chat(chat_id), now, BRIEFLY_S) is not None:
                if steady_s() >= until_s:
                    return False
        except Exception as error:  # noqa: BLE001 - one chat's trouble must not keep the others waiting
            log.error("a chat waits", chat_id=chat_id, error=type(error).__name__, where=places(error))
        return True

    def _waiting_chats(self, limit: int, now: datetime, before: datetime) -> Sequence[int]:
        row = t.InboxRow
        long_ago = or_(row.received_at <= before, row.received_at >= now + HOLD)  # the clock was set back
        waiting = select(row.chat_id).where(row.status == "received", long_ago, row.chat_id > self._resumed)
        with self._store.read() as session:
            return session.scalars(waiting.distinct().order_by(row.chat_id).limit(limit)).all()

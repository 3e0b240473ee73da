"""The way in: *receive* makes a message durable, *handle* acts on it; two commits, so that nothing is lost.

A message that makes `handle` fail three times becomes a bare ticket, an alarm to staff, and the hotline for
the customer: no report is ever lost to a bug of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from bot.delivery import together
from bot.delivery.inline import Inline
from bot.delivery.next_message import Find, Message, chat_of, in_chat, lock_chat, message_of, next_of
from bot.delivery.receiving import Receiver
from bot.delivery.settlement import wake
from bot.log import places
from bot.reception import Composer
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork
from bot.store.trouble import DATABASE_TROUBLE

log = structlog.get_logger(__name__)

ATTEMPTS = 3
PATIENCE_S = 1  # for a lock: messages must not wait for one of them
HOLD = timedelta(seconds=5)  # for what a channel may take inline: as long as its platform waits for an answer


Handler = Callable[[UnitOfWork, Message], None]
Answer = Callable[[UnitOfWork, t.InboxRow], str | None]  # takes what goes back within the channel's answer


class Apart(Exception):
    """A message is handled by itself: one failed beside it, it is staff's, or somebody holds its chat."""


class Asked(NamedTuple):
    """A message that is to be handled.

    Attributes:
        compose: makes an answer that goes back within the channel's own; None: delivery sends it.
    """

    id: int
    compose: Composer | None


class _Handled(NamedTuple):
    """A message that was handled, and what goes back within the channel's answer, if anything does."""

    id: int
    reply: str | None


class _HandlingFailed(Exception):
    """Our own handling of a message failed; the cause tells why."""

    def __init__(self, inbox_id: int) -> None:
        super().__init__(inbox_id)
        self.inbox_id = inbox_id


class _OneByOne(Exception):
    """One of several messages failed: the others must not suffer for that one."""


class Inbox(Receiver):
    """Receives and handles; safe to share between threads and, on PostgreSQL, between processes."""

    def __init__(
        self,
        store: Store,
        handle: Handler,
        rescue: Handler,
        give_up: Handler,
        unreadable: Callable[[UnitOfWork, int], None],
        inline: Inline | None = None,
    ) -> None:
        super().__init__(store)
        self._handle_message = handle
        self._rescue_message = rescue
        self._give_up = give_up
        self._unreadable = unreadable
        self._inline = inline
        self._resumed = 0  # the chat that was looked into last

    def handle(self, inbox_id: int, now: datetime, compose: Composer | None = None) -> str | None:
        """Handle what this chat has received and not handled, up to this message; see `bot.reception`."""
        find, answer = chat_of(inbox_id), self._answering(inbox_id, compose)
        while (handled := self._handle_next(find, now, answer)) is not None:
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
            done = {}
            log.warning("handled one by one", error=type(error.__cause__).__name__, messages=len(asked))
        return [done[one.id] if one.id in done else Apart() for one in asked]

    def _together(self, unit: UnitOfWork, asked: Sequence[Asked]) -> dict[int, str | None]:
        """Handle what can be at the first try; return the answers to that by their messages."""
        composers, done = {one.id: one.compose for one in asked}, {}
        try:
            for row, has_held in together.take(unit, composers):
                with bound_contextvars(message=row.id):
                    if has_held:
                        _wake(unit, row)
                    answer = self._answering(row.id, composers.get(row.id))
                    done[row.id] = self._act(unit, row, self._handle_message, "handled", answer).reply
        except (_HandlingFailed, DBAPIError) as error:
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

    def resume(self, now: datetime, limit: int = 1000) -> int:
        """Handle what was received and not handled (after a crash); return how many chats had such.

        Args:
            limit: of chats at once; each call goes on where the last one ended, so that none starves others.
        """
        chats = self._waiting_chats(limit)
        for chat_id in chats:
            try:
                while self._handle_next(in_chat(chat_id), now) is not None:
                    pass
            except Exception as error:  # noqa: BLE001 - one chat's trouble must not keep the others waiting
                log.error("a chat waits", chat_id=chat_id, error=type(error).__name__, where=places(error))
        return len(chats)

    def _waiting_chats(self, limit: int) -> Sequence[int]:
        waiting = select(t.InboxRow.chat_id).where(t.InboxRow.status == "received").distinct()
        in_turn = waiting.order_by(t.InboxRow.chat_id).limit(limit)
        with self._store.read() as session:
            after = session.scalars(in_turn.where(t.InboxRow.chat_id > self._resumed)).all()
            first = session.scalars(in_turn).all() if len(after) < limit else ()
        chats = [*after, *(chat_id for chat_id in first if chat_id <= self._resumed)][:limit]
        self._resumed = chats[-1] if chats else 0
        return chats

    def _handle_next(self, find: Find, now: datetime, answer: Answer = lambda *_: None) -> _Handled | None:
        """Handle a chat's earliest message that is not handled; return it, None if there is none.

        Where the database itself fails the error is raised: the message stays and is resumed.
        """
        tries = [*[self._handle_message] * ATTEMPTS, self._rescue_message, self._give_up]
        for attempt, handle in enumerate(tries, start=1):
            status = "handled" if handle is self._handle_message else "failed"
            one = partial(self._one, find=find, handle=handle, status=status, answer=answer)
            try:
                return self._store.transact(one, now)
            except _HandlingFailed as failure:
                self._note_failure(failure, attempt, now)
        return self._store.transact(lambda unit: self._write_off(unit, find), now)

    def _write_off(self, unit: UnitOfWork, find: Find) -> _Handled | None:
        """Let a message that can't even be given up block its chat no longer; support must look it up."""
        chat_id = find(unit)
        row = next_of(unit, chat_id) if chat_id is not None else None
        if row is None:
            return None
        row.status, row.handled_at = "failed", unit.now
        self._unreadable(unit, row.id)
        return _Handled(row.id, None)

    def _one(
        self, unit: UnitOfWork, find: Find, handle: Handler, status: str, answer: Answer
    ) -> _Handled | None:
        chat_id = find(unit)
        if chat_id is None:
            return None
        lock_chat(unit, chat_id)
        row = next_of(unit, chat_id)
        if row is None:
            return None
        _wake(unit, row)
        return self._act(unit, row, handle, status, answer)

    def _act(
        self, unit: UnitOfWork, row: t.InboxRow, handle: Handler, status: str, answer: Answer
    ) -> _Handled:
        """Handle a message whose chat is locked."""
        inbox_id = row.id  # read now: after a failed flush the row can't be
        try:
            held_in = row.chat_id if row.content.get("is_inline") else None
            unit.messages.answers(inbox_id, held_in=held_in, until=_answered_by(unit, row))
            handle(unit, message_of(unit.session, row, unit.chats.get(row.chat_id)))
            reply = answer(unit, row)
            unit.session.write(row, status=status, handled_at=unit.now, reply=reply)
            unit.session.flush()
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            raise _HandlingFailed(inbox_id) from error
        return _Handled(inbox_id, reply)

    def _note_failure(self, failure: _HandlingFailed, attempt: int, now: datetime) -> None:
        cause = failure.__cause__
        assert cause is not None  # noqa: S101 - raised `from` it
        name = type(cause).__name__
        log.error(
            "handling failed", inbox_id=failure.inbox_id, attempt=attempt, error=name, where=places(cause)
        )

        def note(unit: UnitOfWork) -> None:
            row = unit.session.get_one(t.InboxRow, failure.inbox_id)
            row.attempts, row.error = attempt, name

        self._store.transact(note, now)


def _answered_by(unit: UnitOfWork, row: t.InboxRow) -> datetime:
    """Return from when on delivery may send what answers a message."""
    return row.received_at + HOLD if row.content.get("is_inline") else unit.now


def _wake(unit: UnitOfWork, row: t.InboxRow) -> None:
    wake(unit, row.chat_id, _answered_by(unit, row))

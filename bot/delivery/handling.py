"""Handle: what our own code makes of one message whose chat is locked, however it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import bindparam, update

from bot.delivery.next_message import Find, Message, lock_chat, message_of, next_of
from bot.delivery.settlement import wake
from bot.errors import ENDINGS
from bot.log import places
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork
from bot.store.trouble import is_trouble

log = structlog.get_logger(__name__)

ATTEMPTS = 3
ENDS = 10  # of the process while it handled the same message: so often it is no accident
HOLD = timedelta(seconds=5)  # for what a channel may take inline: as long as its platform waits for an answer

ONE_LESS = (
    update(t.InboxRow).where(t.InboxRow.id == bindparam("message")).values(attempts=t.InboxRow.attempts - 1)
)

Handler = Callable[[UnitOfWork, Message], None]
Answer = Callable[[UnitOfWork, t.InboxRow], str | None]  # takes what goes back within the channel's answer


class Handled(NamedTuple):
    """A message that was handled, and what goes back within the channel's answer, if anything does."""

    id: int
    reply: str | None


class HandlingFailed(Exception):
    """Our own handling of a message failed; the cause tells why."""

    def __init__(self, inbox_id: int) -> None:
        super().__init__(inbox_id)
        self.inbox_id = inbox_id


@dataclass
class Handling:
    """The tries that a message gets, each a unit of work.

    Attributes:
        handle: does what the message asks for.
        rescue: makes a bare ticket of a message that `handle` failed on.
        give_up: answers one that `rescue` failed on too.
        unreadable: tells support of a message (by its id) with which nothing can be done.
    """

    store: Store
    handle: Handler
    rescue: Handler
    give_up: Handler
    unreadable: Callable[[UnitOfWork, int], None]

    def next(
        self, find: Find, now: datetime, answer: Answer = lambda *_: None, patience_s: float | None = None
    ) -> Handled | None:
        """Handle a chat's earliest message that is not handled; return it, None if there is none.

        Where the database itself fails the error is raised: the message stays and is resumed.
        """
        for attempt in range(1, len(self._tries) + 1):
            try:
                return self.store.transact(partial(self._try, find, attempt, answer), now, patience_s)
            except HandlingFailed as failure:
                self._note(failure, attempt, now)
        return self.store.transact(partial(self._write_off, find), now)

    def resumed(self, find: Find, now: datetime, patience_s: float | None = None) -> Handled | None:
        """Handle as `next` does what was left, perhaps since handling it ended the process.

        That is an attempt too, and must be noted before it: else every start would end by the same message.
        """
        inbox_id = self.store.transact(partial(_begin, find), now, patience_s)
        if inbox_id is None:
            return None
        try:
            return self.next(find, now, patience_s=patience_s)
        except Exception:  # the database's trouble is none of the message's
            self.store.transact(lambda unit: unit.session.execute(ONE_LESS, {"message": inbox_id}), now)
            raise

    @property
    def _tries(self) -> list[Handler]:
        return [*[self.handle] * ATTEMPTS, self.rescue, self.give_up]

    def _try(self, find: Find, attempt: int, answer: Answer, unit: UnitOfWork) -> Handled | None:
        row = _locked(find, unit)
        if row is None:
            return None
        ended = row.attempts - ENDS
        made = max(attempt - 1, ATTEMPTS + ended if ended >= 0 else 0)
        if made >= len(self._tries):
            return self._write_off(find, unit)
        wake_held(unit, row)
        handle = self._tries[made]
        return _act(unit, row, handle, "handled" if made < ATTEMPTS else "failed", answer)

    def first_try(self, unit: UnitOfWork, row: t.InboxRow, answer: Answer) -> Handled:
        """Handle a message whose chat is locked.

        Raises:
            HandlingFailed: it, or what the database took in between, is to be rolled back.
        """
        return _act(unit, row, self.handle, "handled", answer)

    def _write_off(self, find: Find, unit: UnitOfWork) -> Handled | None:
        """Let a message that can't even be given up block its chat no longer; support must look it up."""
        chat_id = find(unit)
        row = next_of(unit, chat_id) if chat_id is not None else None
        if row is None:
            return None
        row.status, row.handled_at = "failed", unit.now
        self.unreadable(unit, row.id)
        return Handled(row.id, None)

    def _note(self, failure: HandlingFailed, attempt: int, now: datetime) -> None:
        cause, inbox_id = failure.__cause__, failure.inbox_id
        assert cause is not None  # noqa: S101 - raised `from` it
        name = type(cause).__name__
        log.error("handling failed", inbox_id=inbox_id, attempt=attempt, error=name, where=places(cause))

        def note(unit: UnitOfWork) -> None:
            row = unit.session.get_one(t.InboxRow, inbox_id)
            row.attempts, row.error = max(row.attempts, attempt), name

        self.store.transact(note, now)


def wake_held(unit: UnitOfWork, row: t.InboxRow) -> None:
    """Let what waits for the chat of this message go, before the answer to it."""
    wake(unit, row.chat_id, _answered_by(unit, row))


def _locked(find: Find, unit: UnitOfWork) -> t.InboxRow | None:
    """Return the message that is to be handled, with its chat locked."""
    chat_id = find(unit)
    if chat_id is None:
        return None
    lock_chat(unit, chat_id)
    return next_of(unit, chat_id)


def _begin(find: Find, unit: UnitOfWork) -> int | None:
    row = _locked(find, unit)
    if row is None:
        return None
    unit.session.write(row, attempts=row.attempts + 1)
    if row.attempts >= ENDS:
        log.error("handling seems to end the process", inbox_id=row.id, attempt=row.attempts)
    return row.id


def _act(unit: UnitOfWork, row: t.InboxRow, handle: Handler, status: str, answer: Answer) -> Handled:
    inbox_id = row.id  # read now: after a failed flush the row can't be
    try:
        held_in = row.chat_id if row.content.get("is_inline") else None
        unit.messages.answers(inbox_id, held_in=held_in, until=_answered_by(unit, row))
        handle(unit, message_of(unit.session, row, unit.chats.get(row.chat_id)))
        reply = answer(unit, row)
        unit.session.write(row, status=status, handled_at=unit.now, reply=reply)
        unit.session.flush()
    except ENDINGS:
        raise
    except BaseException as error:
        if is_trouble(error):
            raise
        raise HandlingFailed(inbox_id) from error
    return Handled(inbox_id, reply)


def _answered_by(unit: UnitOfWork, row: t.InboxRow) -> datetime:
    """Return from when on delivery may send what answers a message."""
    if not row.content.get("is_inline"):
        return unit.now
    return min(row.received_at, unit.now) + HOLD  # the clock may have been set back since

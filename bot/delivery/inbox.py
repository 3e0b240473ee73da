"""The way in: *receive* makes a message durable, *handle* acts on it; two commits, so that nothing is lost.

A message that makes `handle` fail three times becomes a bare ticket, an alarm to staff, and the hotline for
the customer: no report is ever lost to a bug of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from bot.delivery.inline import Inline
from bot.delivery.settlement import wake
from bot.desk.case import Chat, Contact
from bot.desk.terms import Role
from bot.errors import Unstorable
from bot.log import places
from bot.messages import Address, Inbound, storable
from bot.reception import Composer
from bot.store import quotas, rows
from bot.store import tables as t
from bot.store.attachments import AttachmentStore
from bot.store.chats import contact_of
from bot.store.session import UnitSession
from bot.store.store import Store, UnitOfWork

log = structlog.get_logger(__name__)

ATTEMPTS = 3
NAME_LENGTH = 200  # of a contact
HOLD = timedelta(seconds=5)  # for what a channel may take inline: as long as its platform waits for an answer


@dataclass(frozen=True, slots=True)
class Message:
    """A received message, ready to be handled.

    Attributes:
        reported_at: the earlier of the platform's timestamp and our receipt: where a response clock starts.
    """

    id: int
    inbound: Inbound
    chat: Chat
    contact: Contact
    reported_at: datetime


Handler = Callable[[UnitOfWork, Message], None]
Answer = Callable[[UnitOfWork, t.InboxRow], str | None]  # takes what goes back within the channel's answer
Find = Callable[[UnitOfWork], int | None]  # the chat whose next message is handled; None: nothing is to do

# What is known of a message, its chat and its sender, in one query.
KNOWN = select(
    select(t.InboxRow.id)
    .where(
        t.InboxRow.channel == bindparam("channel"),
        t.InboxRow.account == bindparam("account"),
        t.InboxRow.dedupe_key == bindparam("key"),
    )
    .scalar_subquery()
    .label("inbox"),
    select(t.ChatRow.id)
    .where(
        t.ChatRow.channel == bindparam("channel"),
        t.ChatRow.account == bindparam("account"),
        t.ChatRow.chat == bindparam("chat"),
    )
    .scalar_subquery()
    .label("chat"),
    select(t.ContactRow.id)
    .where(
        t.ContactRow.channel == bindparam("channel"),
        t.ContactRow.account == bindparam("account"),
        t.ContactRow.user == bindparam("user"),
    )
    .scalar_subquery()
    .label("contact"),
)

# A message with all that handling it will ask for, in one query.
AROUND = (
    select(t.InboxRow, t.ChatRow, t.ContactRow, t.CustomerRow)
    .join(t.ChatRow, t.ChatRow.id == t.InboxRow.chat_id)
    .join(t.ContactRow, t.ContactRow.id == t.InboxRow.contact_id)
    .outerjoin(t.CustomerRow, t.CustomerRow.id == t.ChatRow.customer_id)
    .where(t.InboxRow.id == bindparam("message"))
)
NEXT = (
    select(t.InboxRow)
    .where(t.InboxRow.chat_id == bindparam("chat"), t.InboxRow.status == "received")
    .order_by(t.InboxRow.sent_at, t.InboxRow.id)
    .limit(1)
)


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
    """The database failed at one of several messages: the others must not wait for that one."""


class Inbox:
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
        self._store = store
        self._handle_message = handle
        self._rescue_message = rescue
        self._give_up = give_up
        self._unreadable = unreadable
        self._inline = inline
        self._resumed = 0  # the chat that was looked into last

    def receive(self, inbound: Inbound, now: datetime) -> tuple[int, bool]:
        """Make the message durable; return its id and whether it is new.

        Any error here means that the message is *not* ours yet: the channel answers 5xx and the platform
        tries again.

        Raises:
            Unstorable: that would be no use.
        """
        try:
            (received,) = self._store.transact(lambda unit: _insert_all(unit.session, [inbound], now), now)
        except (DataError, ValueError) as error:  # of a driver, which quotes the values
            raise Unstorable(f"a message that can't be stored ({type(error).__name__})") from None
        return received

    def receive_all(
        self, inbounds: Sequence[Inbound], now: datetime
    ) -> Sequence[tuple[int, bool] | Exception]:
        """Make messages durable in one commit, as `receive` does each of them.

        One that can't be stored costs the others nothing: then each has a commit of its own.
        """
        if len(inbounds) > 1:
            try:
                return self._store.transact(lambda unit: _insert_all(unit.session, inbounds, now), now)
            except (OperationalError, InterfaceError):
                raise  # the database's trouble, not a message's
            except Exception as error:  # noqa: BLE001 - whose it is, is found below
                log.warning("received one by one", error=type(error).__name__, messages=len(inbounds))
        return [self._receive_alone(inbound, now) for inbound in inbounds]

    def _receive_alone(self, inbound: Inbound, now: datetime) -> tuple[int, bool] | Exception:
        try:
            return self.receive(inbound, now)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            return error

    def handle(self, inbox_id: int, now: datetime, compose: Composer | None = None) -> str | None:
        """Handle what this chat has received and not handled, up to this message; see `bot.reception`."""
        find, answer = _chat_of(inbox_id), self._answering(inbox_id, compose)
        while (handled := self._handle_next(find, now, answer)) is not None:
            if handled.id == inbox_id:
                return handled.reply
        return self._reply(inbox_id) if compose else None  # it was handled before

    def handle_all(self, asked: Sequence[Asked], now: datetime) -> list[str | Exception | None]:
        """Handle messages as `handle` does each of them, by one commit where nobody else can write anyway."""
        is_worth_it = self._store.writes_alone and len(asked) > 1
        done: dict[int, str | None] = {}
        try:
            done = self._together(asked, now) if is_worth_it else {}
        except _OneByOne:
            log.warning("handled one by one", messages=len(asked))
        except Exception as error:  # noqa: BLE001 - the database's: told to all, whose messages are resumed
            return [error] * len(asked)
        return [done[one.id] if one.id in done else self._handle_alone(one, now) for one in asked]

    def _together(self, asked: Sequence[Asked], now: datetime) -> dict[int, str | None]:
        """Handle what can be at the first try; return the answers to that by their messages."""
        done: dict[int, str | None] = {}
        with self._store.together() as begin:
            for one in asked:
                find, answer = _chat_of(one.id), self._answering(*one)
                try:
                    with bound_contextvars(message=one.id), begin(now) as unit:
                        handled = self._one(unit, find, self._handle_message, "handled", answer)
                except _HandlingFailed:
                    continue  # it is tried again, and rescued, by itself
                except DBAPIError as error:
                    raise _OneByOne from error
                if handled is not None and handled.id == one.id:  # else an earlier one of its chat was
                    done[one.id] = handled.reply
        return done

    def _handle_alone(self, one: Asked, now: datetime) -> str | Exception | None:
        try:
            with bound_contextvars(message=one.id):
                return self.handle(one.id, now, one.compose)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            return error

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
                while self._handle_next(_in(chat_id), now) is not None:
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
        row = unit.session.scalars(NEXT, {"chat": chat_id}).first()
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
        chat = lock_chat(unit, chat_id)
        row = unit.session.scalars(NEXT, {"chat": chat_id}).first()
        if row is None:
            return None
        inbox_id = row.id  # read now: after a failed flush the row can't be
        try:
            is_inline = bool(row.content.get("is_inline"))
            until = row.received_at + HOLD if is_inline else unit.now
            unit.messages.answers(inbox_id, held_in=chat_id if is_inline else None, until=until)
            wake(unit, chat_id, until)
            handle(unit, _message(unit.session, row, chat))
            reply = answer(unit, row)
            unit.session.write(row, status=status, handled_at=unit.now, reply=reply)
            unit.session.flush()
        except (OperationalError, InterfaceError):
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


def _chat_of(inbox_id: int) -> Find:
    def find(unit: UnitOfWork) -> int | None:
        message: t.InboxRow = unit.session.execute(AROUND, {"message": inbox_id}).one()[0]
        return message.chat_id if message.status == "received" else None

    return find


def _in(chat_id: int) -> Find:
    return lambda _: chat_id


def lock_chat(unit: UnitOfWork, chat_id: int) -> Chat:
    """Lock the chat's customer, then the chat: two colleagues in two chats must not open two tickets."""
    while True:
        customer_id = unit.session.get_one(t.ChatRow, chat_id).customer_id
        if customer_id is not None:
            unit.session.lock_one(t.CustomerRow, customer_id)
        chat = unit.chats.get(chat_id)
        if chat.customer_id == customer_id:  # else it was bound in between
            return chat


def _message(session: Session, row: t.InboxRow, chat: Chat) -> Message:
    place = session.get_one(t.ChatRow, row.chat_id)
    inbound = Inbound.from_dict(
        row.content,
        address=Address(place.channel, place.account, place.chat),
        dedupe_key=row.dedupe_key,
        sent_at=row.sent_at,
    )
    contact = contact_of(session.get_one(t.ContactRow, row.contact_id))
    return Message(row.id, inbound, chat, contact, min(row.sent_at, row.received_at))


def _insert_all(session: UnitSession, inbounds: Sequence[Inbound], now: datetime) -> list[tuple[int, bool]]:
    return [_insert(session, inbound, now) for inbound in inbounds]


def _insert(session: UnitSession, inbound: Inbound, now: datetime) -> tuple[int, bool]:
    address = inbound.address
    known = session.execute(
        KNOWN,
        {
            "channel": address.channel,
            "account": address.account,
            "key": storable(inbound.dedupe_key),
            "chat": address.chat,
            "user": inbound.sender.user,
        },
    ).one()
    if known.inbox is not None:
        return known.inbox, False
    values = {
        "channel": address.channel,
        "account": address.account,
        "dedupe_key": storable(inbound.dedupe_key),
        "chat_id": known.chat or chat_id(session, address, "group" if inbound.is_group else "private"),
        "contact_id": known.contact or _contact_id(session, inbound),
        "sent_at": inbound.sent_at,
        "received_at": now,
        "content": inbound.to_dict(),
        "status": "received",
        "attempts": 0,
    }
    inserted = rows.made(session, t.InboxRow, values)
    if inserted is not None:
        AttachmentStore(session, now).expect(inserted, inbound.attachments)
        quotas.note(session, inbound)
        return inserted, True
    return _insert(session, inbound, now)[0], False  # another process was first


def chat_id(session: Session, address: Address, kind: str = "private") -> int:
    """Return the id of a chat, which is made when it is new."""
    key = {"channel": address.channel, "account": address.account, "chat": address.chat}
    stored = session.scalars(select(t.ChatRow.id).filter_by(**key)).first()
    if stored is not None:
        return stored
    return _get_or_make(session, t.ChatRow, key, {"kind": kind, "state": {}})


def _contact_id(session: Session, inbound: Inbound) -> int:
    key = {
        "channel": inbound.address.channel,
        "account": inbound.address.account,
        "user": inbound.sender.user,
    }
    rest = {
        "name": storable(inbound.sender.name)[:NAME_LENGTH],
        "role": Role.CUSTOMER.value,
        "bind_failures": 0,
    }
    return _get_or_make(session, t.ContactRow, key, rest)


def _get_or_make(
    session: Session, table: type[t.ChatRow] | type[t.ContactRow], key: dict[str, str], rest: dict[str, Any]
) -> int:
    found = rows.made(session, table, {**key, **rest})
    return found if found is not None else session.scalars(select(table.id).filter_by(**key)).one()

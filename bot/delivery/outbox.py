"""The way out: the outbox table is the truth of what must be, and what has been, delivered.

Here is one *attempt* at one message, whoever makes it: the engine of the service, or the plain loop of the
terminal programs. A message is sent a second time only when the outcome of the first attempt is unknown.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.desk.case import Case
from bot.desk.events import BOT, Actor, Event, Kind, Side
from bot.errors import SchemaMoved
from bot.log import places
from bot.messages import Address, AttachmentKind, Choice, File, Outbound, Outcome, Receipt, Sender
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

log = structlog.get_logger(__name__)

BACKOFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
UNKNOWNS = 10  # of which each may have arrived: then it failed
URGENT_UNKNOWNS = 4
MOST_ATTEMPTS = 500  # that certainly did not arrive, every two minutes at last: more than twelve hours
LATE_ATTEMPTS = 10  # from then on support is told meanwhile
URGENT_LATE_ATTEMPTS = 4  # from then on an alarm is raised another way as well


class Channel(Protocol):
    """What delivery needs of a channel."""

    def send(self, message: Outbound) -> Receipt:
        """Send one message and say how it ended; never raises for what the platform answers."""


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is told of what delivery brought about, in the same commit.

    Attributes:
        responded: an engineer's answer reached the customer.
        undelivered: a message to a customer failed for good.
        lost: an alarm (by its id) failed for good: it must be raised another way.
        held: a message to a customer waits until they write again; once for all that wait on a ticket.
        late: a message to a customer does not get through; once for all that wait on a ticket.
        unrecorded: what follows from the outcome of a message (by its id) could not be recorded.
    """

    responded: Callable[[UnitOfWork, Case, datetime], None]
    undelivered: Callable[[UnitOfWork, Case, str, datetime], None]
    lost: Callable[[UnitOfWork, int], None]
    held: Callable[[UnitOfWork, Case, str], None]
    late: Callable[[UnitOfWork, Case, str], None]
    unrecorded: Callable[[UnitOfWork, int], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt that was made at ``at`` and is not recorded yet."""

    outbox_id: int
    receipt: Receipt
    at: datetime


class Courier:
    """Makes attempts; safe to share between threads.

    Args:
        channels: the way out of each platform by its name.
        watchers: told of what an attempt brought about.
        jitter: a factor of at most 1 for each pause: what failed together does not come back together.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        watchers: Watchers,
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1),  # noqa: S311 - nobody need not guess it
    ) -> None:
        self._store = store
        self.channels = channels
        self._watchers = watchers
        self._jitter = jitter

    def attempt(self, outbox_id: int, clock: Clock) -> None:
        """Try to deliver one message, if it still must be."""
        sent = self.send(outbox_id, clock)
        if sent is not None:
            self.finish(sent)

    def send(self, outbox_id: int, clock: Clock) -> Sent | None:
        """Send one message, if it must be sent now; one that must wait goes back to the relay.

        What was sent must be settled: until then it counts as not sent.
        """
        now = clock()
        with self._store.read() as session:
            self._store.check_schema(session)  # what can't be settled must not be sent
            row = session.get(t.OutboxRow, outbox_id)
            if row is None or row.status != "pending":
                return None
            if not (must_wait := row.try_at > now or _is_preceded(session, row)):
                outbound = _rebuilt(session, row)
        if must_wait:
            self._give_back(outbox_id, now)
            return None
        receipt = outbound if isinstance(outbound, Receipt) else self._send(outbound)
        return Sent(outbox_id, receipt, clock())

    def finish(self, sent: Sent) -> None:
        """Record how an attempt ended; where what follows from it can't be, at least that."""
        try:
            self._store.transact(
                lambda unit: self.settle(unit, sent.outbox_id, sent.receipt, sent.at), sent.at
            )
        except (OperationalError, InterfaceError, SchemaMoved):
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not make it go out again and again
            name = type(error).__name__
            log.error("recording failed", outbox_id=sent.outbox_id, error=name, where=places(error))
            self._store.transact(lambda unit: self._settle_barely(unit, sent), sent.at)

    def _settle_barely(self, unit: UnitOfWork, sent: Sent) -> None:
        for outbox_id in (*sent.receipt.carried, sent.outbox_id):
            row = unit.session.get_one(t.OutboxRow, outbox_id, with_for_update=True)
            if row.status == "pending":
                self._note_outcome(row, sent.receipt, sent.at)
        self._watchers.unrecorded(unit, sent.outbox_id)

    def _give_back(self, outbox_id: int, now: datetime) -> None:
        row = t.OutboxRow
        back = update(row).where(row.id == outbox_id, row.status == "pending").values(relayed_at=None)
        self._store.transact(lambda unit: unit.session.execute(back), now)

    def settle(self, unit: UnitOfWork, outbox_id: int, receipt: Receipt, now: datetime) -> None:
        """Record how the delivery of a message ended, unless somebody did, and what follows from it."""
        for other in receipt.carried:
            self.settle(unit, other, replace(receipt, carried=()), now)
        row = unit.session.get_one(t.OutboxRow, outbox_id, with_for_update=True)
        # while it was under way, or together with another one
        has_arrived = receipt.outcome is Outcome.SENT and row.status in ("superseded", "held")
        if row.status == "pending" or has_arrived:
            self._record(unit, row, receipt, now)

    def _send(self, outbound: Outbound) -> Receipt:
        channel = self.channels.get(outbound.address.channel)
        if channel is None:
            return Receipt(Outcome.LATER, error="no-channel")
        try:
            return channel.send(outbound)
        except Exception as error:  # noqa: BLE001 - a boundary: a fault of the channel's must not stop delivery
            name = type(error).__name__
            log.error("a channel failed", outbox_id=outbound.id, error=name, where=places(error))
            return Receipt(Outcome.UNKNOWN, error=name[:64])

    def _record(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        row.error = receipt.error
        if receipt.outcome is Outcome.HELD and not row.urgent:  # an alarm can't wait
            self._hold(unit, row, receipt, now)
            return
        self._note_outcome(row, receipt, now)
        if row.status == "sent" and row.is_answer:
            self._note_response(unit, row, now)
        elif row.status == "failed":
            log.error("message failed for good", outbox_id=row.id, error=receipt.error)
            self._note_failure(unit, row, receipt, now)
        elif row.status == "pending":
            log.warning(
                "message delayed", outbox_id=row.id, outcome=receipt.outcome.value, error=receipt.error
            )
            self._note_delay(unit, row, receipt)

    def _note_outcome(self, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """Note in the message itself how an attempt ended; one that is not over goes back to the relay."""
        row.error = receipt.error
        row.attempts += 1
        row.unknowns += receipt.outcome is Outcome.UNKNOWN
        if receipt.outcome is Outcome.SENT:
            row.status, row.sent_at, row.external_id = "sent", now, receipt.external_id
        elif _is_over(row, receipt.outcome):
            row.status = "failed"
        else:
            backoff = BACKOFF[min(row.attempts, len(BACKOFF)) - 1] * self._jitter()
            row.try_at, row.relayed_at = receipt.retry_at or now + backoff, None

    def _hold(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """Keep a message until its chat writes again; support phones, or is called another way."""
        written = select(t.InboxRow.id).where(
            t.InboxRow.chat_id == row.chat_id, t.InboxRow.received_at > row.try_at
        )
        if unit.session.scalars(
            written.limit(1)
        ).first():  # while the attempt was under way: nothing wakes it
            row.try_at, row.relayed_at = now + BACKOFF[1], None
            return
        row.status = "held"
        if _is_call(unit, row):
            self._watchers.lost(unit, row.id)
        if case := _first_of(unit, row, t.OutboxRow.status == "held"):
            self._watchers.held(unit, case, receipt.error or receipt.outcome.value)

    def _note_response(self, unit: UnitOfWork, row: t.OutboxRow, now: datetime) -> None:
        """The first human answer that reached the customer is the response (contract 1), others update."""
        case = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if case is None:
            return
        ticket, data = case.ticket, {"at": now.isoformat(), "inbox": row.inbox_id}
        if row.created_at < ticket.clock_from:
            return  # said before the reopening: it answers nothing that was said since
        if ticket.responded_at is None and ticket.is_open_to_response:
            event = Event(Kind.RESPONDED, now, _author(unit, row), {**data, "how": "message", "note": ""})
            self._watchers.responded(unit, unit.tickets.record(case, event), now)
        elif ticket.is_open_to_response and ticket.answer != row.inbox_id:  # to several chats: one update
            unit.tickets.record(case, Event(Kind.UPDATED, now, _author(unit, row), data))

    def _note_delay(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """What does not get through for long is not given up, but nobody waits for it alone."""
        if row.attempts != (URGENT_LATE_ATTEMPTS if row.urgent else LATE_ATTEMPTS):
            return
        are_late = (t.OutboxRow.status == "pending", t.OutboxRow.attempts >= LATE_ATTEMPTS)
        if _is_call(unit, row):
            self._raise_again(unit, row)
        elif case := _first_of(unit, row, *are_late):
            self._watchers.late(unit, case, receipt.error or receipt.outcome.value)

    def _raise_again(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """Raise an alarm another way, unless that was done when it was late."""
        others = select(t.OutboxRow.id).where(t.OutboxRow.instead_of == row.id)
        if unit.session.scalars(others).first() is None:
            self._watchers.lost(unit, row.id)

    def _note_failure(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """A customer is phoned, an alarm and the first card of a ticket are raised another way."""
        if _is_call(unit, row):
            self._raise_again(unit, row)
        if row.urgent or _is_for_staff(unit, row):
            return
        ticket = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if ticket is None:
            return
        error = receipt.error or receipt.outcome.value
        event = Event(Kind.UNDELIVERED, now, BOT, {"outbox": row.id, "error": error})
        self._watchers.undelivered(unit, unit.tickets.record(ticket, event), error, now)


def wake(unit: UnitOfWork, chat_id: int, at: datetime) -> None:
    """Let a chat's held messages go from ``at`` on: it wrote, so that the platform takes them again."""
    unit.session.execute(
        update(t.OutboxRow)
        .where(t.OutboxRow.chat_id == chat_id, t.OutboxRow.status == "held")
        .values(status="pending", try_at=at, relayed_at=None)
    )


def _is_over(row: t.OutboxRow, outcome: Outcome) -> bool:
    """Whether a message is not tried again: what may have arrived is doubled only so often."""
    if outcome is Outcome.LATER:
        return row.attempts >= MOST_ATTEMPTS
    return outcome is not Outcome.UNKNOWN or row.unknowns >= (URGENT_UNKNOWNS if row.urgent else UNKNOWNS)


def _is_preceded(session: Session, row: t.OutboxRow) -> bool:
    """Whether an earlier message of the same lane must go first, wherever the engine has it by now."""
    earlier = t.OutboxRow
    found = select(earlier.id).where(
        earlier.chat_id == row.chat_id,
        earlier.urgent == row.urgent,
        earlier.id < row.id,
        earlier.status == "pending",
    )
    return session.scalars(found.limit(1)).first() is not None


def _first_of(unit: UnitOfWork, row: t.OutboxRow, *alike: ColumnElement[bool]) -> Case | None:
    """Return the ticket of a customer's message that is the first such one in its chat, else None."""
    others = select(t.OutboxRow.id).where(
        t.OutboxRow.chat_id == row.chat_id,
        t.OutboxRow.ticket_id == row.ticket_id,
        t.OutboxRow.id != row.id,
        *alike,
    )
    if row.ticket_id is None or _is_for_staff(unit, row) or unit.session.scalars(others).first():
        return None
    return unit.tickets.get(row.ticket_id)


def _is_for_staff(unit: UnitOfWork, row: t.OutboxRow) -> bool:
    """Whether a message goes to support: to say in the same chat that it failed would go on for ever."""
    kind = unit.session.get_one(t.ChatRow, row.chat_id).kind
    return kind == "staff" or any(row.chat_id in member.chats for member in unit.alarms.members())


def _is_call(unit: UnitOfWork, row: t.OutboxRow) -> bool:
    """Whether a message calls support to act: it can't wait, and is raised another way where it must."""
    return row.urgent or (row.card is not None and row.note is None and _is_for_staff(unit, row))


def _author(unit: UnitOfWork, row: t.OutboxRow) -> Actor:
    """Return the engineer whose message it was."""
    if row.inbox_id is None:
        return BOT
    contact = unit.session.get_one(t.ContactRow, unit.session.get_one(t.InboxRow, row.inbox_id).contact_id)
    return Actor(Side.VENDOR, contact.id, contact.name)


def outbound_of(session: Session, row: t.OutboxRow, chat: t.ChatRow) -> Outbound:
    """Return a message as its channel gets it."""
    replaces = None
    if row.card is not None and row.note is not None:  # else it is to stand at the end of the chat
        replaces = session.scalars(
            select(t.OutboxRow.external_id)
            .where(
                t.OutboxRow.chat_id == row.chat_id,
                t.OutboxRow.card == row.card,
                t.OutboxRow.id < row.id,
                t.OutboxRow.external_id.is_not(None),
            )
            .order_by(t.OutboxRow.id.desc())
            .limit(1)
        ).first()
    answered = _answered(session, row, chat)
    return Outbound(
        id=row.id,
        address=Address(chat.channel, chat.account, chat.chat),
        text=row.text,
        choices=tuple(
            Choice(f"{row.id}.{number}", choice["label"], choice["typed"])
            for number, choice in enumerate(row.choices)
        ),
        card=row.card,
        note=row.note,
        replaces=replaces,
        file=_file(session, row.attachment_id) if row.attachment_id is not None else None,
        vital=row.vital or row.urgent,
        in_reply_to=answered.content.get("external_id") if answered else None,
        asks=Sender(**answered.content["sender"]) if answered and row.asks else None,
    )


def _rebuilt(session: Session, row: t.OutboxRow) -> Outbound | Receipt:
    """Return a message as its channel gets it, or how the attempt ended where it can't be made."""
    try:
        return outbound_of(session, row, session.get_one(t.ChatRow, row.chat_id))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - a bug in one message counts as an attempt, so that it has an end
        name = type(error).__name__
        log.error("a message can't be made", outbox_id=row.id, error=name, where=places(error))
        return Receipt(Outcome.UNKNOWN, error=name[:64])


def _answered(session: Session, row: t.OutboxRow, chat: t.ChatRow) -> t.InboxRow | None:
    """Return the message that one answers, where others read along: they must see what it is about."""
    if row.inbox_id is None or chat.kind not in ("group", "staff"):
        return None
    inbox = session.get_one(t.InboxRow, row.inbox_id)
    return inbox if inbox.chat_id == row.chat_id else None


def _file(session: Session, attachment_id: int) -> File | None:
    """Return the kept file that goes with a message; None if it has been forgotten since."""
    row = session.get(t.AttachmentRow, attachment_id)
    if row is None or row.path is None:
        return None
    return File(row.path, AttachmentKind(row.kind), row.name, row.media_type or "")

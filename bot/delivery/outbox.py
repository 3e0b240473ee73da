"""The way out: the outbox table is the truth; each chat gets its messages in order, each of them once.

A message is sent a second time only when the outcome of the first attempt is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import case as if_
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desk.case import Case
from bot.desk.events import BOT, Actor, Event, Kind, Side
from bot.messages import Address, AttachmentKind, Choice, File, Outbound, Outcome, Receipt
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

log = structlog.get_logger(__name__)

BATCH = 20  # small, so that an alarm waits for few
BACKOFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
ATTEMPTS = 10
URGENT_ATTEMPTS = 4  # then an alarm is raised another way


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
    """

    responded: Callable[[UnitOfWork, Case, datetime], None]
    undelivered: Callable[[UnitOfWork, Case, str, datetime], None]
    lost: Callable[[UnitOfWork, int], None]


class Dispatcher:
    """Delivers what is pending; one at a time, so that the order within a chat holds."""

    def __init__(self, store: Store, channels: dict[str, Channel], watchers: Watchers) -> None:
        self._store = store
        self._channels = channels
        self._watchers = watchers

    def deliver(self, clock: Callable[[], datetime], chats: Collection[int] | None = None) -> int:
        """Deliver everything that is due, chat by chat in order; return how many attempts were made.

        Alarms go first, over all chats, and in their own chat overtake what is not sent yet.

        Args:
            chats: only to these chats (a terminal shows one); None: to all whose channel is at hand.
        """
        attempts = 0
        while heads := self._heads(clock(), chats):
            for outbound in heads:
                receipt = self._channels[outbound.address.channel].send(outbound)
                self._settle(outbound, receipt, clock())
                attempts += 1
        return attempts

    def _heads(self, now: datetime, chats: Collection[int] | None) -> list[Outbound]:
        """Return the first pending message of each chat, an alarm before others, where it is due."""
        with self._store.read() as session:
            alarms_first = if_((t.OutboxRow.urgent, t.OutboxRow.id))
            firsts = (
                select(func.coalesce(func.min(alarms_first), func.min(t.OutboxRow.id)))
                .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
                .where(t.OutboxRow.status == "pending", t.ChatRow.channel.in_(self._channels))
                .group_by(t.OutboxRow.chat_id)
            )
            if chats is not None:
                firsts = firsts.where(t.OutboxRow.chat_id.in_(chats))
            rows = session.execute(
                select(t.OutboxRow, t.ChatRow)
                .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
                .where(t.OutboxRow.id.in_(firsts), t.OutboxRow.try_at <= now)
                .order_by(t.OutboxRow.urgent.desc(), t.OutboxRow.id)
                .limit(BATCH)
            ).all()
            return [outbound_of(session, row, chat) for row, chat in rows]

    def _settle(self, outbound: Outbound, receipt: Receipt, now: datetime) -> None:
        self._store.transact(lambda unit: self.settle(unit, outbound.id, receipt, now), now)

    def settle(self, unit: UnitOfWork, outbox_id: int, receipt: Receipt, now: datetime) -> None:
        """Record how an attempt ended, and what follows from it, in the caller's unit of work."""
        for other in receipt.carried:
            self.settle(unit, other, replace(receipt, carried=()), now)
        row = unit.session.get_one(t.OutboxRow, outbox_id, with_for_update=True)
        row.attempts += 1
        row.error = receipt.error
        if receipt.outcome is Outcome.SENT:
            row.status, row.sent_at, row.external_id = "sent", now, receipt.external_id
            if row.is_answer:
                self._note_response(unit, row, now)
        elif receipt.outcome is Outcome.FAILED or row.attempts >= (
            URGENT_ATTEMPTS if row.urgent else ATTEMPTS
        ):
            row.status = "failed"
            log.error("message failed for good", outbox_id=row.id, error=receipt.error)
            self._note_failure(unit, row, receipt, now)
        else:
            backoff = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
            row.try_at = receipt.retry_at or now + backoff
            log.warning(
                "message delayed", outbox_id=row.id, outcome=receipt.outcome.value, error=receipt.error
            )

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

    def _note_failure(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """A customer is phoned, an alarm and the first card of a ticket are raised another way."""
        if row.urgent or _is_for_staff(unit, row):
            if row.urgent or (row.card is not None and row.note is None):
                self._watchers.lost(unit, row.id)
            return
        ticket = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if ticket is None:
            return
        error = receipt.error or receipt.outcome.value
        event = Event(Kind.UNDELIVERED, now, BOT, {"outbox": row.id, "error": error})
        self._watchers.undelivered(unit, unit.tickets.record(ticket, event), error, now)


def _is_for_staff(unit: UnitOfWork, row: t.OutboxRow) -> bool:
    """Whether a message goes to support: to say in the same chat that it failed would go on for ever."""
    kind = unit.session.get_one(t.ChatRow, row.chat_id).kind
    return kind == "staff" or any(row.chat_id in member.chats for member in unit.alarms.members())


def _author(unit: UnitOfWork, row: t.OutboxRow) -> Actor:
    """Return the engineer whose message it was."""
    if row.inbox_id is None:
        return BOT
    contact = unit.session.get_one(t.ContactRow, unit.session.get_one(t.InboxRow, row.inbox_id).contact_id)
    return Actor(Side.VENDOR, contact.id, contact.name)


def outbound_of(session: Session, row: t.OutboxRow, chat: t.ChatRow) -> Outbound:
    """Return a message as its channel gets it."""
    replaces = None
    if row.card is not None:
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
        vital=row.vital,
    )


def _file(session: Session, attachment_id: int) -> File | None:
    """Return the kept file that goes with a message; None if it has been forgotten since."""
    row = session.get(t.AttachmentRow, attachment_id)
    if row is None or row.path is None:
        return None
    return File(row.path, AttachmentKind(row.kind), row.name, row.media_type or "")

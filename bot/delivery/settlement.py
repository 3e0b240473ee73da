"""What follows from how an attempt ended: the response on record, a call to support, an alarm another way.

The outcome and what follows from it are one commit.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import bindparam, select, update

from bot.delivery import outcomes
from bot.delivery.audience import author, first_of, is_call, is_for_staff
from bot.desk.case import Case, Chat
from bot.desk.events import BOT, Event, Kind
from bot.messages import Outcome, Receipt
from bot.store import tables as t
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

GONE = frozenset({"kicked", "chat_gone"})

OUTBOX = t.table_of(t.OutboxRow)
WAKE = (
    update(OUTBOX)
    .where(OUTBOX.c.chat_id == bindparam("in_chat"), OUTBOX.c.status == "held")
    .values(status="pending", try_at=bindparam("at"), put_off_at=bindparam("now"), relayed_at=None)
)


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is told of what delivery brought about, in the same commit.

    Attributes:
        responded: an engineer's answer reached the customer.
        answered: an engineer's further answer reached a customer who had urged.
        undelivered: a message to a customer failed for good.
        lost: an alarm (by its id) failed for good: it must be raised another way.
        held: a message to a customer waits until they write again; once for all that wait on a ticket.
        late: a message to a customer does not get through; once for all that wait on a ticket.
        unheard: an engineer's words to a chat without a ticket are failed, pending or held for long.
        gone: a staff chat (by its id) has put the bot out, or is no more.
        unrecorded: what follows from the outcome of a message (by its id) could not be recorded.
    """

    responded: Callable[[UnitOfWork, Case, datetime], None]
    answered: Callable[[UnitOfWork, Case, datetime], None]
    undelivered: Callable[[UnitOfWork, Case, str, datetime], None]
    lost: Callable[[UnitOfWork, int], None]
    held: Callable[[UnitOfWork, Case, str], None]
    late: Callable[[UnitOfWork, Case, str], None]
    unheard: Callable[[UnitOfWork, Chat, str, str], None]
    gone: Callable[[UnitOfWork, int], None]
    unrecorded: Callable[[UnitOfWork, int], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt that was made at ``at`` and is not recorded yet.

    Attributes:
        message: the received one that it answers; log lines are found by it.
    """

    outbox_id: int
    receipt: Receipt
    at: datetime
    message: int | None = None


class Settlement:
    """Records how deliveries ended; safe to share between threads.

    Args:
        watchers: told of what an attempt brought about.
        jitter: a factor of at most 1 for each pause: what failed together does not come back together.
    """

    def __init__(
        self,
        watchers: Watchers,
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1),  # noqa: S311 - nobody need not guess it
    ) -> None:
        self._watchers = watchers
        self._jitter = jitter

    def settle(self, unit: UnitOfWork, outbox_id: int, receipt: Receipt, now: datetime) -> None:
        """Record how the delivery of a message ended, unless somebody did, and what follows from it."""
        for other in receipt.carried:
            self.settle(unit, other, replace(receipt, carried=()), now)
        row = unit.session.lock_one(t.OutboxRow, outbox_id)
        if receipt.outcome is Outcome.PART and receipt.external_id is not None:
            part = t.OutboxPartRow(external_id=receipt.external_id, outbox_id=outbox_id)
            unit.session.merge(part)
        # while it was under way, or together with another one
        has_arrived = receipt.outcome is Outcome.SENT and row.status in ("superseded", "held")
        if row.status == "pending" or has_arrived:
            self._record(unit, row, receipt, now)

    def settle_barely(self, unit: UnitOfWork, sent: Sent) -> None:
        """Record how an attempt ended and nothing that follows from it, which failed."""
        for outbox_id in (*sent.receipt.carried, sent.outbox_id):
            row = unit.session.get_one(t.OutboxRow, outbox_id, with_for_update=True)
            if row.status == "pending":
                outcomes.note(row, sent.receipt, sent.at, self._jitter())
        self._watchers.unrecorded(unit, sent.outbox_id)

    def _record(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        row.error = receipt.error
        if receipt.outcome is Outcome.HELD and not row.urgent:  # an alarm can't wait
            self._hold(unit, row, receipt, now)
            return
        outcomes.note(row, receipt, now, self._jitter())
        if row.status == "sent":
            log.info("delivered", outbox_id=row.id)
            if row.is_answer:
                self._note_response(unit, row, now)
        elif row.status == "failed":
            log.error("message failed for good", outbox_id=row.id, error=receipt.error)
            self._note_failure(unit, row, receipt, now)
        elif receipt.outcome is Outcome.PART:
            log.info("a part delivered", outbox_id=row.id, parts=row.arrived)
        elif row.status == "pending":
            log.warning(
                "message delayed", outbox_id=row.id, outcome=receipt.outcome.value, error=receipt.error
            )
            self._note_delay(unit, row, receipt)

    def _hold(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """Keep a message until its chat writes again; support phones, or is called another way."""
        outcomes.note_parts(row, receipt)
        written = select(t.InboxRow.id).where(
            t.InboxRow.chat_id == row.chat_id, t.InboxRow.received_at > row.try_at
        )
        if unit.session.scalars(
            written.limit(1)
        ).first():  # while the attempt was under way: nothing wakes it
            outcomes.put_off(row, now + outcomes.BACKOFF[1], now)
            return
        row.status = "held"
        if is_call(unit, row):
            self._watchers.lost(unit, row.id)
        if case := first_of(unit, row, t.OutboxRow.status == "held"):
            self._watchers.held(unit, case, receipt.error or receipt.outcome.value)
        self._note_unheard(unit, row, receipt)

    def wait_no_longer(self, unit: UnitOfWork, outbox_id: int, before: datetime) -> None:
        """Fail a held message that was written before an instant; of a later one support is told."""
        row = unit.session.lock_one(t.OutboxRow, outbox_id)
        if row.status != "held":
            return
        if row.created_at < before:
            case = unit.tickets.get(row.ticket_id) if row.ticket_id else None
            row.status, row.error = "failed", "silent"
            if case is None or case.ticket.is_live:  # what was said of one that is over matters no more
                self._note_failure(unit, row, Receipt(Outcome.FAILED, error="silent"), unit.now)
            return
        told = (t.OutboxRow.status == "held", t.OutboxRow.error == "silent")
        if case := first_of(unit, row, *told):
            self._watchers.held(unit, case, "silent")
        row.error = "silent"

    def _note_response(self, unit: UnitOfWork, row: t.OutboxRow, now: datetime) -> None:
        """The first human answer that reached the customer is the response (contract 1), others update."""
        case = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if case is None:
            return
        ticket, data = case.ticket, {"at": now.isoformat(), "inbox": row.inbox_id}
        if row.created_at < ticket.clock_from:
            return  # said before the reopening: it answers nothing that was said since
        if ticket.responded_at is None and ticket.is_open_to_response:
            event = Event(Kind.RESPONDED, now, author(unit, row), {**data, "how": "message", "note": ""})
            self._watchers.responded(unit, unit.tickets.record(case, event), now)
        elif ticket.is_open_to_response and ticket.answer != row.inbox_id:  # to several chats: one update
            answered = unit.tickets.record(case, Event(Kind.UPDATED, now, author(unit, row), data))
            if ticket.is_urged:
                self._watchers.answered(unit, answered, now)

    def _note_delay(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """What does not get through for long is not given up, but nobody waits for it alone."""
        if not outcomes.became_late(row, receipt.outcome):
            return
        are_late = (t.OutboxRow.status == "pending", outcomes.is_late())
        if is_call(unit, row):
            self._raise_again(unit, row)
        elif case := first_of(unit, row, *are_late):
            self._watchers.late(unit, case, receipt.error or receipt.outcome.value)
        self._note_unheard(unit, row, receipt)

    def _raise_again(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """Raise an alarm another way, unless that was done when it was late."""
        others = select(t.OutboxRow.id).where(t.OutboxRow.instead_of == row.id)
        if unit.session.scalars(others).first() is None:
            self._watchers.lost(unit, row.id)

    def _note_failure(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """A customer is phoned, an alarm and the first card of a ticket are raised another way."""
        if receipt.error in GONE:
            self._watchers.gone(unit, row.chat_id)
        if is_call(unit, row):
            self._raise_again(unit, row)
        if row.urgent or is_for_staff(unit, row):
            return
        self._note_unheard(unit, row, receipt)
        ticket = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if ticket is None:
            return
        error = receipt.error or receipt.outcome.value
        event = Event(Kind.UNDELIVERED, now, BOT, {"outbox": row.id, "error": error})
        last = unit.tickets.events(ticket.ticket.id)[-1]
        case = unit.tickets.record(ticket, event)
        failed_together = (last.kind, last.at, last.data.get("error")) == (event.kind, now, error)
        if not failed_together:
            self._watchers.undelivered(unit, case, error, now)

    def _note_unheard(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """An engineer who answers a chat without a ticket has no card to see it on: they are told."""
        if row.ticket_id is not None or not row.is_answer:
            return
        place = unit.session.get_one(t.ChatRow, row.chat_id)
        chat = Chat(place.id, place.kind, place.customer_id, place.state)
        self._watchers.unheard(unit, chat, row.status, receipt.error or receipt.outcome.value)


def wake(unit: UnitOfWork, chat_id: int, at: datetime) -> None:
    """Let a chat's held messages go from ``at`` on: it wrote, so that the platform takes them again."""
    unit.session.execute(WAKE, {"in_chat": chat_id, "at": at, "now": unit.now})

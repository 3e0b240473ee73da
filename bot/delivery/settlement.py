"""How an attempt ended is recorded, with what follows from it (`consequences.py`) in one commit."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import bindparam, select, update

from bot.delivery import outcomes
from bot.delivery.consequences import SILENT, Consequences
from bot.messages import Outcome, Receipt
from bot.store import tables as t
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

OUTBOX = t.table_of(t.OutboxRow)
WAKE = (
    update(OUTBOX)
    .where(OUTBOX.c.chat_id == bindparam("in_chat"), OUTBOX.c.status == "held")
    .values(status="pending", try_at=bindparam("at"), put_off_at=bindparam("now"), relayed_at=None)
)


Count = Callable[[str, str, str], object]


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
        consequences: what follows.
        count: told, once it is committed, of a message that was sent, failed or is held (channel, status,
            error).
        jitter: a factor of at most 1 for each pause: what failed together does not come back together.
    """

    def __init__(
        self,
        consequences: Consequences,
        count: Count = lambda *_: None,
        jitter: Callable[[], float] = lambda: random.uniform(0.75, 1),  # noqa: S311 - nobody need not guess it
    ) -> None:
        self._consequences = consequences
        self._count = count
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
                self._note_end(unit, row)
        self._consequences.unrecorded(unit, sent.outbox_id)

    def _record(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        row.error = receipt.error
        if receipt.outcome is Outcome.HELD and not row.urgent:  # an alarm can't wait
            self._hold(unit, row, receipt, now)
            return
        outcomes.note(row, receipt, now, self._jitter())
        self._note_end(unit, row)
        if row.status == "sent":
            log.info("delivered", outbox_id=row.id)
            if row.is_answer:
                self._consequences.of_answer(unit, row, now)
        elif row.status == "failed":
            log.error("message failed for good", outbox_id=row.id, error=receipt.error)
            self._consequences.of_failure(unit, row, receipt, now)
        elif receipt.outcome is Outcome.PART:
            log.info("a part delivered", outbox_id=row.id, parts=row.arrived)
        elif row.status == "pending":
            log.warning(
                "message delayed", outbox_id=row.id, outcome=receipt.outcome.value, error=receipt.error
            )
            self._consequences.of_delay(unit, row, receipt)

    def _hold(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
        """Keep a message until its chat writes again; support phones, or is called another way."""
        outcomes.note_parts(row, receipt)
        inbox = t.InboxRow
        written = select(inbox.id).where(inbox.chat_id == row.chat_id, inbox.received_at > row.try_at)
        if unit.session.scalars(written.limit(1)).first():  # meanwhile: nothing wakes it
            outcomes.put_off(row, now + outcomes.BACKOFF[1], now)
            return
        row.status = "held"
        self._note_end(unit, row)
        self._consequences.of_holding(unit, row, receipt)

    def wait_no_longer(self, unit: UnitOfWork, outbox_id: int, before: datetime) -> None:
        """Fail a held message that was written before an instant; of a later one support is told."""
        row = unit.session.lock_one(t.OutboxRow, outbox_id)
        if row.status != "held":
            return
        if row.created_at >= before:
            self._consequences.of_silence(unit, row)
            row.error = SILENT
            return
        row.status, row.error = "failed", SILENT
        self._note_end(unit, row)
        case = unit.tickets.get(row.ticket_id) if row.ticket_id else None
        if case is None or case.ticket.is_live:  # what was said of one that is over matters no more
            self._consequences.of_failure(unit, row, Receipt(Outcome.FAILED, error=SILENT), unit.now)

    def note_age(self, unit: UnitOfWork, outbox_id: int) -> None:
        """Have a call that is late raised another way."""
        row = unit.session.lock_one(t.OutboxRow, outbox_id)
        if row.status == "pending":
            self._consequences.of_age(unit, row)

    def _note_end(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """Have a message counted, by whatever way it came to an end."""
        if row.status == "pending":
            return
        channel = unit.session.get_one(t.ChatRow, row.chat_id).channel
        status, error = row.status, "" if row.status == "sent" else row.error or ""
        unit.on_commit(lambda: self._count(channel, status, error))


def wake(unit: UnitOfWork, chat_id: int, at: datetime) -> None:
    """Let a chat's held messages go from ``at`` on: it wrote, so that the platform takes them again."""
    unit.session.execute(WAKE, {"in_chat": chat_id, "at": at, "now": unit.now})

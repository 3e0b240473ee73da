"""What follows from how a delivery ended: the response on record, a call to support, an alarm another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.delivery import outcomes
from bot.delivery.audience import author, first_of, is_call, is_for_staff
from bot.desk.case import Case, Chat
from bot.desk.events import BOT, Event, Kind
from bot.messages import Receipt
from bot.store import tables as t
from bot.store.store import UnitOfWork

GONE = frozenset({"kicked", "chat_gone"})
SILENT = "silent"  # the error of a held message whose customer did not write for long


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


class Consequences:
    """Brings about what follows, in the commit that records the outcome; safe to share between threads."""

    def __init__(self, watchers: Watchers) -> None:
        self._watchers = watchers
        self.unrecorded = watchers.unrecorded

    def of_answer(self, unit: UnitOfWork, row: t.OutboxRow, now: datetime) -> None:
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

    def of_holding(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """Support phones, or is called another way."""
        if is_call(unit, row):
            self._raise_again(unit, row)
        if case := first_of(unit, row, t.OutboxRow.status == "held"):
            self._watchers.held(unit, case, receipt.error or receipt.outcome.value)
        self._note_unheard(unit, row, receipt)

    def of_silence(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """Support phones a customer who does not write, once for all that waits on a ticket."""
        told = (t.OutboxRow.status == "held", t.OutboxRow.error == SILENT)
        if case := first_of(unit, row, *told):
            self._watchers.held(unit, case, SILENT)

    def of_delay(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """What does not get through for long is not given up, but nobody waits for it alone; see `calls`."""
        if not outcomes.became_late(row, receipt.outcome):
            return
        are_late = (t.OutboxRow.status == "pending", outcomes.is_late())
        if case := first_of(unit, row, *are_late):
            self._watchers.late(unit, case, receipt.error or receipt.outcome.value)
        self._note_unheard(unit, row, receipt)

    def of_age(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """A call that has not arrived is raised another way, and goes on being tried; once."""
        if is_call(unit, row):
            self._raise_again(unit, row)
        row.raised_at = unit.now  # it is not looked at again

    def of_failure(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt, now: datetime) -> None:
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

    def _raise_again(self, unit: UnitOfWork, row: t.OutboxRow) -> None:
        """Raise a call another way, unless that was done when it was late."""
        if row.raised_at is None:
            row.raised_at = unit.now
            self._watchers.lost(unit, row.id)

    def _note_unheard(self, unit: UnitOfWork, row: t.OutboxRow, receipt: Receipt) -> None:
        """An engineer who answers a chat without a ticket has no card to see it on: they are told."""
        if row.ticket_id is not None or not row.is_answer:
            return
        place = unit.session.get_one(t.ChatRow, row.chat_id)
        chat = Chat(place.id, place.kind, place.customer_id, place.state)
        self._watchers.unheard(unit, chat, row.status, receipt.error or receipt.outcome.value)

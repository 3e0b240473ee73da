"""Tickets in the store: events are appended, the row is what they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from bot.desk.calendar import Workdays
from bot.desk.case import Case, Chat, Contact, Customer
from bot.desk.contract import Terms
from bot.desk.deadlines import deadlines
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.history import apply, fold, opened
from bot.desk.policy import TicketPolicy
from bot.desk.sla import Deadline
from bot.desk.ticket import FINAL, Ticket, Work
from bot.desk.transitions import check
from bot.desk.watch import WatchPolicy, next_alarm
from bot.errors import StoreError
from bot.store import alarms, phones
from bot.store import tables as t
from bot.store.chats import contact_of

LIVE_WORK = tuple(work.value for work in Work if work not in FINAL)


class TicketStore:
    """See `bot.dialogue.ports.Tickets` for what each call promises."""

    def __init__(
        self, session: Session, workdays: Workdays, policy: WatchPolicy, rules: TicketPolicy | None = None
    ) -> None:
        self._session = session
        self._workdays = workdays
        self._policy = policy
        self._rules = rules or TicketPolicy()

    def get(self, ticket_id: int) -> Case | None:
        row = self._session.get(t.TicketRow, ticket_id, with_for_update=t.LOCK)
        return self._case(row) if row else None

    def peek(self, ticket_id: int) -> Case | None:
        """Return a ticket as it is now, without a lock: to look, not to change."""
        row = self._session.get(t.TicketRow, ticket_id)
        return self._case(row) if row else None

    def live(self, chat: Chat) -> list[Case]:
        rows = self._session.scalars(
            select(t.TicketRow)
            .where(_belongs_to(chat), t.TicketRow.work.in_(LIVE_WORK))
            .order_by(t.TicketRow.id)
            .with_for_update(key_share=True)
        )
        return [self._case(row) for row in rows][::-1]

    def recent(self, chat: Chat, limit: int) -> list[Case]:
        rows = self._session.scalars(
            select(t.TicketRow).where(_belongs_to(chat)).order_by(t.TicketRow.id.desc()).limit(limit)
        )
        return [self._case(row) for row in rows]

    def by_due(self, limit: int, assignee: int | None = None, skip: int = 0) -> list[Case]:
        query = select(t.TicketRow).where(t.TicketRow.work.in_(LIVE_WORK))
        if assignee is not None:
            query = query.where(t.TicketRow.assignee_id == assignee)
        rows = self._session.scalars(
            query.order_by(
                t.TicketRow.responded_at.is_not(None),  # what still waits for an answer goes first
                t.TicketRow.response_due.is_(None),
                t.TicketRow.response_due,
                t.TicketRow.id,
            )
            .offset(skip)
            .limit(limit)
        )
        return [self._case(row) for row in rows]

    def open(
        self, chat: Chat, contact: Contact, event: Event, summary: str, concepts: frozenset[str]
    ) -> Case:
        first = opened(0, event)
        row = t.TicketRow(
            customer_id=chat.customer_id,
            chat_id=chat.id,
            contact_id=contact.id,
            summary=summary,
            concepts=sorted(concepts),
            knowledge_version=first.knowledge_version,
            reported_at=first.reported_at,
        )
        self._project(row, self._around(row, first))
        self._session.add(row)
        self._session.flush()
        self._append(row.id, 1, event)
        case = self._around(row, opened(row.id, event))
        self.watch(case, chat.id)
        row.next_alarm_at = self._next_alarm(case)
        return case

    def record(self, case: Case, event: Event) -> Case:
        check(case.ticket, event.kind, event.actor)
        row = self._locked(case)
        after = self._around(row, apply(case.ticket, event))
        self._project(row, after)
        self._append(row.id, after.ticket.revision, event)
        self._session.flush()
        row.next_alarm_at = self._next_alarm(after)
        return after

    def schedule(self, case: Case) -> None:
        """Set when the sweep must look at the ticket again: an alarm has rung."""
        self._locked(case).next_alarm_at = self._next_alarm(case)

    def ids(self, after: int, limit: int, *, closed: bool = False) -> list[int]:
        """Return the next tickets by id, for work on all of them; those that are final only if ``closed``."""
        query = select(t.TicketRow.id).where(t.TicketRow.id > after).order_by(t.TicketRow.id).limit(limit)
        return list(self._session.scalars(query if closed else query.where(t.TicketRow.work.in_(LIVE_WORK))))

    def bind(self, case: Case, customer_id: int, event: Event) -> Case:
        self._locked(case).customer_id = customer_id
        return self.record(case, event)

    def add_concepts(self, case: Case, concepts: frozenset[str]) -> None:
        self._locked(case).concepts = sorted(case.concepts | concepts)

    def summarise(self, case: Case, summary: str) -> Case:
        row = self._locked(case)
        row.summary = summary
        return self._case(row)

    def events(self, ticket_id: int) -> list[Event]:
        rows = self._session.scalars(
            select(t.TicketEventRow)
            .where(t.TicketEventRow.ticket_id == ticket_id)
            .order_by(t.TicketEventRow.seq)
        )
        return [_event(row) for row in rows]

    def watch(self, case: Case, chat_id: int) -> None:
        if self._session.get(t.TicketChatRow, (case.ticket.id, chat_id)) is None:
            self._session.add(t.TicketChatRow(ticket_id=case.ticket.id, chat_id=chat_id))
            self._session.flush()

    def watchers(self, case: Case) -> list[int]:
        # A chat that has since been bound to somebody else hears nothing more (contract 5.2).
        same = t.ChatRow.customer_id == case.customer.id if case.customer else t.ChatRow.customer_id.is_(None)
        chats = self._session.scalars(
            select(t.TicketChatRow.chat_id)
            .join(t.ChatRow, t.ChatRow.id == t.TicketChatRow.chat_id)
            .where(t.TicketChatRow.ticket_id == case.ticket.id, same)
            .order_by(t.TicketChatRow.chat_id)
        ).all()
        return sorted(chats, key=lambda chat: chat != case.chat_id)

    def differences(self, ticket_id: int) -> dict[str, tuple[Any, Any]]:
        """Return what the stored row says and what its events make, for each column that differs."""
        row = self._session.get_one(t.TicketRow, ticket_id)
        replayed = t.TicketRow(id=ticket_id)
        case = self._case(row)
        self._project(replayed, case)
        replayed.next_alarm_at = self._next_alarm(case)
        return {
            name: (getattr(row, name), getattr(replayed, name))
            for name in PROJECTED
            if getattr(row, name) != getattr(replayed, name)
        }

    def _locked(self, case: Case) -> t.TicketRow:
        row = self._session.get(t.TicketRow, case.ticket.id, with_for_update=t.LOCK)
        if row is None or row.revision != case.ticket.revision:
            raise StoreError(f"ticket {case.ticket.id} was changed by somebody else in between")
        return row

    def _append(self, ticket_id: int, seq: int, event: Event) -> None:
        self._session.add(
            t.TicketEventRow(
                ticket_id=ticket_id,
                seq=seq,
                kind=event.kind.value,
                at=event.at,
                side=event.actor.side.value,
                contact_id=event.actor.contact,
                actor=event.actor.name,
                data=dict(event.data),
            )
        )

    def _project(self, row: t.TicketRow, case: Case) -> None:
        """Write the ticket into the row: the same columns that `differences` compares."""
        ticket, due = case.ticket, case.deadlines
        row.revision = ticket.revision
        row.work = ticket.work.value
        row.standing = ticket.agreement.standing.value
        row.proposed = int(ticket.agreement.proposed)
        row.held = int(ticket.held)
        row.contract_number, row.contract_version = ticket.contract or (None, None)
        row.reported_at = ticket.reported_at
        row.response_due, row.responded_at = _instant(due.response), ticket.responded_at
        row.onsite_due, row.arrived_at = _instant(due.onsite), ticket.arrived_at
        row.action_due, row.update_due = _instant(due.action), _instant(due.next_update)
        row.paused_at = ticket.pause.since if ticket.pause else None
        row.resolved_at = ticket.resolved_at
        row.closed_at = ticket.closed_at
        row.assignee_id = ticket.assignee[0] if ticket.assignee else None
        row.merged_into = ticket.merged_into

    def _next_alarm(self, case: Case) -> datetime | None:
        """Return when the sweep must look at the ticket; one that failed there waits for its next try."""
        rang = alarms.fired(self._session, case.ticket.id)
        at = next_alarm(case, rang, self._policy, self._workdays)
        failed = self._session.get(t.SweepFailureRow, case.ticket.id) if at else None
        return max(at, failed.retry_at) if at and failed else at

    def _terms(self, ticket: Ticket) -> Terms | None:
        if ticket.contract is None:
            return None
        number, version = ticket.contract
        stored = self._session.scalars(
            select(t.ContractRow.terms).where(
                t.ContractRow.number == number, t.ContractRow.version == version
            )
        ).one()
        return Terms.from_dict(stored)

    def _case(self, row: t.TicketRow) -> Case:
        return self._around(row, fold(row.id, self.events(row.id)))

    def _around(self, row: t.TicketRow, ticket: Ticket) -> Case:
        """Return the ticket with what surrounds it."""
        terms = self._terms(ticket)
        customer = self._session.get_one(t.CustomerRow, row.customer_id) if row.customer_id else None
        return Case(
            ticket=ticket,
            customer=Customer(customer.id, customer.name) if customer else None,
            terms=terms,
            chat_id=row.chat_id,
            reporter=self._reporter(row),
            summary=row.summary,
            concepts=frozenset(row.concepts),
            deadlines=deadlines(ticket, terms, self._workdays, self._rules),
        )

    def _reporter(self, row: t.TicketRow) -> Contact:
        """Return who reported; without a number of their own, with those of the contract's record."""
        reporter = contact_of(self._session.get_one(t.ContactRow, row.contact_id))
        if reporter.phone or row.customer_id is None:
            return reporter
        return replace(reporter, phone=phones.say(phones.of_customer(self._session, row.customer_id)))


PROJECTED = (
    "revision",
    "work",
    "standing",
    "proposed",
    "held",
    "contract_number",
    "contract_version",
    "reported_at",
    "response_due",
    "responded_at",
    "onsite_due",
    "arrived_at",
    "action_due",
    "update_due",
    "paused_at",
    "resolved_at",
    "closed_at",
    "assignee_id",
    "merged_into",
    "next_alarm_at",
)


def _instant(deadline: Deadline | None) -> datetime | None:
    return deadline.due if deadline else None


def _belongs_to(chat: Chat) -> ColumnElement[bool]:
    if chat.customer_id is not None:
        return t.TicketRow.customer_id == chat.customer_id
    return and_(t.TicketRow.chat_id == chat.id, t.TicketRow.customer_id.is_(None))


def _event(row: t.TicketEventRow) -> Event:
    return Event(Kind(row.kind), row.at, Actor(Side(row.side), row.contact_id, row.actor), row.data)

"""Tickets in the store: events are appended, the row is what they make."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, insert, select

from bot.desk.calendar import Workdays
from bot.desk.case import Case, Chat, Contact
from bot.desk.deadlines import deadlines
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.history import apply, fold, opened
from bot.desk.policy import TicketPolicy
from bot.desk.sla import Deadline
from bot.desk.ticket import Ticket
from bot.desk.transitions import check
from bot.desk.watch import next_alarm
from bot.desk.watch_policy import WatchPolicy
from bot.errors import StoreError
from bot.store import alarms
from bot.store import tables as t
from bot.store import terms as contracts
from bot.store.session import UnitSession
from bot.store.surroundings import Surroundings
from bot.store.telephone import PHONE

OPEN = insert(t.table_of(t.TicketRow)).returning(t.table_of(t.TicketRow).c.id)
APPEND = insert(t.table_of(t.TicketEventRow))
WATCH = insert(t.table_of(t.TicketChatRow))
EVENT = t.table_of(t.TicketEventRow).c
EVENTS = (
    select(EVENT.ticket_id, EVENT.kind, EVENT.at, EVENT.side, EVENT.contact_id, EVENT.actor, EVENT.data)
    .where(EVENT.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(EVENT.ticket_id, EVENT.seq)
)
# Whose tickets: those of a chat that is not bound, or those of a customer.
OWNERS: BindParameter[Sequence[int]] = bindparam("owners", expanding=True)
OWNED = {
    False: and_(t.TicketRow.chat_id.in_(OWNERS), t.TicketRow.customer_id.is_(None)),
    True: t.TicketRow.customer_id.in_(OWNERS),
}
LIVE = {
    bound: select(t.TicketRow)
    .where(owned, t.LIVE_TICKET)
    .order_by(t.TicketRow.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
    for bound, owned in OWNED.items()
}
RECENT = {
    bound: select(t.TicketRow)
    .where(owned, t.TicketRow.id != bindparam("but"))
    .order_by(t.TicketRow.id.desc())
    .limit(bindparam("most"))
    for bound, owned in OWNED.items()
}


class TicketStore:
    """See `bot.dialogue.ports.Tickets` for what each call promises."""

    def __init__(
        self, session: UnitSession, workdays: Workdays, policy: WatchPolicy, rules: TicketPolicy | None = None
    ) -> None:
        self._session = session
        self._workdays = workdays
        self._policy = policy
        self._rules = rules or TicketPolicy()
        self._surroundings = Surroundings(session)

    def get(self, ticket_id: int) -> Case | None:
        row = self._session.lock(t.TicketRow, ticket_id)
        return self._case(row) if row else None

    def peek(self, ticket_id: int) -> Case | None:
        """Return a ticket as it is now, without a lock: to look, not to change."""
        row = self._session.get(t.TicketRow, ticket_id)
        return self._case(row) if row else None

    def live(self, chat: Chat) -> list[Case]:
        is_bound, owner = _owner(chat)
        self._read_live([owner], is_bound=is_bound)
        return self._cases(self._session.memory["live", is_bound, owner])[::-1]

    def read_ahead(self, customers: Collection[int]) -> None:
        """Lock the live tickets of several customers by one query, and read what opening one asks for."""
        self._read_live(customers, is_bound=True)
        self._surroundings.read_phones(customers)
        contracts.read_ahead_of(self._session, customers)

    def _read_live(self, owners: Collection[int], *, is_bound: bool) -> None:
        memory = self._session.memory
        if missing := [one for one in owners if ("live", is_bound, one) not in memory]:
            memory.update({("live", is_bound, one): [] for one in missing})
            rows = self._session.scalars(LIVE[is_bound], {"owners": missing}).all()
            self._session.note_locked(rows)
            for row in rows:
                memory["live", is_bound, row.customer_id if is_bound else row.chat_id].append(row)

    def recent(self, chat: Chat, limit: int, but: int = 0) -> list[Case]:
        is_bound, owner = _owner(chat)
        which = {"owners": [owner], "most": limit, "but": but}
        return self._cases(self._session.scalars(RECENT[is_bound], which).all())

    def by_due(self, limit: int, assignee: int | None = None, skip: int = 0) -> list[Case]:
        query = select(t.TicketRow).where(t.LIVE_TICKET)
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
        ).all()
        return self._cases(rows)

    def open(
        self, chat: Chat, contact: Contact, event: Event, summary: str, concepts: frozenset[str]
    ) -> Case:
        first = opened(0, event)
        values = {
            "customer_id": chat.customer_id,
            "chat_id": chat.id,
            "contact_id": contact.id,
            "summary": summary,
            "concepts": sorted(concepts),
            "knowledge_version": first.knowledge_version,
        }
        case = self._around(t.TicketRow(**values), first)
        alarm = {"next_alarm_at": next_alarm(case, set(), self._policy, self._workdays)}  # nothing rang yet
        number: int = self._session.scalars(OPEN, {**values, **_projection(case), **alarm}).one()
        self._append(number, 1, event)
        self._forget_live(chat.id, chat.customer_id)
        self._session.execute(WATCH, {"ticket_id": number, "chat_id": chat.id})
        return replace(case, ticket=self._remember(replace(first, id=number)))

    def record(self, case: Case, event: Event) -> Case:
        check(case.ticket, event.kind, event.actor)
        row = self._locked(case)
        after = self._around(row, self._remember(apply(case.ticket, event)))
        self._append(row.id, after.ticket.revision, event)
        self._forget_live(row.chat_id, row.customer_id)
        self._session.write(row, **_projection(after), next_alarm_at=self._next_alarm(after))
        return after

    def schedule(self, case: Case) -> None:
        """Set when the sweep must look at the ticket again: an alarm has rung."""
        self._session.write(self._locked(case), next_alarm_at=self._next_alarm(case))

    def ids(self, after: int, limit: int, *, closed: bool = False) -> list[int]:
        """Return the next tickets by id, for work on all of them; those that are final only if ``closed``."""
        query = select(t.TicketRow.id).where(t.TicketRow.id > after).order_by(t.TicketRow.id).limit(limit)
        return list(self._session.scalars(query if closed else query.where(t.LIVE_TICKET)))

    def bind(self, case: Case, customer_id: int, event: Event) -> Case:
        row = self._locked(case)
        self._forget_live(row.chat_id, row.customer_id)
        self._session.write(row, customer_id=customer_id)
        return self.record(case, event)

    def add_concepts(self, case: Case, concepts: frozenset[str]) -> None:
        self._session.write(self._locked(case), concepts=sorted(case.concepts | concepts))

    def drop_concepts(self, case: Case, concepts: frozenset[str]) -> None:
        self._session.write(self._locked(case), concepts=sorted(case.concepts - concepts))

    def summarise(self, case: Case, summary: str) -> Case:
        row = self._locked(case)
        self._session.write(row, summary=summary)
        return self._case(row)

    def events(self, ticket_id: int) -> list[Event]:
        return self._events([ticket_id])[ticket_id]

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
            .where(t.TicketChatRow.ticket_id == case.ticket.id, same, t.ChatRow.kind != PHONE)
            .order_by(t.TicketChatRow.chat_id)
        ).all()
        return sorted(chats, key=lambda chat: chat != case.chat_id)

    def differences(self, ticket_id: int) -> dict[str, tuple[Any, Any]]:
        """Return what the stored row says and what its events make, for each column that differs."""
        row = self._session.get_one(t.TicketRow, ticket_id)
        case = self._around(row, fold(ticket_id, self.events(ticket_id)))
        replayed = {**_projection(case), "next_alarm_at": self._next_alarm(case)}
        return {
            name: (getattr(row, name), value)
            for name, value in replayed.items()
            if getattr(row, name) != value
        }

    def _locked(self, case: Case) -> t.TicketRow:
        row = self._session.lock(t.TicketRow, case.ticket.id)
        if row is None or row.revision != case.ticket.revision:
            raise StoreError(f"ticket {case.ticket.id} was changed by somebody else in between")
        return row

    def _append(self, ticket_id: int, seq: int, event: Event) -> None:
        values = {
            "ticket_id": ticket_id,
            "seq": seq,
            "kind": event.kind.value,
            "at": event.at,
            "side": event.actor.side.value,
            "contact_id": event.actor.contact,
            "actor": event.actor.name,
            "data": dict(event.data),
        }
        self._session.execute(APPEND, values)

    def _forget_live(self, chat_id: int, customer_id: int | None) -> None:
        """Forget which tickets of theirs live: one more, or one fewer."""
        self._session.memory.pop(("live", False, chat_id), None)
        self._session.memory.pop(("live", True, customer_id), None)

    def _next_alarm(self, case: Case) -> datetime | None:
        """Return when the sweep must look at the ticket; one that failed there waits for its next try."""
        rang = alarms.fired(self._session, case.ticket.id)
        at = next_alarm(case, rang, self._policy, self._workdays)
        failed = self._session.get(t.SweepFailureRow, case.ticket.id) if at else None
        return max(at, failed.retry_at) if at and failed else at

    def _case(self, row: t.TicketRow) -> Case:
        return self._cases([row])[0]

    def _cases(self, rows: Sequence[t.TicketRow]) -> list[Case]:
        """Return tickets in their surroundings, by one query a table however many they are."""
        self._fold([row for row in rows if not self._is_folded(row)])
        tickets = [self._session.memory["ticket", row.id] for row in rows]
        self._surroundings.read_ahead(rows, tickets)
        return [self._around(row, ticket) for row, ticket in zip(rows, tickets, strict=True)]

    def _is_folded(self, row: t.TicketRow) -> bool:
        known: Ticket | None = self._session.memory.get(("ticket", row.id))
        return known is not None and known.revision == row.revision

    def _fold(self, rows: Sequence[t.TicketRow]) -> None:
        for ticket_id, events in self._events([row.id for row in rows]).items():
            self._remember(fold(ticket_id, events))

    def _remember(self, ticket: Ticket) -> Ticket:
        """Keep a ticket as its events made it, until the end of this unit of work."""
        self._session.memory["ticket", ticket.id] = ticket
        return ticket

    def _events(self, tickets: Sequence[int]) -> dict[int, list[Event]]:
        """Return the events of each ticket in order."""
        found: dict[int, list[Event]] = {ticket: [] for ticket in tickets}
        if tickets:
            rows = self._session.execute(EVENTS, {"tickets": tickets})
            for ticket_id, kind, at, side, contact, name, data in rows:
                found[ticket_id].append(Event(Kind(kind), at, Actor(Side(side), contact, name), data))
        return found

    def _around(self, row: t.TicketRow, ticket: Ticket) -> Case:
        """Return the ticket with what surrounds it."""
        terms = self._surroundings.terms(ticket.contract)
        return Case(
            ticket=ticket,
            customer=self._surroundings.customer(row),
            terms=terms,
            chat_id=row.chat_id,
            reporter=self._surroundings.reporter(row),
            summary=row.summary,
            concepts=frozenset(row.concepts),
            deadlines=deadlines(ticket, terms, self._workdays, self._rules),
        )


def _projection(case: Case) -> dict[str, Any]:
    """Return what the ticket's row must say, by column: what `TicketStore.differences` compares."""
    ticket, due = case.ticket, case.deadlines
    number, version = ticket.contract or (None, None)
    return {
        "revision": ticket.revision,
        "work": ticket.work.value,
        "standing": ticket.agreement.standing.value,
        "proposed": int(ticket.agreement.proposed),
        "held": int(ticket.held),
        "contract_number": number,
        "contract_version": version,
        "reported_at": ticket.reported_at,
        "response_due": _instant(due.response),
        "responded_at": ticket.responded_at,
        "onsite_due": _instant(due.onsite),
        "arrived_at": ticket.arrived_at,
        "action_due": _instant(due.action),
        "update_due": _instant(due.next_update),
        "paused_at": ticket.pause.since if ticket.pause else None,
        "resolved_at": ticket.resolved_at,
        "closed_at": ticket.closed_at,
        "assignee_id": ticket.assignee[0] if ticket.assignee else None,
        "merged_into": ticket.merged_into,
    }


def _instant(deadline: Deadline | None) -> datetime | None:
    return deadline.due if deadline else None


def _owner(chat: Chat) -> tuple[bool, int]:
    """Return whether a chat's tickets are those of its customer, and whose they are."""
    return (False, chat.id) if chat.customer_id is None else (True, chat.customer_id)

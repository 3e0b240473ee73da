"""A ticket with what surrounds it: customer, contract terms, reporter; and the clock that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.agreement import Agreement
from bot.desk.calendar import SHANGHAI, Workdays
from bot.desk.contract import Coverage, Terms, coverage
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.sla import Deadline, response_deadline
from bot.desk.terms import Priority, Role
from bot.desk.ticket import Ticket
from bot.errors import UnknownYear


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer (甲方)."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on one platform."""

    id: int
    name: str
    role: Role
    customer_id: int | None
    phone: str | None

    @property
    def is_staff(self) -> bool:
        """Whether they may act for the vendor."""
        return self.role is not Role.CUSTOMER


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as the dialogue sees it; ``state`` is JSON that the dialogue keeps there."""

    id: int
    kind: str  # private | group | staff
    customer_id: int | None
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket in its surroundings.

    Attributes:
        terms: the version of the contract that the ticket was opened under; None: reporter not bound.
        response: the response clock as it runs now; None where the contract gives no deadline.
        calendar_gap: why the response clock can't be computed (a year that the calendar does not know).
        concepts: ids of the concepts that its reports named, to recognise a repeated report.
    """

    ticket: Ticket
    customer: Customer | None
    terms: Terms | None
    chat_id: int
    reporter: Contact
    summary: str
    concepts: frozenset[str]
    response: Deadline | None
    calendar_gap: str | None = None

    @property
    def number(self) -> str:
        """The ticket's number as it is said: ``T12``."""
        return f"T{self.ticket.id}"


def coverage_at(terms: Terms, at: datetime) -> Coverage:
    """Return whether the contract covered the Shanghai day of ``at`` (contract 3.1, 3.2)."""
    return coverage(terms, at.astimezone(SHANGHAI).date())


def response_of(ticket: Ticket, terms: Terms | None, workdays: Workdays) -> Deadline | None:
    """Return the response clock of a ticket, None where the contract gives none.

    None also for a reporter who is not bound yet, and where the contract did not cover the day of the report.

    Raises:
        UnknownYear: the calendar does not reach so far; it never guesses.
    """
    return response_under(ticket, ticket.agreement, terms, workdays)


def response_under(
    ticket: Ticket, agreement: Agreement, terms: Terms | None, workdays: Workdays
) -> Deadline | None:
    """Return the response clock that ``ticket`` would have if its priority stood as in ``agreement``."""
    if terms is None or coverage_at(terms, ticket.clock_from) is not Coverage.ACTIVE:
        return None
    return response_deadline(ticket.clock_from, agreement.held, terms, workdays)


def response_or_gap(
    ticket: Ticket, terms: Terms | None, workdays: Workdays
) -> tuple[Deadline | None, str | None]:
    """Return the response clock, or why it can't be computed: a ticket is opened even then."""
    try:
        return response_of(ticket, terms, workdays), None
    except UnknownYear as error:
        return None, str(error)


def view_event(
    case: Case, priority: Priority, actor: Actor, reason: str, now: datetime, workdays: Workdays
) -> Event:
    """Return the event of one side's view, with the deadlines before and after (contract 2.1).

    ``past_due`` flags a raise whose new deadline has already passed when it was made.
    """
    if actor.side is Side.BOT:
        raise ValueError("the bot proposes; it has no view")
    before = case.ticket.agreement
    after = before.view(actor.side, priority)
    try:
        due_before = response_under(case.ticket, before, case.terms, workdays)
        due_after = response_under(case.ticket, after, case.terms, workdays)
    except UnknownYear:
        due_before = due_after = None  # the case says so: `calendar_gap`
    raised_late = after.held < before.held and due_after is not None and due_after.due < now
    return Event(
        Kind.VIEW,
        now,
        actor,
        {
            "side": actor.side.value,
            "priority": int(priority),
            "reason": reason,
            "held_before": int(before.held),
            "held_after": int(after.held),
            "due_before": due_before.due.isoformat() if due_before else None,
            "due_after": due_after.due.isoformat() if due_after else None,
            "past_due": raised_late,
        },
    )

"""A ticket with what surrounds it: customer, contract terms, reporter; and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.agreement import Agreement
from bot.desk.calendar import Workdays
from bot.desk.contract import Terms
from bot.desk.deadlines import Deadlines, coverage_at, response_under
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.sla import Deadline
from bot.desk.terms import Priority, Role
from bot.desk.ticket import Ticket
from bot.errors import UnknownYear

__all__ = ["Case", "Chat", "Contact", "Customer", "coverage_at", "view_event"]


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
        deadlines: what is due on it, as its clocks run now.
        concepts: ids of the concepts that its reports named, to recognise a repeated report.
    """

    ticket: Ticket
    customer: Customer | None
    terms: Terms | None
    chat_id: int
    reporter: Contact
    summary: str
    concepts: frozenset[str]
    deadlines: Deadlines

    @property
    def number(self) -> str:
        """The ticket's number as it is said: ``T12``."""
        return f"T{self.ticket.id}"

    @property
    def response(self) -> Deadline | None:
        """The response clock; None where the contract gives no deadline, or an agreed pause holds it."""
        return self.deadlines.response

    @property
    def calendar_gap(self) -> str | None:
        """Why the response clock can't be computed (a year that the calendar does not know)."""
        return self.deadlines.gap


def view_event(
    case: Case,
    priority: Priority,
    actor: Actor,
    reason: str,
    now: datetime,
    workdays: Workdays,
    consent: Mapping[str, str] | None = None,
) -> Event:
    """Return the event of one side's view, with the deadlines before and after (contract 2.1).

    ``past_due`` flags a raise whose new deadline passed before the answer, or now without one. ``consent``
    makes it the customer's view, which ``actor`` records on their behalf: who agreed, how and when.
    """
    if actor.side is Side.BOT:
        raise ValueError("the bot proposes; it has no view")
    side = Side.CUSTOMER if consent else actor.side
    before = case.ticket.agreement
    after = before.view(side, priority)
    due_before, due_after = (_due_under(case, agreement, workdays) for agreement in (before, after))
    answered = case.ticket.responded_at or now
    raised_late = after.held < before.held and due_after is not None and not due_after.is_met_at(answered)
    data: dict[str, Any] = {
        "side": side.value,
        "priority": int(priority),
        "reason": reason,
        "held_before": int(before.held),
        "held_after": int(after.held),
        "due_before": due_before.due.isoformat() if due_before else None,
        "due_after": due_after.due.isoformat() if due_after else None,
        "past_due": raised_late,
    }
    return Event(Kind.VIEW, now, actor, {**data, "consent": dict(consent)} if consent else data)


def _due_under(case: Case, agreement: Agreement, workdays: Workdays) -> Deadline | None:
    try:
        clock = response_under(case.ticket, agreement, case.terms, workdays)
    except UnknownYear:
        return None  # the case says so: `Case.calendar_gap`
    return clock if isinstance(clock, Deadline) else None

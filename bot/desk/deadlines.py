"""What is due on a ticket: each deadline from its state, the contract's terms and what both sides agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.desk.agreement import Agreement
from bot.desk.arrangements import AgreedTime
from bot.desk.calendar import SHANGHAI, AroundTheClock, Segment, ServiceHours, Workdays, as_utc, due
from bot.desk.contract import Coverage, Terms, coverage, hours_of
from bot.desk.pauses import Resting, rest, until_met
from bot.desk.policy import TicketPolicy
from bot.desk.reminders import follow_up
from bot.desk.sla import ClockName, Deadline, agreed_deadline, onsite_deadline, response_deadline
from bot.desk.terms import Priority
from bot.desk.ticket import Ticket
from bot.errors import UnknownYear


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of a ticket; None where there is none.

    Attributes:
        action: the time of action, where one was agreed (contract 2.1).
        next_update: when the customer should hear from support again: promised, or by our own rule.
        follow_up: when an answered ticket is looked at again; it counts where nothing else is awaited.
        resting: of the clocks that an agreed pause holds, the business time that is left; they have no
            deadline until it ends.
        gap: why the response clock can't be computed (a year that the calendar does not know).
    """

    response: Deadline | None = None
    onsite: Deadline | None = None
    action: Deadline | None = None
    next_update: Deadline | None = None
    follow_up: Deadline | None = None
    resting: Mapping[ClockName, timedelta] = field(default_factory=dict, hash=False)
    gap: str | None = None


def coverage_at(terms: Terms, at: datetime) -> Coverage:
    """Return whether the contract covered the Shanghai day of ``at`` (contract 3.1, 3.2)."""
    return coverage(terms, at.astimezone(SHANGHAI).date())


def deadlines(
    ticket: Ticket, terms: Terms | None, workdays: Workdays, policy: TicketPolicy | None = None
) -> Deadlines:
    """Return everything that is due; a year that the calendar does not know becomes a gap, never a guess."""
    gap, rules = None, policy or TicketPolicy()
    try:
        response = response_under(ticket, ticket.agreement, terms, workdays)
    except UnknownYear as error:
        response, gap = None, str(error)
    found = {
        ClockName.RESPONSE: response,
        ClockName.ONSITE: _onsite(ticket, terms, workdays),
        ClockName.AGREED: _action(ticket),
        ClockName.NEXT_UPDATE: _update(ticket, terms, workdays, rules),
    }
    running = {name: clock for name, clock in found.items() if isinstance(clock, Deadline)}
    return Deadlines(
        response=running.get(ClockName.RESPONSE),
        onsite=running.get(ClockName.ONSITE),
        action=running.get(ClockName.AGREED),
        next_update=running.get(ClockName.NEXT_UPDATE),
        follow_up=follow_up(ticket, rules.follow_up_minutes),
        resting={name: clock.left for name, clock in found.items() if isinstance(clock, Resting)},
        gap=gap,
    )


def response_under(
    ticket: Ticket, agreement: Agreement, terms: Terms | None, workdays: Workdays
) -> Deadline | Resting | None:
    """Return the response clock that ``ticket`` would have if its priority stood as in ``agreement``.

    None where the contract gives none: for what is no fault, for a reporter who is not bound yet, and where
    the contract did not cover the day of the report. A time that both sides agreed on holds as long as the
    priority is no graver than it was then; under a graver one the earlier of it and the contract's holds.

    Raises:
        UnknownYear: the calendar does not reach so far; it never guesses.
    """
    if agreement.held is Priority.NOT_A_FAULT:
        return None
    agreed = ticket.agreed_time(ClockName.RESPONSE)
    if agreed is not None and agreement.held >= agreed.held:
        return _resting(ticket, _agreed(agreed), AroundTheClock(), ticket.responded_at)
    if terms is None or not _covers(terms, ticket):
        return None
    computed = response_deadline(ticket.clock_from, agreement.held, terms, workdays)
    if agreed is not None and (computed is None or agreed.until < computed.due):
        return _resting(ticket, _agreed(agreed), AroundTheClock(), ticket.responded_at)
    return _resting(ticket, computed, hours_of(terms, workdays), ticket.responded_at)


def _onsite(ticket: Ticket, terms: Terms | None, workdays: Workdays) -> Deadline | Resting | None:
    if ticket.remote_failed_at is None:
        return None
    agreed = ticket.agreed_time(ClockName.ONSITE)
    computed: Deadline | None = None
    if agreed is not None:
        computed = _agreed(agreed)
    elif terms is not None and _covers(terms, ticket):
        computed = onsite_deadline(ticket.remote_failed_at, terms, workdays)
    return _resting(ticket, computed, AroundTheClock(), ticket.arrived_at)


def _action(ticket: Ticket) -> Deadline | Resting | None:
    agreed = ticket.agreed_time(ClockName.AGREED)
    return _resting(ticket, _agreed(agreed), AroundTheClock(), ticket.acted_at) if agreed else None


def _update(
    ticket: Ticket, terms: Terms | None, workdays: Workdays, policy: TicketPolicy
) -> Deadline | Resting | None:
    if promise := ticket.promise:  # said to the customer: no pause moves it
        minutes = (promise.until - promise.made_at) // timedelta(minutes=1)
        counted = (Segment(promise.made_at, promise.until),)
        return Deadline(
            ClockName.NEXT_UPDATE, promise.made_at, promise.until, minutes, counted, in_contract=False
        )
    if ticket.held is not Priority.ONE or ticket.updated_at is None or not policy.update_minutes:
        return None
    hours = hours_of(terms, workdays) if terms and _covers(terms, ticket) else AroundTheClock()
    start = as_utc(max(ticket.updated_at, ticket.raised_at or ticket.updated_at))  # due by no raise backwards
    span = timedelta(minutes=policy.update_minutes)
    try:
        instant, segments = due(start, span, hours)
    except UnknownYear:  # our own rule: better asked for at night than never
        hours = AroundTheClock()
        instant, segments = due(start, span, hours)
    computed = Deadline(
        ClockName.NEXT_UPDATE, start, instant, policy.update_minutes, segments, in_contract=False
    )
    return _resting(ticket, computed, hours, None)


def _agreed(time: AgreedTime) -> Deadline:
    return agreed_deadline(time.agreed_at, time.until)


def _covers(terms: Terms, ticket: Ticket) -> bool:
    return coverage_at(terms, ticket.clock_from) is Coverage.ACTIVE


def _resting(
    ticket: Ticket, deadline: Deadline | None, hours: ServiceHours, met_at: datetime | None
) -> Deadline | Resting | None:
    if deadline is None:
        return None
    return rest(deadline, hours, until_met(ticket.pauses, met_at))

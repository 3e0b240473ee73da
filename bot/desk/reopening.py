"""The event of a reopening: which contract it is judged by from now on, and what was missed before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.desk.case import Case, coverage_at
from bot.desk.contract import Coverage, Terms
from bot.desk.events import Actor, Event, Kind
from bot.desk.lateness import missed
from bot.desk.sla import ClockName
from bot.desk.ticket import Ticket, Work


def reopened(case: Case, actor: Actor, reason: str, now: datetime, in_force: Terms | None) -> Event:
    """Return the event by which a ticket is opened again.

    A ticket keeps the version of the contract under which it was opened, as long as that covers the day; what
    is opened again after a renewal is judged by the contract that is in force then. What was never answered
    goes on by the clock that runs since the report: solving and opening again give no new one.

    Args:
        in_force: the customer's contract on the day of ``now``.

    Source: contract 3.1, 6.4 (our reading).
    """
    over = missed(case, now)
    data: dict[str, Any] = {"reason": reason, "missed": [late.to_dict() for late in over]}
    if is_unanswered(case.ticket):  # its clock runs on, and counts by itself what is late
        own = (late for late in over if late in case.ticket.missed or late.clock is not ClockName.RESPONSE)
        data |= {"missed": [late.to_dict() for late in own], "unanswered": True}
        return Event(Kind.REOPENED, now, actor, data)
    is_covered = case.terms is not None and coverage_at(case.terms, now) is Coverage.ACTIVE
    if in_force is not None and not is_covered:
        data["contract"] = {"number": in_force.contract_number, "version": in_force.version}
    return Event(Kind.REOPENED, now, actor, data)


def is_unanswered(ticket: Ticket) -> bool:
    """Tell whether a solution was reported of which the customer has never heard a word."""
    return ticket.work is Work.RESOLVED and ticket.responded_at is None

"""What was missed on a ticket (contract 5.1)."""

from __future__ import annotations

from datetime import datetime

from bot.desk.case import Case
from bot.desk.late import Late
from bot.desk.sla import ClockName, Deadline


def missed(case: Case, now: datetime) -> tuple[Late, ...]:
    """Return the missed deadlines of a ticket, those before a reopening too; a target of ours is none."""
    ticket, due = case.ticket, case.deadlines
    over = ticket.resolved_at or ticket.closed_at
    clocks: tuple[tuple[ClockName, Deadline | None, datetime | None], ...] = (
        # What was solved without a word that arrived is not answered yet.
        (ClockName.RESPONSE, due.response, ticket.responded_at or ticket.closed_at),
        (ClockName.ONSITE, due.onsite, ticket.arrived_at or over),
        (ClockName.AGREED, due.action, ticket.acted_at or over),
    )
    fee = case.terms.agreed_fee if case.terms else None
    found = list(ticket.missed)
    for name, deadline, met_at in clocks:
        done = min(met_at or now, now)
        if deadline is not None and deadline.in_contract and not deadline.is_met_at(done):
            found.append(Late(name, deadline.due, done, fee))
    return tuple(found)

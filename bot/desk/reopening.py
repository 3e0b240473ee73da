"""The event of a reopening: which contract it is judged by from now on, and what was missed before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.desk.case import Case, coverage_at
from bot.desk.contract import Coverage, Terms
from bot.desk.events import Actor, Event, Kind
from bot.desk.lateness import missed


def reopened(case: Case, actor: Actor, reason: str, now: datetime, in_force: Terms | None) -> Event:
    """Return the event by which a ticket is opened again.

    A ticket keeps the version of the contract under which it was opened, as long as that covers the day; what
    is opened again after a renewal is judged by the contract that is in force then.

    Args:
        in_force: the customer's contract on the day of ``now``.

    Source: contract 3.1, 6.4 (our reading).
    """
    data: dict[str, Any] = {"reason": reason, "missed": [late.to_dict() for late in missed(case, now)]}
    is_covered = case.terms is not None and coverage_at(case.terms, now) is Coverage.ACTIVE
    if in_force is not None and not is_covered:
        data["contract"] = {"number": in_force.contract_number, "version": in_force.version}
    return Event(Kind.REOPENED, now, actor, data)

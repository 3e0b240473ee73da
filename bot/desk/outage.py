"""A suspected common outage: many reports of priority 1 within a short time are shown and alarmed as one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.case import Case
from bot.desk.terms import Priority


@dataclass(frozen=True, slots=True)
class Outage:
    """A suspected common outage; each of its tickets keeps its own clocks.

    Attributes:
        tickets: their numbers, in order.
        customers: their names, each once.
        first_due: the earliest deadline that is still awaited, with its ticket.
    """

    id: int
    opened_at: datetime
    tickets: tuple[int, ...]
    customers: tuple[str, ...]
    first_due: tuple[datetime, int] | None


def is_candidate(case: Case) -> bool:
    """Tell whether a ticket may belong to one: what is in doubt is looked at by itself."""
    return case.ticket.certain and case.ticket.held is Priority.ONE and is_untouched(case)


def is_untouched(case: Case) -> bool:
    """Tell whether support has not dealt with the ticket by itself yet; from then on it stands for itself."""
    ticket = case.ticket
    return ticket.agreement.vendor is None and ticket.assignee is None and ticket.responded_at is None


def together(report: datetime, reports: Collection[datetime], window: timedelta) -> int:
    """Return how many reports, with this one, fall into a stretch of ``window`` that holds it."""
    near = sorted(at for at in reports if abs(at - report) <= window)
    return max((sum(at <= other <= at + window for other in near) for at in near if at <= report), default=0)

"""How fast alarms climb and whom they call: our own times, nothing of them is in the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType as Frozen

from bot.desk import tables
from bot.desk.calendar import DailyHours, ServiceHours
from bot.desk.reminders import DAY_MINUTES
from bot.desk.terms import Priority

DEADLINE = 100  # the rank of the step at the deadline; warnings have the share in percent, the chain more


class Target(StrEnum):
    """Whom a step calls; the chain of escalation in its order."""

    ASSIGNEE = "assignee"
    ON_CALL = "on_call"
    LEAD = "lead"
    MANAGER = "manager"


CHAIN = tuple(Target)  # in its order
LAST = DEADLINE + len(CHAIN) - 1  # the manager's rank; repetitions count on from it


@dataclass(frozen=True, slots=True)
class Chain:
    """How fast an overdue clock climbs.

    Attributes:
        after: from the deadline to the step of each `Target`, in the order of `CHAIN`, never falling; it
            may end before the manager.
        repeat: after the last step it calls whom that called again so often; None: it does not.
    """

    after: tuple[timedelta, ...]
    repeat: timedelta | None = None

    @classmethod
    def of_minutes(cls, after: tuple[int, ...], repeat: int | None = None) -> Chain:
        """Return the chain whose times are given in minutes."""
        return cls(tuple(timedelta(minutes=m) for m in after), timedelta(minutes=repeat) if repeat else None)


_GRAVE = Chain.of_minutes((0, 10, 20, 30), 30)
_UNTAKEN = tables.UNTAKEN_ALARM_MINUTES
_AT_ONCE = Chain.of_minutes((0, _UNTAKEN, 2 * _UNTAKEN, 3 * _UNTAKEN), 3 * _UNTAKEN)
REMINDER = Chain.of_minutes((0,), DAY_MINUTES)
_OFFICE = DailyHours(time(9), time(18))
_LESSER = Chain.of_minutes((0, 30, 60, 120), 240)


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """Our own times (nothing of them is in the contract).

    Attributes:
        silence: after a fault was reported as solved, the customer's silence for so long closes the ticket.
        percents: shares of a clock's business time at which it warns.
        least_gap: a warning that would follow the one before, or the start, sooner than this is left out.
        chains: by priority; what is no fault climbs like priority 2.
        at_once: of a clock without duration (diamond level), whatever the priority; no setting.
        office: outside these hours warnings of lesser faults are held back, and what is only a target of ours
            calls nobody above who is on call for them.
        imminent: from this share on a warning of the contract's deadline rings at once, where that would pass
            before the office opens.
        outage_reports: so many reports of priority 1 ...
        outage_window: ... within this time are suspected to be one outage.
        outage_ring: alarms of the same gravity from one outage ring at most so often.
        outage_update: its card changes at most so often.
    """

    silence: timedelta = timedelta(hours=24)
    percents: tuple[int, ...] = (50, 75, 90)
    least_gap: timedelta = timedelta(minutes=5)
    chains: Mapping[Priority, Chain] = field(
        default_factory=lambda: Frozen({Priority.ONE: _GRAVE, Priority.TWO: _LESSER}), hash=False
    )
    at_once: Chain = _AT_ONCE
    office: ServiceHours = _OFFICE
    imminent: int = 75
    outage_reports: int = 5
    outage_window: timedelta = timedelta(minutes=5)
    outage_ring: timedelta = timedelta(minutes=10)
    outage_update: timedelta = timedelta(seconds=30)

"""Reminders of ours, in the daytime: what is agreed, answered or solved must not be forgotten.

None of their times are in the contract, nobody outside is told of them, and none of them climbs.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.desk.calendar import DailyHours, as_utc, due
from bot.desk.sla import ClockName, Deadline
from bot.desk.ticket import Ticket

HOURS = DailyHours(time(9), time(18))
DAY_MINUTES = 9 * 60  # a day of these hours: about this time tomorrow, and never at night
UNHEARD_MINUTES = 60  # a solution that the customer has not heard of


def reminder(clock: ClockName, since: datetime, minutes: int) -> Deadline:
    """Return when to bring something to mind, so many minutes of the daytime after ``since``."""
    start = as_utc(since)
    instant, segments = due(start, timedelta(minutes=minutes), HOURS)
    return Deadline(clock, start, instant, minutes, segments, in_contract=False)


def follow_up(ticket: Ticket, minutes: int) -> Deadline | None:
    """Return when an answered ticket is looked at again, counted from what support last did about it.

    Args:
        minutes: of the daytime; 0: no such rule.
    """
    if not ticket.is_live or ticket.responded_at is None or not minutes:
        return None
    return reminder(ClockName.FOLLOW_UP, ticket.worked_at or ticket.responded_at, minutes)

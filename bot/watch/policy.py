"""The watch's times from the settings."""

from __future__ import annotations

from datetime import timedelta

from bot.desk.calendar import DailyHours
from bot.desk.terms import Priority
from bot.desk.watch_policy import Chain, WatchPolicy
from bot.settings import Settings


def policy_of(settings: Settings) -> WatchPolicy:
    """Return the policy that the operator has set."""
    grave = Chain.of_minutes(settings.alarm_chain_p1, settings.alarm_repeat_p1)
    lesser = Chain.of_minutes(settings.alarm_chain_p2, settings.alarm_repeat_p2)
    return WatchPolicy(
        silence=timedelta(hours=settings.silence_hours),
        chains={Priority.ONE: grave, Priority.TWO: lesser},
        office=DailyHours(*settings.alarm_office),
        outage_reports=settings.outage_reports,
        outage_window=timedelta(minutes=settings.outage_minutes),
    )

"""Agreed pauses: a clock that waits for the customer doesn't run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.desk.calendar import ServiceHours, Window, as_utc, due, elapsed
from bot.desk.sla import Deadline


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which both sides let the clocks rest; ``until`` is None while it goes on."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Resting:
    """A clock that an agreed pause holds; ``left`` is the business time that remains of it."""

    left: timedelta


@dataclass(frozen=True, slots=True)
class PausedHours:
    """Service hours without the pauses, so that a pause costs only the business time inside it.

    ``pauses`` are half-open, in any order, and may overlap; the caller ends an open one at its ``now``.
    """

    hours: ServiceHours
    pauses: tuple[Window, ...]

    def windows(self, since: datetime, until: datetime | None = None) -> Iterator[Window]:
        since = as_utc(since)
        pauses = sorted(self.pauses, key=lambda pause: pause.opens)
        for window in self.hours.windows(since, until):
            for piece in _without(window, pauses):
                if piece.closes > since:
                    yield piece


def working_hours(hours: ServiceHours, pauses: Sequence[Pause]) -> ServiceHours:
    """Return the hours without the pauses that are over."""
    over = tuple(Window(pause.since, pause.until) for pause in pauses if pause.until is not None)
    return PausedHours(hours, over) if over else hours


def rest(deadline: Deadline, hours: ServiceHours, pauses: Sequence[Pause]) -> Deadline | Resting:
    """Return the deadline as the pauses move it; while one goes on, how much of the clock is left.

    ``hours`` are those in which the deadline was counted. What had fallen due before the pause stays due.
    """
    if not pauses:
        return deadline
    working = working_hours(hours, pauses)
    span = elapsed(deadline.started_at, deadline.due, hours)
    instant, segments = due(deadline.started_at, span, working)
    moved = deadline if working is hours else replace(deadline, due=instant, segments=segments)
    going_on = next((pause for pause in pauses if pause.until is None), None)
    if going_on is None or moved.due <= going_on.since:
        return moved
    return Resting(elapsed(max(going_on.since, moved.started_at), moved.due, working))


def until_met(pauses: Sequence[Pause], met_at: datetime | None) -> tuple[Pause, ...]:
    """Return the part of the pauses that counts for a clock that was met at ``met_at``."""
    if met_at is None:
        return tuple(pauses)
    return tuple(
        replace(pause, until=met_at if pause.until is None else min(pause.until, met_at))
        for pause in pauses
        if pause.since < met_at
    )


def _without(window: Window, pauses: list[Window]) -> Iterator[Window]:
    """Yield what is left of a window beside the pauses, which are sorted by their start."""
    opens = window.opens
    for pause in pauses:
        if pause.closes <= opens or pause.closes <= pause.opens:
            continue
        if pause.opens >= window.closes:
            break
        if pause.opens > opens:
            yield Window(opens, pause.opens)
        opens = pause.closes
    if opens < window.closes:
        yield Window(opens, window.closes)

"""Agreed pauses: a clock that waits for the customer doesn't run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.desk.calendar import ServiceHours, Window, as_utc


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

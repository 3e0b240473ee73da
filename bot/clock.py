"""The one reader of real time; everything else takes ``now`` as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


def steady_s() -> float:
    """Return a reading, in seconds, of a clock that only runs on: to measure how long something took."""
    return perf_counter()

"""Checks of the work itself: whether the watch goes round, and what waits for longer than it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.doctor.finding import Finding, ok, warn
from bot.store import figures, unread
from bot.watch.heartbeat import FRESH, SWEEP

LONG = timedelta(minutes=5)


def check_work(session: Session, now: datetime) -> Iterator[Finding]:
    """Yield how watch, inbox and outbox stand."""
    if count := unread.count(session):
        yield warn(
            "unread",
            f"{count} updates of a platform could not be read",
            "`hotline unread list`, then show and drop: a customer may have written them",
        )
    found = figures.read(session, now)
    yield _watch(dict(found.beats_s).get(SWEEP), found.sweep_failures)
    advice = "look at the log of `hotline serve` or `hotline worker`"
    if found.inbox:
        yield warn("inbox", f"{found.inbox} messages received and not handled", advice)
    else:
        yield ok("inbox", "everything that was received is handled")
    waiting = sum(count for _, _, count in found.outbox)
    detail = f"{waiting} messages wait, the oldest for {found.outbox_age_s:.0f} s"
    if found.outbox_age_s > LONG.total_seconds():
        channels = ", ".join(sorted({channel for channel, _, _ in found.outbox}))
        yield warn(
            "outbox", f"{detail} ({channels})", f"is the platform's account set and reachable? {advice}"
        )
    else:
        yield ok("outbox", detail if waiting else "nothing waits")


def _watch(age_s: float | None, failures: int) -> Finding:
    if age_s is None or age_s > FRESH.total_seconds():
        last = "has never gone round" if age_s is None else f"went round {age_s:.0f} s ago for the last time"
        return warn("watch", f"it {last}: no alarm rings", "start `hotline serve` or `hotline worker`")
    if failures:
        return warn("watch", f"it could not do {failures} tickets", "look for `the sweep failed` in the log")
    return ok("watch", f"went round {age_s:.0f} s ago")

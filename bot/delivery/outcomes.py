"""How an attempt at a message changes it: sent, failed for good, or tried again after a pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_

from bot.messages import Outcome, Receipt
from bot.store import tables as t

BACKOFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
# After attempts that nobody knows the end of: each may have arrived, so that the next is in less of a hurry;
# yet a platform that says nothing for ten minutes gets all afterwards.
UNKNOWN_BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 2 * 60, 5 * 60, 10 * 60))
MOST_UNKNOWNS = len(UNKNOWN_BACKOFF) + 1  # then it failed
MOST_ATTEMPTS = 500  # that certainly did not arrive, every two minutes at last: more than twelve hours
LATE_ATTEMPTS = 10  # from then on support is told meanwhile
LATE_UNKNOWNS = 3  # from then on as well, whatever the other attempts


def note(row: t.OutboxRow, receipt: Receipt, now: datetime, jitter: float) -> None:
    """Note in the message itself how an attempt ended; one that is not over goes back to the relay.

    Args:
        jitter: a factor of at most 1 for the pause.
    """
    row.error = receipt.error
    note_parts(row, receipt)
    if receipt.outcome is Outcome.PART:  # the next one has its own attempts
        row.attempts, row.unknowns = 0, 0
        put_off(row, now, now)
        return
    row.attempts += 1
    is_unknown = receipt.outcome is Outcome.UNKNOWN
    row.unknowns += is_unknown
    if receipt.outcome is Outcome.SENT:
        row.status, row.sent_at, row.external_id = "sent", now, receipt.external_id
    elif _is_over(row, receipt.outcome):
        row.status = "failed"
    else:
        pauses, step = (UNKNOWN_BACKOFF, row.unknowns) if is_unknown else (BACKOFF, row.attempts)
        backoff = pauses[min(step, len(pauses)) - 1] * jitter
        put_off(row, receipt.retry_at or now + backoff, now)


def put_off(row: t.OutboxRow, until: datetime, now: datetime) -> None:
    """Let a message go back to the relay, which hands it over at an instant."""
    row.try_at, row.put_off_at, row.relayed_at = until, now, None


def became_late(row: t.OutboxRow, outcome: Outcome) -> bool:
    """Whether it is the attempt just noted, with this outcome, that made a message late."""
    was_late = row.attempts > LATE_ATTEMPTS or row.unknowns - (outcome is Outcome.UNKNOWN) >= LATE_UNKNOWNS
    return not was_late and (row.attempts == LATE_ATTEMPTS or row.unknowns >= LATE_UNKNOWNS)


def is_late() -> ColumnElement[bool]:
    """Return the condition for a message that has not got through for long."""
    return or_(t.OutboxRow.attempts >= LATE_ATTEMPTS, t.OutboxRow.unknowns >= LATE_UNKNOWNS)


def note_parts(row: t.OutboxRow, receipt: Receipt) -> None:
    """Note how many parts of a message have arrived: the next attempt goes on after them."""
    row.arrived = max(row.arrived, receipt.arrived)


def _is_over(row: t.OutboxRow, outcome: Outcome) -> bool:
    """Whether a message is not tried again: what may have arrived is doubled only so often."""
    if outcome is Outcome.LATER:
        return row.attempts >= MOST_ATTEMPTS
    return outcome is not Outcome.UNKNOWN or row.unknowns >= MOST_UNKNOWNS

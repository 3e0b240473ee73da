"""Calls to support that nobody has heard for a while are raised another way, whatever keeps them.

An alarm by its age, tried or not: behind one that pauses all that follows in its lane waits with it. The
first card of a ticket where its lane stands still: many at once wait for the platform's limits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from bot.delivery.one_by_one import see_to
from bot.delivery.settlement import Settlement
from bot.store import tables as t
from bot.store.store import Store

UNHEARD = timedelta(minutes=2)  # more than workers pause for a migration
STANDS = timedelta(minutes=15)  # a lane, whose first message is tried in vain
AT_ONCE = 50
PATIENCE_S = 0.2  # for a lock: no other call waits long for it


def raise_unheard(store: Store, settlement: Settlement, now: datetime) -> int:
    """Raise late calls another way, each once; return how many there were."""
    late = _unheard(now).limit(AT_ONCE)
    return see_to(store, late, settlement.note_age, now, "a call waits on", PATIENCE_S)


def _unheard(now: datetime) -> Select[int]:
    row, first = t.OutboxRow, aliased(t.OutboxRow)
    stands = (
        select(first.id)
        .where(first.chat_id == row.chat_id, first.urgent.is_(False), first.id <= row.id)
        .where(first.status == "pending", first.attempts > 0, _is_older(first, STANDS, now))
        .exists()
    )
    is_first_card = and_(row.card.is_not(None), row.note.is_(None), stands)
    found = select(row.id).where(
        row.status == "pending",
        row.raised_at.is_(None),
        _is_older(row, UNHEARD, now),
        or_(row.urgent.is_(True), is_first_card),
    )
    return found.order_by(row.urgent.desc())  # by the key all that was ever sent would be read


def _is_older(row: type[t.OutboxRow], age: timedelta, now: datetime) -> ColumnElement[bool]:
    """Whether a message is of an age, or of the future: then the clock was set back."""
    return or_(row.created_at < now - age, row.created_at > now + age)

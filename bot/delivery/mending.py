"""What the delivery engine has lost is handed over again: the outbox is the truth, the engine is not.

And what would wait for a clock that was set back goes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from bot.delivery.relay import Handed, messages_of
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

OVERDUE = timedelta(minutes=10)
AHEAD = timedelta(seconds=10)  # by which clocks may differ; what is of later was written before a jump

Stuck = Callable[[UnitOfWork, int], None]


def hand_over_again(
    store: Store, ended: Collection[str], active: Callable[[], Collection[str]], stuck: Stuck, now: datetime
) -> int:
    """Give the relay again what the engine gave up or does not know; return how many messages.

    Args:
        ended: workflows that ended without having settled all of their messages.
        active: returns the workflows that the engine has still to do.
        stuck: told of it in the same commit.
    """
    lost = _messages(ended)
    if overdue := _overdue(store, now):
        lost |= overdue - _messages(active())
    if not lost:
        return 0

    def mend(unit: UnitOfWork) -> int:
        rows = unit.session.scalars(
            select(t.OutboxRow)
            .where(t.OutboxRow.id.in_([one.outbox_id for one in lost]), t.OutboxRow.status == "pending")
            .with_for_update()
        )
        mine = [row for row in rows if row.relayed_at and Handed(row.id, row.relays) in lost]
        for row in mine:
            row.relayed_at = None
        if mine:
            stuck(unit, len(mine))
        return len(mine)

    return store.transact(mend, now)


def heed_the_clock(store: Store, now: datetime) -> None:
    """Let messages not wait by a clock that was set back since they were written or tried in vain."""
    row = t.OutboxRow
    since = func.coalesce(row.put_off_at, row.created_at)
    waiting = (row.status == "pending", row.relayed_at.is_(None), row.try_at > now, since > now + AHEAD)
    with store.read() as session:  # the usual case is that there is none
        found = session.scalars(select(row.id).where(*waiting).limit(1)).first()
    if found is not None:
        at_once = update(row).where(*waiting).values(try_at=now, put_off_at=now)
        store.transact(lambda unit: unit.session.execute(at_once), now)


def _messages(workflows: Collection[str]) -> set[Handed]:
    return {message for workflow in workflows for message in messages_of(workflow)}


def _overdue(store: Store, now: datetime) -> set[Handed]:
    """Return messages that were handed over and should have been tried long ago, whatever became of them."""
    row = t.OutboxRow
    with store.read() as session:
        found = session.execute(
            select(row.id, row.relays).where(
                row.status == "pending", row.relayed_at < now - OVERDUE, row.try_at < now - OVERDUE
            )
        )
        return {Handed(outbox_id, relays) for outbox_id, relays in found}

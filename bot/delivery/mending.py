"""What the delivery engine has lost is handed over again: the outbox is the truth, the engine is not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.delivery.relay import outbox_id_of, workflow_id
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

OVERDUE = timedelta(minutes=10)
LOOKED_AT = 500  # at once

Stuck = Callable[[UnitOfWork, int], None]


def hand_over_again(
    store: Store, ended: Collection[str], active: Callable[[list[str]], set[str]], stuck: Stuck, now: datetime
) -> int:
    """Give the relay again what the engine gave up or does not know; return how many messages.

    Args:
        ended: workflows that ended without having settled their message.
        active: returns those of some workflows that the engine has still to do.
        stuck: told of it in the same commit.
    """
    lost, overdue = set(ended), _overdue(store, now)
    for first in range(0, len(overdue), LOOKED_AT):
        some = overdue[first : first + LOOKED_AT]
        lost |= set(some) - active(some)
    if not lost:
        return 0

    def mend(unit: UnitOfWork) -> int:
        rows = unit.session.scalars(
            select(t.OutboxRow)
            .where(t.OutboxRow.id.in_(map(outbox_id_of, lost)), t.OutboxRow.status == "pending")
            .with_for_update()
        )
        mine = [row for row in rows if row.relayed_at and workflow_id(row.id, row.relays) in lost]
        for row in mine:
            row.relayed_at = None
        if mine:
            stuck(unit, len(mine))
        return len(mine)

    return store.transact(mend, now)


def _overdue(store: Store, now: datetime) -> list[str]:
    """Return the workflows of messages that should have been tried long ago, whatever became of them."""
    row = t.OutboxRow
    with store.read() as session:
        found = session.execute(
            select(row.id, row.relays).where(
                row.status == "pending", row.relayed_at < now - OVERDUE, row.try_at < now - OVERDUE
            )
        )
        return sorted(workflow_id(outbox_id, relays) for outbox_id, relays in found)

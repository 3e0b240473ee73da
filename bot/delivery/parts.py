"""A long message goes in parts: each that has arrived is recorded before the next one goes.

So a process that ends between two of them repeats at most the one that was under way.
"""

from __future__ import annotations

import structlog
from sqlalchemy import update

from bot.clock import Clock
from bot.store import tables as t
from bot.store.store import Store
from bot.store.trouble import DATABASE_TROUBLE

log = structlog.get_logger(__name__)


class Parts:
    """Records parts; safe to share between threads."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        self._now = now

    def arrived(self, outbox_id: int, count: int) -> None:
        """Note that the first ``count`` parts have arrived; while the database is away the rest goes, too."""
        row = t.OutboxRow
        note = update(row).where(row.id == outbox_id, row.arrived < count).values(arrived=count)
        try:
            self._store.transact(lambda unit: unit.session.execute(note), self._now())
        except DATABASE_TROUBLE as error:
            log.warning("a part is not recorded", outbox_id=outbox_id, error=type(error).__name__)

"""Attachments end: so long after the ticket that they were sent about, their files are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.store.attachments import AttachmentStore
from bot.store.store import Store

log = structlog.get_logger(__name__)

BATCH = 100


class Expiry:
    """Deletes what is kept no longer; safe to run in several processes at once.

    Args:
        folder: of attachments.
        kept_for: after the ticket ended, or the message where there was none.
    """

    def __init__(self, store: Store, folder: Path, kept_for: timedelta) -> None:
        self._store = store
        self._folder = folder
        self._kept_for = kept_for

    def run(self, clock: Clock) -> int:
        """Delete what is due; return how many attachments that were.

        The file goes first: what a crash leaves is done again.
        """
        now, done = clock(), 0
        while expired := self._due(now):
            for attachment_id, path in expired.items():
                if path is not None:
                    (self._folder / path).unlink(missing_ok=True)
                self._store.transact(lambda unit, one=attachment_id: unit.attachments.forget(one), now)  # type: ignore[misc]
            done += len(expired)
            log.info("attachments deleted", count=len(expired))
        return done

    def _due(self, now: datetime) -> dict[int, str | None]:
        with self._store.read() as session:
            return AttachmentStore(session, now).expired(now - self._kept_for, BATCH)

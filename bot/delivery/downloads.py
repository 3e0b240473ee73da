"""Attachments are fetched at once after the receipt and kept as files; platforms hold them for days only.

A row made with the message says what is to be fetched, so that a crash or a platform that is away delays an
attachment and loses none. Files lie in a folder of their own that only this program's user can read, outside
of everything that is served; they are shown to support only, and not those that could do harm there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

import structlog

from bot.delivery.screening import Screened, screen
from bot.log import places
from bot.messages import Fetched
from bot.store.attachments import Expected, Stored
from bot.store.store import Store, UnitOfWork

log = structlog.get_logger(__name__)

FOLDER = "attachments"  # below HOTLINE_DATA
BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))
ATTEMPTS = 12  # then it is given up: about four hours
BATCH = 50  # then somebody else has a turn

TOO_LARGE = "too_large"


@runtime_checkable
class Fetcher(Protocol):
    """What a channel offers whose messages carry attachments."""

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        """Fetch what ``Attachment.reference`` names; called in a thread, never raises for what is answered.

        Args:
            limit: in bytes; what is larger ends as ``Fetched(error="too_large", is_lost=True)``, best before
                it is downloaded.
        """


Told = Callable[[UnitOfWork, int, str], None]


class Downloads:
    """Fetches what is due; safe to run in several processes at once.

    Args:
        lost: told, in the same commit, of a message (by its inbox id) whose attachment can't be had, and why.
        withheld: told likewise of one whose attachment is kept and not shown, and why.
    """

    def __init__(
        self,
        store: Store,
        fetchers: Mapping[str, Fetcher],
        folder: Path,
        limit: int,
        lost: Told,
        withheld: Told,
    ) -> None:
        self._store = store
        self._fetchers = fetchers
        self._folder = folder
        self._limit = limit
        self._lost = lost
        self._withheld = withheld

    def run(self, clock: Callable[[], datetime]) -> int:
        """Fetch what is due; return how many attempts were made."""
        for done in range(BATCH):
            expected = self._store.transact(lambda unit: unit.attachments.claim(), clock())
            if expected is None:
                return done
            self._one(expected, clock)
        return BATCH

    def _one(self, expected: Expected, clock: Callable[[], datetime]) -> None:
        fetched = self._fetch(expected)
        content = fetched.content
        if content is None:
            self._failed(expected, fetched, clock())
        elif len(content) > self._limit:
            self._failed(expected, Fetched(error=TOO_LARGE, is_lost=True), clock())
        else:
            name = expected.name or fetched.name
            self._keep(expected, content, screen(content, name), name, clock())

    def _fetch(self, expected: Expected) -> Fetched:
        fetcher = self._fetchers.get(expected.channel)
        if fetcher is None:
            return Fetched(error="no_channel")
        try:
            return fetcher.fetch(expected.account, expected.reference, self._limit)
        except Exception as error:  # noqa: BLE001 - a boundary: it records, and the others are fetched
            log.error(
                "fetching failed", attachment=expected.id, error=type(error).__name__, where=places(error)
            )
            return Fetched(error=type(error).__name__)

    def _failed(self, expected: Expected, fetched: Fetched, now: datetime) -> None:
        error = (fetched.error or "unknown")[:64]
        is_lost = fetched.is_lost or expected.attempts >= ATTEMPTS
        log.warning("attachment not fetched", attachment=expected.id, error=error, is_lost=is_lost)
        backoff = BACKOFF[min(expected.attempts, len(BACKOFF)) - 1]

        def note(unit: UnitOfWork) -> None:
            if is_lost:
                self._lost(unit, unit.attachments.give_up(expected.id, error), error)
            else:
                unit.attachments.retry(expected.id, error, fetched.retry_at or now + backoff)

        self._store.transact(note, now)

    def _keep(self, expected: Expected, content: bytes, found: Screened, name: str, now: datetime) -> None:
        path = f"{now:%Y-%m}/{expected.id}{found.suffix}"
        try:
            _write(self._folder / path, content)
        except OSError as error:
            self._failed(expected, Fetched(error=f"disk: {error.strerror}"), now)
            return

        def note(unit: UnitOfWork) -> None:
            kept = Stored(path, found.media_type, len(content), name, found.withheld)
            inbox_id = unit.attachments.keep(expected.id, kept)
            if found.withheld is not None:
                self._withheld(unit, inbox_id, found.withheld)

        self._store.transact(note, now)


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_suffix(f"{file.suffix}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)

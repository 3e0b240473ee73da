"""Which workers are alive: on PostgreSQL each holds an advisory lock, which ends with its connection."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

LOOKS = 3
FAMILY = 0x686F746C  # 'hotl': our advisory locks among others in the database


class Presence:
    """This process's sign of life, and its look at those of others. Not to be shared between threads.

    Args:
        engine: of the database that all processes share; on SQLite there is but one process.
    """

    def __init__(self, engine: Engine, identity: str) -> None:
        self._engine = engine
        self._identity = identity
        self._is_shared = engine.dialect.name != "sqlite"
        self._connection: Connection | None = None
        self._missed: Counter[str] = Counter()

    def hold(self) -> None:
        """Show that this process lives; after a lost connection, again."""
        if not self._is_shared:
            return
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except SQLAlchemyError:
            log.warning("the connection that shows this worker's life was lost; it is made anew")
            self.release()
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        is_ours = False
        try:
            is_ours = self._take(self._identity)
        finally:
            if not is_ours:  # lost again, or somebody looks at this very moment whether we live
                self.release()

    def dead(self, identities: Collection[str]) -> set[str]:
        """Return which of these processes have ended: those that `LOOKS` looks in a row have missed.

        So one that lost its connection, as all do when the database restarts, has time to show itself again.
        """
        others = set(identities) - {self._identity}
        if not self._is_shared:
            return others
        try:
            free = [other for other in others if self._is_free(other)]
        except SQLAlchemyError:  # the next `hold` connects anew
            self.release()
            raise
        self._missed = Counter({other: self._missed[other] + 1 for other in free})
        return {other for other, looks in self._missed.items() if looks >= LOOKS}

    def release(self) -> None:
        """Let go: whoever looks now finds this process ended."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()

    def _is_free(self, identity: str) -> bool:
        if not self._take(identity):
            return False
        assert self._connection is not None  # noqa: S101 - taken through it
        self._connection.execute(text("SELECT pg_advisory_unlock(:family, :key)"), _key(identity))
        return True

    def _take(self, identity: str) -> bool:
        if self._connection is None:
            return False
        found = self._connection.execute(text("SELECT pg_try_advisory_lock(:family, :key)"), _key(identity))
        return bool(found.scalar())


def _key(identity: str) -> dict[str, int]:
    return {"family": FAMILY, "key": zlib.crc32(identity.encode()) - 2**31}

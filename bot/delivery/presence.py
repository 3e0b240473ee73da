"""Which workers are alive: on PostgreSQL each holds an advisory lock, which ends with its connection.

A second lock, which all of them share while they send, keeps migrations off: who wants to migrate waits for
it, they see that, record what they are sending and make way.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engine import FAMILY, RELAYING, SENDING, WRITING

log = structlog.get_logger(__name__)

LOOKS = 3
OURS = """
    FROM pg_locks WHERE locktype = 'advisory' AND classid = :family
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
WORKERS = text(f"SELECT count(*) {OURS} AND objid NOT IN (:relaying, :writing, :sending) AND granted")
IS_WAITED_FOR = text(f"SELECT EXISTS (SELECT {OURS} AND objid = :sending AND NOT granted)")
SHARE = text("SELECT pg_try_advisory_lock_shared(:family, :sending)")
LET_GO = text("SELECT pg_advisory_unlock_shared(:family, :sending)")
LOCKS = {"family": FAMILY, "relaying": RELAYING, "writing": WRITING, "sending": SENDING}


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
        self._may_send = not self._is_shared

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

    def may_send(self) -> bool:
        """Tell whether this process may go on sending; not while somebody waits to migrate, or does."""
        if not self._is_shared:
            return True
        if self._connection is None or self._ask(IS_WAITED_FOR):
            return False
        self._may_send = self._may_send or self._ask(SHARE)
        return self._may_send

    def make_way(self) -> None:
        """Let a migration begin: nothing is being sent here, and all that was sent is recorded."""
        if self._may_send and self._is_shared and self._connection is not None:
            self._may_send = not self._ask(LET_GO)

    def workers(self) -> int:
        """Return how many processes deliver."""
        return int(self._ask(WORKERS)) if self._is_shared and self._connection is not None else 1

    def _ask(self, question: TextClause) -> Any:
        assert self._connection is not None  # noqa: S101 - asked through it
        try:
            return self._connection.execute(question, LOCKS).scalar()
        except SQLAlchemyError:  # the next `hold` connects anew
            self.release()
            raise

    def release(self) -> None:
        """Let go: whoever looks now finds this process ended."""
        self._may_send = not self._is_shared
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

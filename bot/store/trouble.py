"""What tells of the database's own trouble, and not of what was asked of it: the same may go well later."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

T = TypeVar("T")
ATTEMPTS = 5  # of what the database rolled back for a deadlock
RETRIED_STATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock detected
# It is away, locked (who waits too long is told 55P03, an OperationalError) or full. InternalError is what
# PostgreSQL says where the disk's quota is used up (XX000), and where it was set to take no writes for now
# (25006), as hosters do before a disk is full. NoConnection: all of them wait for a server that is silent.
DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError, NoConnection)
LOCKED = "55P03"
# PostgreSQL: a statement after one that failed; a value or statement beyond a limit, as of an index's rows.
OURS = ("25P02", "54")


def is_trouble(error: BaseException | None) -> bool:
    """Whether an error is the database's own trouble, and no fault in what was asked that looks like it."""
    if not isinstance(error, DATABASE_TROUBLE):
        return False
    origin = getattr(error, "orig", None)
    if getattr(origin, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:  # no such table, bad syntax
        return False
    return not (getattr(origin, "sqlstate", None) or "").startswith(OURS)


def is_locked(error: BaseException) -> bool:
    """Whether what was asked of the database waited too long for a lock that somebody else holds."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == LOCKED


def retried(transaction: Callable[[], T]) -> T:
    """Run a whole transaction; once more when the database chose it as a deadlock's victim."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return transaction()
        except DBAPIError as error:
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                raise
    raise AssertionError("unreachable")

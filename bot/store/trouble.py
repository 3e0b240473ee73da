"""What tells of the database's own trouble, and not of what was asked of it: the same may go well later."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

# It is away, locked or full. InternalError is what PostgreSQL says where the disk's quota is used up (XX000),
# and where it was set to take no writes for now (25006), as hosters do before a disk is full.
DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
# PostgreSQL: a statement after one that failed; a value or statement beyond a limit, as of an index's rows.
OURS = ("25P02", "54")


def is_trouble(error: BaseException | None) -> bool:
    """Whether an error is the database's own trouble, and no fault in what was asked that looks like it."""
    if not isinstance(error, DATABASE_TROUBLE):
        return False
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:  # no such table, bad syntax
        return False
    return not (getattr(error.orig, "sqlstate", None) or "").startswith(OURS)

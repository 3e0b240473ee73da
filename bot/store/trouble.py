"""What tells of the database's own trouble, and not of what was asked of it: the same may go well later."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

# It is away, locked or full. InternalError is what PostgreSQL says where the disk's quota is used up (XX000),
# and where it was set to take no writes for now (25006), as hosters do before a disk is full.
DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)

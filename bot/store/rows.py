"""Rows that several processes may make at the same time."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.store.tables import Base


def insert_or_ignore(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that does nothing where the row is there already."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()

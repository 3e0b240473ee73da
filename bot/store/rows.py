"""Rows that several processes may make at the same time."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.store.tables import Base, table_of


def insert_or_ignore(session: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that does nothing where the row is there already."""
    return _insert_or_ignore(session.get_bind().dialect.name, table)


def made(session: Session, table: type[Base], values: dict[str, Any]) -> Any:
    """Insert a row and return its key, the first column of it; None where it is there already."""
    return session.scalars(_returning_key(session.get_bind().dialect.name, table), values).first()


@cache
def _insert_or_ignore(dialect: str, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table_of(table)).on_conflict_do_nothing()
    return postgresql.insert(table_of(table)).on_conflict_do_nothing()


@cache
def _returning_key(dialect: str, table: type[Base]) -> Any:
    return _insert_or_ignore(dialect, table).returning(*table_of(table).primary_key.columns)

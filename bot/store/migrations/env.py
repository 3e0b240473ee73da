"""Alembic's environment: migrates over the connection that `bot.store.migrate` hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.store.tables import Base, Utc


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types into a migration as what they are in the database."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Base.type_annotation_map[list[Any]]:
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item)
with context.begin_transaction():
    context.run_migrations()

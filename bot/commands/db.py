"""`hotline db`: the database's schema."""

from __future__ import annotations

import click

from bot import settings
from bot.app import connect
from bot.store import migrate


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.option("--db", "database_url", metavar="URL", help="database address; default: HOTLINE_DATABASE_URL")
def upgrade(database_url: str | None) -> None:
    """Bring the database to the schema of this version of the program."""
    store = connect(settings.load(database_url=database_url))
    try:
        before = migrate.current(store.engine)
        migrate.upgrade(store.engine)
        after = migrate.head()
        click.echo(
            f"{store.address}: schema {after}"
            + (", nothing to do" if before == after else f" (was {before})")
        )
    finally:
        store.close()

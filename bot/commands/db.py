"""`hotline db`: schema, backup and restore."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from bot import clock, settings
from bot.commands.output import DB_OPTION
from bot.delivery.alone import alone
from bot.opening import connect
from bot.store import backup as backups
from bot.store import migrate

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@DB_OPTION
def upgrade(database_url: str | None) -> None:
    """Bring the database to the schema of this version of the program.

    On PostgreSQL the workers of the version before record what they are sending, then end; a SQLite file must
    not be in use.
    """
    loaded = settings.load(database_url=database_url)
    with alone(loaded.database_url), closing(connect(loaded, is_held=True)) as store:
        before = migrate.current(store.engine)
        migrate.upgrade(store.engine)
        after = migrate.head()
        click.echo(
            f"{store.address}: schema {after}"
            + (", nothing to do" if before == after else f" (was {before})")
        )


@db.command()
@click.argument("file", type=FILE)
@DB_OPTION
def backup(file: Path, database_url: str | None) -> None:
    """Copy the SQLite database into FILE, a new one, while the service runs.

    Attachments are files of their own: copy the folder HOTLINE_DATA too. PostgreSQL: use pg_dump.
    """
    size = backups.backup(settings.load(database_url=database_url).database_url, file)
    click.echo(f"{file}: {size:,} bytes, checked")


@db.command()
@click.argument("file", type=FILE)
@DB_OPTION
def restore(file: Path, database_url: str | None) -> None:
    """Put the backup FILE in the place of the SQLite database; stop the service first.

    The database that was there is kept beside it, under a name with the time. PostgreSQL: use pg_restore.
    """
    url = settings.load(database_url=database_url).database_url
    with alone(url):
        kept = backups.restore(url, file, clock.now())
    click.echo(f"restored from {file}" + (f"; what was there is now {kept}" if kept else ""))

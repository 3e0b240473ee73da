"""Migrations: bring a database to the schema that this version of the program writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from bot.errors import StoreError
from bot.store.engine import HOLD_REVISION, MIGRATE_ALONE, WAIT_FOR_SENDING, limit_waiting

PATIENCE_S = 90  # for who sends (a platform may take half a minute), who writes, or another migration
FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """Return alembic's configuration for one open connection."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """Return the newest revision that this version of the program knows."""
    return _head(ScriptDirectory(str(FOLDER)))


def is_known(revision: str) -> bool:
    """Tell whether this version of the program knows a revision, and can migrate from it."""
    return revision in _known(ScriptDirectory(str(FOLDER)))


def current(engine: Engine) -> str | None:
    """Return the database's revision, None for an empty database."""
    with engine.execution_options(readonly=True).connect() as connection:
        limit_waiting(connection, PATIENCE_S)
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Migrate to the newest revision.

    Raises:
        StoreError: the database was written by a newer version of the program; nothing is touched.
    """
    if is_current(engine):
        return
    with _alone(engine) as connection:
        command.upgrade(config(connection), "head")


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Migrate back to ``revision``."""
    with _alone(engine) as connection:
        command.downgrade(config(connection), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Open a transaction while nobody else sends or writes; see `Store.check_schema`.

    Raises:
        StoreError: a worker goes on sending, or somebody writing.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            try:
                limit_waiting(connection, PATIENCE_S)
                connection.exec_driver_sql(WAIT_FOR_SENDING)
                connection.exec_driver_sql(MIGRATE_ALONE)
                if inspect(connection).has_table("alembic_version"):
                    connection.exec_driver_sql(HOLD_REVISION)
            except OperationalError as error:
                raise StoreError(
                    f"the processes on this database did not pause within {PATIENCE_S} s, and nothing was "
                    "changed: stop those that hang, and try again"
                ) from error
        yield connection


def check_not_newer(engine: Engine) -> None:
    """Raise `StoreError` if the database's revision is unknown to this version of the program."""
    is_current(engine)


def check_current(engine: Engine) -> None:
    """Raise `StoreError`, saying what to do, if the database is not at the newest revision."""
    if not is_current(engine):
        raise StoreError("the database's schema is older than this program; run `hotline db upgrade`")


def is_current(engine: Engine) -> bool:
    """Tell whether the database is at the newest revision; raise `StoreError` if it is at an unknown one."""
    revision = current(engine)
    scripts = ScriptDirectory(str(FOLDER))  # reads every migration: once is enough
    if revision == _head(scripts):
        return True
    if revision is not None and revision not in _known(scripts):
        raise StoreError(
            f"the database has schema {revision}, which is newer than this program; upgrade it first"
        )
    return False


def _head(scripts: ScriptDirectory) -> str:
    revision = scripts.get_current_head()
    assert revision is not None  # noqa: S101 - the package ships its migrations
    return revision


def _known(scripts: ScriptDirectory) -> set[str]:
    return {script.revision for script in scripts.walk_revisions()}

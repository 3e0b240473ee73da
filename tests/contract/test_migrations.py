"""Migrations on both databases: they make what the program writes, and go back again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from bot.errors import StoreError
from bot.opening import open_store
from bot.settings import Settings
from bot.store import engine as engines
from bot.store import migrate
from bot.store.tables import Base


def test_the_migrations_make_exactly_the_tables_of_the_program(database_url: str) -> None:
    engine = engines.create(database_url)
    migrate.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert migrate.current(engine) == migrate.head()
    engine.dispose()


def test_the_migrations_go_back_and_forth(database_url: str) -> None:
    engine = engines.create(database_url)
    migrate.upgrade(engine)
    migrate.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}

    migrate.upgrade(engine)
    migrate.check_current(engine)
    engine.dispose()


def test_a_database_of_a_newer_program_is_not_touched(database_url: str) -> None:
    engine = engines.create(database_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))

    with pytest.raises(StoreError, match="newer than this program"):
        migrate.upgrade(engine)
    with pytest.raises(StoreError, match="newer than this program"):
        migrate.check_current(engine)
    engine.dispose()


def test_a_database_of_an_older_program_says_what_to_do(database_url: str) -> None:
    engine = engines.create(database_url)

    with pytest.raises(StoreError, match="hotline db upgrade"):
        migrate.check_current(engine)
    engine.dispose()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list open files")
def test_a_database_that_is_refused_is_let_go(tmp_path: Path) -> None:
    file = tmp_path / "newer.db"
    engine = engines.create(f"sqlite:///{file}")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    engine.dispose()

    with pytest.raises(StoreError, match="newer than this program") as refused:
        open_store(Settings(database_url=f"sqlite:///{file}"))

    assert refused.tb is not None  # what failed is still at hand, and yet nothing of the file is open
    assert not [number for number in os.listdir("/proc/self/fd") if _is_open(number, file)]


def _is_open(number: str, file: Path) -> bool:
    return os.path.realpath(f"/proc/self/fd/{number}").startswith(str(file))

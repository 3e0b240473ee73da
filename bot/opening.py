"""Opening the database of the settings: what is there is looked at before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.delivery.alone import alone
from bot.desk.policy import TicketPolicy
from bot.errors import SettingError, StoreError
from bot.settings import Settings
from bot.store import engine as engines
from bot.store import files, migrate
from bot.store.store import Store, cause, sqlite_file
from bot.watch.policy import policy_of
from bot.workdays import FILE_NAME, load_workdays


def open_store(settings: Settings, *, is_held: bool = False) -> Store:
    """Open the database of the settings: SQLite is made and migrated, PostgreSQL must be migrated by hand.

    Args:
        is_held: see `connect`.

    Raises:
        StoreError: it can't be reached, is damaged, or its schema is not this program's and can't be made so:
            it is newer, PostgreSQL's, or in the hands of a service.
        SettingError: the address is wrong.
    """
    store = connect(settings, is_held=is_held)
    with _closed_on_failure(store):
        try:
            if sqlite_file(settings.database_url) is not None:
                _migrate(store, settings.database_url, is_held=is_held)
            else:
                migrate.check_current(store.engine)
            store.guard(migrate.head())
        except DBAPIError as error:  # a full disk, a file or a database that may only be read
            why = f"HOTLINE_DATABASE_URL: {store.address} failed: {cause(error)}"
            raise StoreError(why) from error
    return store


@contextmanager
def _closed_on_failure(store: Store) -> Iterator[None]:
    with ExitStack() as stack:
        stack.callback(store.close)
        yield
        stack.pop_all()


def connect(settings: Settings, *, is_held: bool = False) -> Store:
    """Connect to the database of the settings, whatever its schema; a SQLite store is made where none is.

    Args:
        is_held: by this process (`bot.delivery.alone`), which will write for days: a SQLite file is read
            through first, and nothing is written, its journal neither taken in nor deleted, if it is damaged.

    Raises:
        StoreError: it can't be reached, or is damaged, emptied or gone.
        SettingError: the address is wrong.
    """
    url = settings.database_url
    file = sqlite_file(url)
    workdays = load_workdays(settings.data / FILE_NAME)
    if file is not None:
        file = file.resolve()  # whatever link led to it: its journal lies beside the file itself
        if not file.parent.is_dir():
            raise SettingError(f"HOTLINE_DATABASE_URL: there is no folder {file.parent}")
        files.check(file)
        if not file.exists():
            with nullcontext() if is_held else alone(url):
                _make(file)
        elif is_held:
            files.take_back(file)
            with closing(Store(url, workdays, looks_only=True)) as looked:
                looked.check_sound()
    rules = TicketPolicy(
        timedelta(days=settings.reopen_days), settings.update_minutes, 60 * settings.follow_up_hours
    )
    store = Store(url, workdays, policy_of(settings), rules)
    with _closed_on_failure(store):
        store.ping()
    return store


def _make(file: Path) -> None:
    """Make a store: under its name it is whole, so that an empty file is never one that was just begun."""
    if file.exists():  # meanwhile
        return
    with files.new_file(file) as half:  # private: it will hold customers' words (5.2)
        made = engines.create(f"sqlite:///{half}")
        try:
            migrate.upgrade(made)
        except DBAPIError as error:  # a full disk
            raise StoreError(f"HOTLINE_DATABASE_URL: {file} can't be made: {cause(error)}") from error
        finally:
            engines.close(made)


def _migrate(store: Store, url: str, *, is_held: bool) -> None:
    """Migrate a SQLite file, but not under a service of an older version, which is sending."""
    if migrate.is_current(store.engine):
        return
    try:
        with nullcontext() if is_held else alone(url):
            migrate.upgrade(store.engine)
    except StoreError as error:
        raise StoreError(f"the database's schema is older than this program: {error}") from error

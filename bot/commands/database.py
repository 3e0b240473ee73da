"""The database that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from bot import settings
from bot.opening import open_store
from bot.store.store import Store


@contextmanager
def opened(database_url: str | None) -> Iterator[Store]:
    """Open the database of that address (None: of the settings), and close it at the end.

    Raises:
        SettingError: the address is wrong.
        StoreError: it can't be reached, or its schema is not this program's.
    """
    with closing(open_store(settings.load(database_url=database_url))) as store:
        yield store

"""Messages of the outbox, seen to one by one: what goes wrong with one keeps none of the others waiting."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Select

from bot.errors import SchemaMoved
from bot.log import places
from bot.store.store import Store, UnitOfWork
from bot.store.trouble import is_locked, is_trouble

log = structlog.get_logger(__name__)


class Work(Protocol):
    """What is done with a message, by its id."""

    def __call__(self, unit: UnitOfWork, outbox_id: int) -> None: ...


def see_to(
    store: Store,
    wanted: Select[int],
    work: Work,
    now: datetime,
    failed: str,
    patience_s: float | None = None,
) -> int:
    """See to the messages of a query, each in its own transaction; return how many there were.

    Args:
        wanted: the ids.
        failed: what the log calls it where one can't be seen to, by its own fault or for a lock.
        patience_s: for a lock; None: as long as any transaction waits.

    Raises:
        SchemaMoved: a newer program has migrated the database.
        DBAPIError: the database itself fails.
    """
    with store.read() as session:
        found: list[int] = sorted(session.scalars(wanted))
    for outbox_id in found:
        try:
            store.transact(partial(work, outbox_id=outbox_id), now, patience_s)
        except Exception as error:
            if isinstance(error, SchemaMoved) or (is_trouble(error) and not is_locked(error)):
                raise
            log.error(failed, outbox_id=outbox_id, error=type(error).__name__, where=places(error))
    return len(found)

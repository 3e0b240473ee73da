"""Messages that wait until their customer writes: for a while, and not without anybody knowing."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select

from bot.delivery.settlement import Settlement
from bot.dialogue.told import NUDGED
from bot.errors import SchemaMoved
from bot.log import places
from bot.store import tables as t
from bot.store.store import Store
from bot.store.trouble import is_locked, is_trouble

log = structlog.get_logger(__name__)

HEEDED = timedelta(hours=2)  # in which whoever was asked to write should have
GIVEN_UP = timedelta(days=3)  # what is older says nothing that still holds
AT_ONCE = 1000


def look_through(store: Store, settlement: Settlement, now: datetime) -> int:
    """Tell support of those whose customer does not heed the notice, fail the old ones; return how many."""
    row = t.OutboxRow
    unheeded = and_(row.error == NUDGED, row.created_at < now - HEEDED)
    waiting = select(row.id).where(row.status == "held", or_(unheeded, row.created_at < now - GIVEN_UP))
    with store.read() as session:
        found = sorted(session.scalars(waiting.limit(AT_ONCE)))
    for outbox_id in found:
        try:
            store.transact(lambda unit: settlement.wait_no_longer(unit, outbox_id, now - GIVEN_UP), now)  # noqa: B023
        except Exception as error:
            if isinstance(error, SchemaMoved) or (is_trouble(error) and not is_locked(error)):
                raise  # else it is this message's, and must not keep the others waiting
            name = type(error).__name__
            log.error("a held message waits on", outbox_id=outbox_id, error=name, where=places(error))
    return len(found)

"""Messages that wait until their customer writes: for a while, and not without anybody knowing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, or_, select

from bot.delivery.one_by_one import see_to
from bot.delivery.settlement import Settlement
from bot.dialogue.told import NUDGED
from bot.store import tables as t
from bot.store.store import Store

HEEDED = timedelta(hours=2)  # in which whoever was asked to write should have
GIVEN_UP = timedelta(days=3)  # what is older says nothing that still holds
AT_ONCE = 1000


def look_through(store: Store, settlement: Settlement, now: datetime) -> int:
    """Tell support of those whose customer does not heed the notice, fail the old ones; return how many."""
    row = t.OutboxRow
    unheeded = and_(row.error == NUDGED, row.created_at < now - HEEDED)
    waiting = select(row.id).where(row.status == "held", or_(unheeded, row.created_at < now - GIVEN_UP))
    given_up = partial(settlement.wait_no_longer, before=now - GIVEN_UP)
    return see_to(store, waiting.limit(AT_ONCE), given_up, now, "a held message waits on")

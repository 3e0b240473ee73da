"""Messages to a platform that is no longer in the settings: they fail after a while, and support phones."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select

from bot.delivery.outbox import Courier
from bot.delivery.relay import Handed
from bot.delivery.settlement import Sent
from bot.messages import Outcome, Receipt
from bot.store import tables as t
from bot.store.store import Store

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=30)  # another process, with other settings, may still come to send them
URGENT_GRACE = timedelta(minutes=5)
AT_ONCE = 1000
ACCOUNT_GONE = Receipt(Outcome.FAILED, error="account")


def give_up(store: Store, courier: Courier, now: datetime) -> set[Handed]:
    """Fail for good what has waited long for a platform to which the courier knows no way.

    Returns:
        Those of these messages that the delivery engine was to send.
    """
    row = t.OutboxRow
    has_waited = [
        and_(
            row.urgent.is_(urgent),
            row.try_at < now - grace,
            or_(row.relayed_at.is_(None), row.relayed_at < now - grace),
        )
        for urgent, grace in ((False, GRACE), (True, URGENT_GRACE))
    ]
    stranded = (
        select(row.id, row.relays, row.inbox_id)
        .join(t.ChatRow, t.ChatRow.id == row.chat_id)
        .where(row.status == "pending", t.ChatRow.channel.not_in(courier.channels), or_(*has_waited))
        .limit(AT_ONCE)  # in no order: by the key all that was ever sent would be read
    )
    with store.read() as session:
        found = sorted(session.execute(stranded).all())
    for outbox_id, _, message in found:
        courier.finish(Sent(outbox_id, ACCOUNT_GONE, now, message))
    if found:
        log.error("messages to a platform that is not in the settings failed", messages=len(found))
    return {Handed(outbox_id, relays) for outbox_id, relays, _ in found if relays}

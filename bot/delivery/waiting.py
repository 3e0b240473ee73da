"""Received messages that could not be handled for long: support must hear of them, whatever the reason is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

LONG = timedelta(minutes=5)

Tell = Callable[[UnitOfWork, int, list[int]], None]


def tell_of_waiting(store: Store, tell: Tell, now: datetime) -> int:
    """Have support told, once of each message, that it waits; return how many chats there are such in.

    Args:
        tell: told, in the same commit, in how many chats messages wait, and their numbers.
    """
    row = t.InboxRow
    at = row.received_at  # of the future: the clock was set back
    late = (row.status == "received", or_(at < now - LONG, at > now + LONG), row.late_at.is_(None))
    with store.read() as session:  # the usual case is that there is none
        found = session.execute(select(row.id, row.chat_id).where(*late)).all()
    if not found:
        return 0
    numbers, chats = sorted(number for number, _ in found), {chat for _, chat in found}

    def note(unit: UnitOfWork) -> None:
        noted = update(row).where(row.id.in_(numbers), *late).values(late_at=now).returning(row.id)
        if told := sorted(unit.session.scalars(noted)):
            tell(unit, len(chats), told)

    store.transact(note, now)
    return len(chats)

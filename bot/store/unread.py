"""What platforms sent and the program could not read, kept as it came."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.messages import Unread
from bot.store import rows
from bot.store import tables as t


def keep(session: Session, update: Unread, now: datetime) -> int | None:
    """Keep an update and return its number; None if it is kept already."""
    return rows.made(session, t.UnreadRow, {**asdict(update), "received_at": now})


def count(session: Session) -> int:
    """Return how many are kept."""
    return session.scalar(select(func.count()).select_from(t.UnreadRow)) or 0

"""What platforms sent and the program could not read, kept as it came."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.messages import Unread
from bot.store import rows
from bot.store import tables as t


class Found(NamedTuple):
    """An update that is kept: where and when it came, and why it could not be read."""

    id: int
    channel: str
    account: str
    error: str
    received_at: datetime


def keep(session: Session, update: Unread, now: datetime) -> int | None:
    """Keep an update and return its number; None if it is kept already."""
    made: int | None = rows.made(session, t.UnreadRow, {**asdict(update), "received_at": now})
    return made


def count(session: Session) -> int:
    """Return how many are kept."""
    return session.scalar(select(func.count()).select_from(t.UnreadRow)) or 0


def listed(session: Session) -> list[Found]:
    """Return what is kept, the earliest first."""
    columns = (getattr(t.UnreadRow, name) for name in Found._fields)
    return [Found(*row) for row in session.execute(select(*columns).order_by(t.UnreadRow.id))]


def body(session: Session, number: int) -> str | None:
    """Return an update as it came; None where none is kept under that number."""
    return session.scalars(select(t.UnreadRow.body).where(t.UnreadRow.id == number)).first()


def drop(session: Session, number: int) -> bool:
    """Keep an update no longer; tell whether it was there."""
    dropped = delete(t.UnreadRow).where(t.UnreadRow.id == number).returning(t.UnreadRow.id)
    return session.scalars(dropped).first() is not None

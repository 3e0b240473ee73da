"""Edits of files that every process follows: support is told of each by one of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.store import tables as t
from bot.store.rows import insert_or_ignore


def is_news(session: Session, what: str, version: str) -> bool:
    """Note the version of a file; return whether this process is the first to see it.

    Who asks at the same time waits for the end of this unit of work.
    """
    session.execute(insert_or_ignore(session, t.EditRow), {"what": what, "version": ""})
    row = session.get_one(t.EditRow, what, with_for_update=t.LOCK, populate_existing=True)
    if row.version == version:
        return False
    row.version = version
    return True

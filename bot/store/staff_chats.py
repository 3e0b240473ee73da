"""Where support is told of what happens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store import tables as t

GROUPS = select(t.ChatRow.id, t.ChatRow.channel, t.ChatRow.account).where(t.STAFF_CHAT)
MEMBERS = (
    select(t.ContactRow, t.ChatRow.id)
    .outerjoin(
        t.ChatRow,
        (t.ChatRow.channel == t.ContactRow.channel)
        & (t.ChatRow.account == t.ContactRow.account)
        # On every platform the private chat with a person bears the person's own id.
        & (t.ChatRow.chat == t.ContactRow.user)
        & (t.ChatRow.kind == "private"),
    )
    .where(t.STAFF_CONTACT)
)


def staff_chats(session: Session) -> list[int]:
    """Return the staff chats, and the own chats of the members who are on no account that has one."""
    groups = session.execute(GROUPS).all()
    where = {(channel, account) for _, channel, account in groups}
    members = _members(session)
    reached = {who for who, place, _ in members if place in where}
    own = {chat for who, _, chat in members if chat is not None and who not in reached}
    return sorted(own.union(group.id for group in groups))


def was_told(session: Session, text: str, since: datetime) -> bool:
    """Return whether a line was said in any staff chat after an instant."""
    row = t.OutboxRow
    said = select(row.id).where(
        row.chat_id.in_(staff_chats(session)), row.created_at > since, row.text == text
    )
    return session.scalars(said.limit(1)).first() is not None


def _members(session: Session) -> list[tuple[str, tuple[str, str], int | None]]:
    """Return who is a member, on which account, and their own chat there, for each identity."""
    rows = session.execute(MEMBERS)
    return [
        (
            f"person:{row.person_id}" if row.person_id else f"contact:{row.id}",
            (row.channel, row.account),
            chat,
        )
        for row, chat in rows
    ]

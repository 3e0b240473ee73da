"""Where support is told of what happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.store import tables as t

CHAT, CONTACT = t.table_of(t.ChatRow).c, t.table_of(t.ContactRow).c
GROUPS = select(CHAT.id, CHAT.channel, CHAT.account).where(t.STAFF_CHAT)
MEMBERS = (
    select(CONTACT.id, CONTACT.person_id, CONTACT.channel, CONTACT.account, CHAT.id.label("chat"))
    .outerjoin_from(
        t.table_of(t.ContactRow),
        t.table_of(t.ChatRow),
        (CHAT.channel == CONTACT.channel)
        & (CHAT.account == CONTACT.account)
        # On every platform the private chat with a person bears the person's own id.
        & (CHAT.chat == CONTACT.user)
        & (CHAT.kind == "private"),
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
    session.flush()  # whoever has just become one is one
    return [
        (f"person:{person}" if person else f"contact:{contact}", (channel, account), chat)
        for contact, person, channel, account, chat in session.execute(MEMBERS)
    ]


@dataclass(frozen=True, slots=True)
class StaffChat:
    """A chat that was made support's, with the platform's id of it."""

    id: int
    channel: str
    account: str
    chat: str


def made(session: Session) -> list[StaffChat]:
    """Return the chats that were made support's."""
    found = select(CHAT.id, CHAT.channel, CHAT.account, CHAT.chat).where(t.STAFF_CHAT).order_by(CHAT.id)
    return [StaffChat(*row) for row in session.execute(found)]


def take_back(session: Session, chat_id: int) -> StaffChat:
    """Make a chat an ordinary one again; what was not sent to it yet is not sent any more.

    Raises:
        BadInput: it is no staff chat.
    """
    chat = next((chat for chat in made(session) if chat.id == chat_id), None)
    if chat is None:
        raise BadInput(f"C{chat_id} is no staff chat: `hotline staff chats` lists them")
    row = session.get_one(t.ChatRow, chat_id, with_for_update=True)
    user = {"channel": chat.channel, "account": chat.account, "user": chat.chat}
    is_own = session.scalars(select(t.ContactRow.id).filter_by(**user)).first() is not None
    row.kind = "private" if is_own else "group"
    waiting = update(t.OutboxRow).where(t.OutboxRow.chat_id == chat_id)
    session.execute(waiting.where(t.OutboxRow.status.in_(("pending", "held"))).values(status="superseded"))
    return chat

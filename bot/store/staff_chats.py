"""Where support is told of what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from bot.errors import BadInput
from bot.messages import LEFT
from bot.store import tables as t

CHAT, CONTACT = t.table_of(t.ChatRow).c, t.table_of(t.ContactRow).c
GROUPS = select(CHAT.id, CHAT.channel, CHAT.account, CHAT.state).where(t.STAFF_CHAT)
_SHOWN = (CONTACT.name, CONTACT.role, CONTACT.phone)
MEMBERS = (
    select(CONTACT.id, CONTACT.person_id, CONTACT.channel, CONTACT.account, *_SHOWN, CHAT.id.label("chat"))
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
    """Return the staff chats that the bot is in, and the own chats of members on no account that has one."""
    groups = [group for group in session.execute(GROUPS).all() if LEFT not in group.state]
    where = {(group.channel, group.account) for group in groups}
    members = identities(session)
    reached = {person_of(one) for one in members if (one.channel, one.account) in where}
    own = {one.chat for one in members if one.chat is not None and person_of(one) not in reached}
    return sorted(own.union(group.id for group in groups))


def identities(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return whoever is a member on whichever account, with their own ``chat`` there, where they have one."""
    session.flush()  # whoever has just become one is one
    return session.execute(MEMBERS).all()


def person_of(identity: Row[*tuple[Any, ...]]) -> str:
    """Return by what the identities of one person are known; one that names nobody stands alone."""
    return f"person:{identity.person_id}" if identity.person_id else f"contact:{identity.id}"


@dataclass(frozen=True, slots=True)
class StaffChat:
    """A chat that was made support's, with the platform's id; ``is_left``: the bot was put out of it."""

    id: int
    channel: str
    account: str
    chat: str
    is_left: bool = False


def made(session: Session) -> list[StaffChat]:
    """Return the chats that were made support's."""
    found = (
        select(CHAT.id, CHAT.channel, CHAT.account, CHAT.chat, CHAT.state)
        .where(t.STAFF_CHAT)
        .order_by(CHAT.id)
    )
    return [StaffChat(*row[:4], is_left=LEFT in row.state) for row in session.execute(found)]


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
    row.state = {key: value for key, value in row.state.items() if key != LEFT}
    waiting = update(t.OutboxRow).where(t.OutboxRow.chat_id == chat_id)
    session.execute(waiting.where(t.OutboxRow.status.in_(("pending", "held"))).values(status="superseded"))
    return chat

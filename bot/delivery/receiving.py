"""Receive: the raw message is made durable under its key before the platform is told that we have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ScalarSelect, bindparam, func, or_, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.desk.terms import Role
from bot.dialogue.replies import one_line
from bot.errors import Unstorable
from bot.messages import Address, Inbound, storable
from bot.store import quotas, rows
from bot.store import tables as t
from bot.store.attachments import AttachmentStore
from bot.store.session import UnitSession
from bot.store.store import Store
from bot.store.trouble import DATABASE_TROUBLE

log = structlog.get_logger(__name__)

NAME_LENGTH = 200  # of a contact


def _id_of(
    own: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], name: str
) -> ScalarSelect[int]:
    """Return the id of the account's row whose ``own`` column is the parameter ``name``."""
    row = own.class_
    account = (row.channel == bindparam("channel"), row.account == bindparam("account"))
    return select(row.id).where(*account, own == bindparam(name)).scalar_subquery()


# A chat by the platform's id of it, or by the one from before it moved: what stood there is still pressed.
CHAT = func.coalesce(_id_of(t.ChatRow.chat, "chat"), _id_of(t.ChatRow.former_chat, "chat"))
# What is known of a message, its chat and its sender, in one query.
KNOWN = select(
    _id_of(t.InboxRow.dedupe_key, "key").label("inbox"),
    CHAT.label("chat"),
    _id_of(t.ContactRow.user, "user").label("contact"),
)


class Receiver:
    """Receives; safe to share between threads and, on PostgreSQL, between processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def receive(self, inbound: Inbound, now: datetime) -> tuple[int, bool]:
        """Make the message durable; return its id and whether it is new.

        Any error here means that the message is *not* ours yet: the channel answers 5xx and the platform
        tries again.

        Raises:
            Unstorable: that would be no use.
        """
        try:
            (received,) = self._store.transact(lambda unit: _insert_all(unit.session, [inbound], now), now)
        except (DataError, ValueError) as error:  # of a driver, which quotes the values
            raise Unstorable(f"a message that can't be stored ({type(error).__name__})") from None
        return received

    def receive_all(
        self, inbounds: Sequence[Inbound], now: datetime
    ) -> Sequence[tuple[int, bool] | Exception]:
        """Make messages durable in one commit, as `receive` does each of them.

        One that can't be stored costs the others nothing: then each has a commit of its own.
        """
        if len(inbounds) > 1:
            try:
                return self._store.transact(lambda unit: _insert_all(unit.session, inbounds, now), now)
            except DATABASE_TROUBLE:
                raise  # the database's trouble, not a message's
            except Exception as error:  # noqa: BLE001 - whose it is, is found below
                log.warning("received one by one", error=type(error).__name__, messages=len(inbounds))
        return [self._receive_alone(inbound, now) for inbound in inbounds]

    def _receive_alone(self, inbound: Inbound, now: datetime) -> tuple[int, bool] | Exception:
        try:
            return self.receive(inbound, now)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            return error


def _insert_all(session: UnitSession, inbounds: Sequence[Inbound], now: datetime) -> list[tuple[int, bool]]:
    return [_insert(session, inbound, now) for inbound in inbounds]


def _insert(session: UnitSession, inbound: Inbound, now: datetime) -> tuple[int, bool]:
    address = inbound.address
    known = session.execute(
        KNOWN,
        {
            "channel": address.channel,
            "account": address.account,
            "key": storable(inbound.dedupe_key),
            "chat": address.chat,
            "user": inbound.sender.user,
        },
    ).one()
    if known.inbox is not None:
        return known.inbox, False
    if inbound.is_correction and inbound.attachments and known.chat is not None:
        inbound = _without_known_files(session, inbound, known.chat)
    values = {
        "channel": address.channel,
        "account": address.account,
        "dedupe_key": storable(inbound.dedupe_key),
        "chat_id": known.chat or chat_id(session, address, "group" if inbound.is_group else "private"),
        "contact_id": known.contact or _contact_id(session, inbound),
        "sent_at": inbound.sent_at,
        "received_at": now,
        "content": inbound.to_dict(),
        "status": "received",
        "attempts": 0,
    }
    inserted = rows.made(session, t.InboxRow, values)
    if inserted is not None:
        if inbound.addressed:  # what colleagues show each other in a group is not ours to keep
            AttachmentStore(session, now).expect(inserted, inbound.attachments)
        quotas.note(session, inbound)
        return inserted, True
    return _insert(session, inbound, now)[0], False  # another process was first


def _without_known_files(session: Session, inbound: Inbound, chat_id: int) -> Inbound:
    """Return a correction with those files only that the message did not carry before."""
    earlier = session.scalars(
        select(t.InboxRow.content).where(
            t.InboxRow.chat_id == chat_id,
            t.InboxRow.content["external_id"].as_string() == inbound.external_id,
            or_(t.InboxRow.content["addressed"].as_boolean(), t.InboxRow.ticket_id.is_not(None)),
        )
    )
    known = {one.get("identity") for content in earlier for one in content["attachments"]}
    new = (one for one in inbound.attachments if not one.identity or one.identity not in known)
    return replace(inbound, attachments=tuple(new))


def chat_id(session: Session, address: Address, kind: str = "private") -> int:
    """Return the id of a chat, which is made when it is new."""
    key = {"channel": address.channel, "account": address.account, "chat": address.chat}
    stored: int | None = session.scalars(select(CHAT), key).first()
    if stored is not None:
        return stored
    return _get_or_make(session, t.ChatRow, key, {"kind": kind, "state": {}})


def _contact_id(session: Session, inbound: Inbound) -> int:
    key = {
        "channel": inbound.address.channel,
        "account": inbound.address.account,
        "user": inbound.sender.user,
    }
    rest = {
        "name": one_line(storable(inbound.sender.name))[:NAME_LENGTH],
        "role": Role.CUSTOMER.value,
        "bind_failures": 0,
    }
    return _get_or_make(session, t.ContactRow, key, rest)


def _get_or_make(
    session: Session, table: type[t.ChatRow] | type[t.ContactRow], key: dict[str, str], rest: dict[str, Any]
) -> int:
    found = rows.made(session, table, {**key, **rest})
    return found if found is not None else session.scalars(select(table.id).filter_by(**key)).one()

"""A stored message as its channel gets it."""

from __future__ import annotations

from pathlib import PurePath

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.log import places
from bot.messages import Address, AttachmentKind, Choice, File, Outbound, Outcome, Receipt, Sender
from bot.store import tables as t
from bot.store.trouble import is_trouble

log = structlog.get_logger(__name__)

TOPICS_IN_PRIVATE = frozenset({"telegram"})  # no other platform pays for the look


def outbound_of(session: Session, row: t.OutboxRow, chat: t.ChatRow) -> Outbound:
    """Return a message as its channel gets it."""
    replaces = None
    if row.card is not None and row.note is not None:  # else it is to stand at the end of the chat
        replaces = session.scalars(
            select(t.OutboxRow.external_id)
            .where(
                t.OutboxRow.chat_id == row.chat_id,
                t.OutboxRow.card == row.card,
                t.OutboxRow.id < row.id,
                t.OutboxRow.external_id.is_not(None),
            )
            .order_by(t.OutboxRow.id.desc())
            .limit(1)
        ).first()
    answered = _answered(session, row, chat)
    return Outbound(
        id=row.id,
        address=Address(chat.channel, chat.account, chat.chat),
        text=row.text,
        choices=tuple(
            Choice(f"{row.id}.{number}", choice["label"], choice["typed"])
            for number, choice in enumerate(row.choices)
        ),
        card=row.card,
        note=row.note,
        replaces=replaces,
        file=_file(session, row),
        vital=row.vital or row.urgent,
        in_reply_to=answered.content.get("external_id") if answered else None,
        arrived=row.arrived,
        asks=Sender(**answered.content["sender"]) if answered and row.asks else None,
        topic=_topic(session, row, chat, answered),
    )


def rebuilt(session: Session, row: t.OutboxRow) -> Outbound | Receipt:
    """Return a message as its channel gets it, or how the attempt ended where it can't be made."""
    try:
        return outbound_of(session, row, session.get_one(t.ChatRow, row.chat_id))
    except Exception as error:
        if is_trouble(error):
            raise  # else a bug in one message, which counts as an attempt, so that it has an end
        name = type(error).__name__
        log.error("a message can't be made", outbox_id=row.id, error=name, where=places(error))
        return Receipt(Outcome.UNKNOWN, error=name[:64])


def _answered(session: Session, row: t.OutboxRow, chat: t.ChatRow) -> t.InboxRow | None:
    """Return the message that one answers, where others read along: they must see what it is about."""
    return _said_here(session, row) if chat.kind in ("group", "staff") else None


def _said_here(session: Session, row: t.OutboxRow) -> t.InboxRow | None:
    """Return the message of the same chat that brought one about."""
    inbox = session.get_one(t.InboxRow, row.inbox_id) if row.inbox_id is not None else None
    return inbox if inbox is not None and inbox.chat_id == row.chat_id else None


def _topic(session: Session, row: t.OutboxRow, chat: t.ChatRow, answered: t.InboxRow | None) -> str | None:
    """Return the topic that a message belongs into: where it was asked, else spoken of last.

    Support's cards stand where their channel puts them, and what answers support goes where it was said.
    """
    is_private = chat.kind == "private" and chat.channel in TOPICS_IN_PRIVATE
    if is_private:
        answered = _said_here(session, row)
    if answered is None and (is_private or chat.kind == "group"):
        spoken = (
            select(t.InboxRow).where(t.InboxRow.chat_id == chat.id).order_by(t.InboxRow.id.desc()).limit(1)
        )
        of_ticket = t.InboxRow.ticket_id == row.ticket_id
        to_us = t.InboxRow.content["addressed"].as_boolean()
        answered = session.scalars(spoken.where(of_ticket)).first() if row.ticket_id is not None else None
        answered = answered or session.scalars(spoken.where(to_us)).first()
    topic: str | None = answered.content.get("topic") if answered is not None else None
    return topic


def _file(session: Session, message: t.OutboxRow) -> File | None:
    """Return the kept file that goes with a message; None if it has been forgotten since.

    Its name is ours, with the ending that its content has: the customer's may do something when it is opened.
    """
    row = session.get(t.AttachmentRow, message.attachment_id) if message.attachment_id is not None else None
    if row is None or row.path is None or row.status != "kept":
        return None
    name = f"{f'T{message.ticket_id}' if message.ticket_id else 'file'}-{row.id}{PurePath(row.path).suffix}"
    return File(row.path, AttachmentKind(row.kind), name, row.media_type or "")

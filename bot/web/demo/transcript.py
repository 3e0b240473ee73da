"""A chat as its phone shows it, read from the store: what came in and what was delivered, merged by time."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store import tables as t

SHOWN = 200  # the newest messages of each direction

_Order = tuple[datetime, float, int, int]
_Placed = tuple[_Order, dict[str, Any]]


def transcript(session: Session, chat_id: int) -> list[dict[str, Any]]:
    """Return a chat's messages, oldest first, as JSON types.

    A card that was delivered again stands where it stood first, with its latest text; what changed is a
    one-line note at its own time.
    """
    said = _newest(session, chat_id)
    tapped = {row.content["choice"] for row, _ in said if row.content["choice"]}
    placed = [*_said(session, said, chat_id), *_told(session, chat_id, tapped)]
    return [message for _, message in sorted(placed, key=lambda item: item[0])]


def _newest(session: Session, chat_id: int) -> list[tuple[t.InboxRow, t.ContactRow]]:
    rows = session.execute(
        select(t.InboxRow, t.ContactRow)
        .join(t.ContactRow, t.ContactRow.id == t.InboxRow.contact_id)
        .where(t.InboxRow.chat_id == chat_id)
        .order_by(t.InboxRow.id.desc())
        .limit(SHOWN)
    )
    return [(row, contact) for row, contact in rows]


def _said(session: Session, rows: list[tuple[t.InboxRow, t.ContactRow]], chat_id: int) -> list[_Placed]:
    """Return what people wrote or tapped."""
    placed: list[_Placed] = []
    for row, contact in rows:
        choice = row.content["choice"]
        message = {
            "key": f"in-{row.id}",
            "kind": "said",
            "at": row.received_at.isoformat(),
            "who": {"user": contact.user, "name": contact.name},
            "text": _label(session, choice, chat_id) if choice else row.content["text"],
            "tapped": choice is not None,
            "photos": len(row.content["attachments"]),
            "ticket": row.ticket_id,
        }
        placed.append(((row.received_at, row.id, 0, row.id), message))
    return placed


def _label(session: Session, choice: str, chat_id: int) -> str:
    """Return what stood on the button with that id."""
    number, _, index = choice.partition(".")
    row = session.get(t.OutboxRow, int(number)) if _is_number(number) and _is_number(index) else None
    if row is None or row.chat_id != chat_id or int(index) >= len(row.choices):
        return "（已失效的按钮）"
    return str(row.choices[int(index)]["label"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _told(session: Session, chat_id: int, tapped: set[str]) -> list[_Placed]:
    """Return what was delivered; cards in place, with a note for each later version."""
    rows = session.scalars(
        select(t.OutboxRow)
        .where(t.OutboxRow.chat_id == chat_id, t.OutboxRow.status == "sent")
        .order_by(t.OutboxRow.id.desc())
        .limit(SHOWN)
    ).all()
    placed: list[_Placed] = []
    cards: dict[str, dict[str, Any]] = {}
    for row in reversed(rows):
        at = row.sent_at or row.created_at
        order: _Order = (at, row.inbox_id if row.inbox_id is not None else math.inf, 1, row.id)
        shown = cards.get(row.card) if row.card else None
        if shown is not None:
            shown.update(text=row.text, choices=_choices(row, tapped), edited_at=at.isoformat())
            note = {"key": f"note-{row.id}", "kind": "note", "at": at.isoformat(), "text": row.note or ""}
            placed.append((order, {**note, "card": shown["key"]}))
            continue
        message = _message(row, at, tapped)
        placed.append((order, message))
        if row.card:
            cards[row.card] = message
    return placed


def _message(row: t.OutboxRow, at: datetime, tapped: set[str]) -> dict[str, Any]:
    return {
        "key": f"out-{row.id}",
        "kind": "told",
        "at": at.isoformat(),
        "text": row.text,
        "is_card": row.card is not None,
        "is_answer": row.is_answer,
        "edited_at": None,
        "choices": _choices(row, tapped),
    }


def _choices(row: t.OutboxRow, tapped: set[str]) -> list[dict[str, Any]]:
    ids = (f"{row.id}.{number}" for number in range(len(row.choices)))
    return [
        {"id": key, "label": choice["label"], "typed": choice["typed"], "tapped": key in tapped}
        for key, choice in zip(ids, row.choices, strict=True)
    ]

"""Attachments in the store: what must be fetched from a platform, and what was kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.desk.ticket import FINAL
from bot.messages import FETCHED_KINDS, Attachment, AttachmentKind, Kept
from bot.store import tables as t

LEASE = timedelta(minutes=5)  # so long nobody else fetches what one process has begun to fetch
NAME_LENGTH = 200
FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Expected:
    """An attachment that is to be fetched: with what, and from whom."""

    id: int
    channel: str
    account: str
    kind: AttachmentKind
    reference: str
    name: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies on the disk: ``path`` is relative to the folder of attachments.

    Attributes:
        withheld: why it is sent to nobody; None: support may have it.
    """

    path: str
    media_type: str
    size: int
    name: str
    withheld: str | None = None


class AttachmentStore:
    """Attachments of received messages; a row is made in the commit that makes the message durable."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def expect(self, inbox_id: int, attachments: Sequence[Attachment]) -> None:
        """Note what a new message carries; a place or a link holds nothing to fetch."""
        for number, attachment in enumerate(attachments, start=1):
            if attachment.kind in FETCHED_KINDS:
                self._session.add(
                    t.AttachmentRow(
                        inbox_id=inbox_id,
                        number=number,
                        kind=attachment.kind.value,
                        reference=attachment.reference,
                        name=attachment.name[-NAME_LENGTH:],
                        status="pending",
                        attempts=0,
                        try_at=self._now,
                    )
                )

    def claim(self) -> Expected | None:
        """Take the next attachment that is due, for this process alone; None if there is none."""
        due = (
            select(t.AttachmentRow)
            .where(t.AttachmentRow.status == "pending", t.AttachmentRow.try_at <= self._now)
            .order_by(t.AttachmentRow.try_at, t.AttachmentRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._session.scalars(due).first()
        if row is None:
            return None
        row.attempts += 1
        row.try_at = self._now + LEASE
        message = self._session.get_one(t.InboxRow, row.inbox_id)
        return Expected(
            row.id,
            message.channel,
            message.account,
            AttachmentKind(row.kind),
            row.reference,
            row.name,
            row.attempts,
        )

    def keep(self, attachment_id: int, file: Stored) -> int:
        """Note where the content lies; return the message that it came with."""
        row = self._session.get_one(t.AttachmentRow, attachment_id)
        row.status = "kept" if file.withheld is None else "withheld"
        row.path, row.media_type, row.size = file.path, file.media_type, file.size
        row.name, row.error, row.kept_at = row.name or file.name[-NAME_LENGTH:], file.withheld, self._now
        return row.inbox_id

    def retry(self, attachment_id: int, error: str, at: datetime) -> None:
        """Note that fetching failed, and when to try again."""
        row = self._session.get_one(t.AttachmentRow, attachment_id)
        row.error, row.try_at = error, at

    def give_up(self, attachment_id: int, error: str) -> int:
        """Note that the content is not ours and won't be; return the message that it came with."""
        row = self._session.get_one(t.AttachmentRow, attachment_id)
        row.status, row.error = "lost", error
        return row.inbox_id

    def of_ticket(self, ticket_id: int) -> list[Kept]:
        """Return what was sent about a ticket, in the order of the messages."""
        rows = self._session.execute(
            select(t.AttachmentRow, t.InboxRow, t.ContactRow)
            .join(t.InboxRow, t.InboxRow.id == t.AttachmentRow.inbox_id)
            .join(t.ContactRow, t.ContactRow.id == t.InboxRow.contact_id)
            .where(t.InboxRow.ticket_id == ticket_id)
            .order_by(t.InboxRow.sent_at, t.InboxRow.id, t.AttachmentRow.number)
        )
        return [
            Kept(
                id=row.id,
                kind=AttachmentKind(row.kind),
                name=row.name,
                sender=contact.name,
                at=min(message.sent_at, message.received_at),
                is_kept=row.status == "kept",
                is_lost=row.status == "lost",
                withheld=row.error if row.status == "withheld" else None,
                is_forgotten=row.status == FORGOTTEN,
            )
            for row, message, contact in rows
        ]

    def expired(self, before: datetime, limit: int) -> dict[int, str | None]:
        """Return attachments whose ticket ended before an instant (whose message came, where there is none).

        With each the path of its file, if there is one.
        """
        ended = func.coalesce(t.TicketRow.closed_at, t.TicketRow.resolved_at, t.TicketRow.reported_at)
        is_over = and_(t.TicketRow.work.in_([work.value for work in FINAL]), ended < before)
        rows = self._session.execute(
            select(t.AttachmentRow.id, t.AttachmentRow.path)
            .join(t.InboxRow, t.InboxRow.id == t.AttachmentRow.inbox_id)
            .outerjoin(t.TicketRow, t.TicketRow.id == t.InboxRow.ticket_id)
            .where(t.AttachmentRow.status.not_in(("pending", FORGOTTEN)), t.InboxRow.received_at < before)
            .where(or_(t.TicketRow.id.is_(None), is_over))
            .order_by(t.AttachmentRow.id)
            .limit(limit)
        )
        return {row.id: row.path for row in rows}

    def forget(self, attachment_id: int) -> None:
        """Drop what is known of an attachment, but that there was one; its file must be gone."""
        row = self._session.get_one(t.AttachmentRow, attachment_id)
        row.status, row.path, row.reference, row.name, row.error = FORGOTTEN, None, "", "", None

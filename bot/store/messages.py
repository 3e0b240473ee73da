"""What came in and what goes out, as the dialogue sees it, in the store."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from bot.desk.case import Chat, Contact
from bot.desk.terms import Role
from bot.messages import FETCHED_KINDS, Answered, Attachment, Option, Received, Say
from bot.store import tables as t
from bot.store.attachments import AttachmentStore
from bot.store.chats import ChatStore, contact_of
from bot.store.session import UnitSession

REPORTS_SHOWN = 20
EARLIER_LOOKED_AT = 50
SHOWN_AT_MOST = 20  # messages to a chat between two of its own
_CHOICE_ID = re.compile(r"[0-9]{1,18}\.[0-9]{1,3}", re.ASCII)

OUTBOX = t.table_of(t.OutboxRow)
SAY = insert(OUTBOX).returning(OUTBOX.c.id)
SUPERSEDE = (
    update(OUTBOX)
    .where(
        OUTBOX.c.chat_id == bindparam("to"),
        OUTBOX.c.card == bindparam("of"),
        OUTBOX.c.status.in_(("pending", "held")),
        OUTBOX.c.note.is_not(None),
    )
    .values(status="superseded")
)
INBOX = t.table_of(t.InboxRow)
REPORTS = (
    select(INBOX.c.id, INBOX.c.content, INBOX.c.sent_at, INBOX.c.received_at)
    .where(INBOX.c.ticket_id == bindparam("ticket"))
    .order_by(INBOX.c.sent_at, INBOX.c.id)
    .limit(REPORTS_SHOWN)
)
_THIS = select(INBOX.c.chat_id, INBOX.c.received_at).where(INBOX.c.id == bindparam("message")).subquery()
_BEFORE = (
    select(INBOX.c.received_at)
    .where(INBOX.c.chat_id == _THIS.c.chat_id, INBOX.c.id < bindparam("message"))
    .order_by(INBOX.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
# What stood in the chat when a message came, and when the chat had written before.
SHOWN = (
    select(OUTBOX.c.choices, OUTBOX.c.sent_at, _BEFORE.label("before"))
    .join(_THIS, OUTBOX.c.chat_id == _THIS.c.chat_id)
    # A card's change is one line where it can't be made in its place: its choices are not shown.
    .where(OUTBOX.c.status == "sent", OUTBOX.c.sent_at <= _THIS.c.received_at, OUTBOX.c.note.is_(None))
    .order_by(OUTBOX.c.id.desc())
    .limit(SHOWN_AT_MOST)
)
# What somebody wrote into a chat before and belongs to no ticket.
EARLIER = (
    select(t.InboxRow)
    .where(t.InboxRow.chat_id == bindparam("chat"), t.InboxRow.contact_id == bindparam("contact"))
    .where(t.InboxRow.id < bindparam("before"), t.InboxRow.sent_at >= bindparam("since"))
    .where(t.InboxRow.ticket_id.is_(None))
    .order_by(t.InboxRow.id.desc())
    .limit(EARLIER_LOOKED_AT)
)


class MessageStore:
    """See `bot.dialogue.ports.Messages`."""

    def __init__(self, session: UnitSession, now: datetime) -> None:
        self._session = session
        self._now = now
        self._inbox_id: int | None = None
        self._held: tuple[int, datetime] | None = None
        self._shown: dict[int, Sequence[Row[Any, datetime, datetime | None]]] = {}  # before a message

    def answers(
        self, inbox_id: int | None, *, held_in: int | None = None, until: datetime | None = None
    ) -> None:
        """What is said from now on in this unit of work answers that message.

        Args:
            held_in: a chat to which delivery sends nothing before ``until``: the channel may take it inline.
        """
        self._inbox_id = inbox_id
        self._held = (held_in, until) if held_in is not None and until is not None else None

    @property
    def is_from_staff(self) -> bool:
        """Whether what is said answers a member of staff."""
        if self._inbox_id is None:
            return False
        sender = self._session.get_one(t.InboxRow, self._inbox_id).contact_id
        return self._session.get_one(t.ContactRow, sender).role != Role.CUSTOMER.value

    def say(self, chat_id: int, message: Say, *, ticket: int | None = None) -> int:
        if message.card:
            self._supersede(chat_id, message.card)
        values = {
            "chat_id": chat_id,
            "inbox_id": self._inbox_id,
            "ticket_id": ticket,
            "text": message.text,
            "choices": [
                {
                    "label": o.label,
                    "typed": o.typed,
                    "verb": o.verb,
                    "ticket": o.ticket,
                    "argument": o.argument,
                }
                for o in message.options
            ],
            "card": message.card,
            "note": message.note,
            "is_answer": message.is_answer,
            "urgent": message.urgent,
            "attachment_id": message.attachment,
            "asks": message.asks,
            "vital": message.vital,
            "created_at": self._now,
            "try_at": self._try_at(chat_id),
        }
        made: int = self._session.scalars(SAY, values).one()
        return made

    def _try_at(self, chat_id: int) -> datetime:
        if self._held is not None and self._held[0] == chat_id:
            return max(self._held[1], self._now)
        return self._now

    def _supersede(self, chat_id: int, card: str) -> None:
        """Drop a change of a card that nobody has seen yet; its first version must still arrive."""
        self._session.execute(SUPERSEDE, {"to": chat_id, "of": card})

    def assign(self, ticket_id: int, inbox_id: int) -> None:
        row = self._session.get_one(t.InboxRow, inbox_id)
        if row.ticket_id is None and not row.content["addressed"]:  # else its files are expected by now
            carried = [Attachment.from_dict(one) for one in row.content["attachments"]]
            AttachmentStore(self._session, self._now).expect(inbox_id, carried)
        self._session.write(row, ticket_id=ticket_id)

    def gather(self, ticket_id: int, inbox_id: int, said: Collection[int], since: datetime) -> None:
        row = self._session.get_one(t.InboxRow, inbox_id)
        which = {"chat": row.chat_id, "contact": row.contact_id, "before": inbox_id, "since": since}
        for earlier in self._session.scalars(EARLIER, which):
            carried = [Attachment.from_dict(one) for one in earlier.content["attachments"]]
            has_files = earlier.content["addressed"] and any(one.kind in FETCHED_KINDS for one in carried)
            if earlier.id in said or has_files:
                self._session.write(earlier, ticket_id=ticket_id)

    def move(self, ticket_id: int, into: int) -> None:
        self._session.execute(
            update(t.InboxRow).where(t.InboxRow.ticket_id == ticket_id).values(ticket_id=into)
        )

    def note_call(self, inbox_id: int, customer_id: int, words: str, at: datetime) -> None:
        row = self._session.get_one(t.InboxRow, inbox_id)
        call = {"customer": customer_id, "words": words, "at": at.isoformat()}
        self._session.write(row, content={**row.content, "call": call})

    def sender(self, inbox_id: int) -> tuple[Chat, Contact]:
        row = self._session.get_one(t.InboxRow, inbox_id)
        if call := row.content.get("call"):
            return ChatStore(self._session).telephone(call["customer"])
        contact = self._session.get_one(t.ContactRow, row.contact_id)
        return ChatStore(self._session).get(row.chat_id), contact_of(contact)

    def answered(self, chat_id: int, external_id: str) -> Answered | None:
        said = select(t.OutboxRow).where(t.OutboxRow.chat_id == chat_id)
        said = said.order_by(t.OutboxRow.id.desc()).limit(1)
        part = t.OutboxPartRow
        of_part = said.join(part, part.outbox_id == t.OutboxRow.id).where(part.external_id == external_id)
        whole = said.where(t.OutboxRow.external_id == external_id)
        row = self._session.scalars(whole).first() or self._session.scalars(of_part).first()
        if row is None:
            return None
        return Answered(row.id, row.ticket_id, _options(row.choices), is_card=row.card is not None)

    def corrected(self, inbox_id: int) -> Received | None:
        row = self._session.get_one(t.InboxRow, inbox_id)
        if (external_id := row.content.get("external_id")) is None:
            return None
        original = self._session.scalars(
            select(t.InboxRow)
            .where(
                t.InboxRow.chat_id == row.chat_id,
                t.InboxRow.id < row.id,
                t.InboxRow.contact_id == row.contact_id,
                t.InboxRow.content["external_id"].as_string() == external_id,
            )
            .order_by(t.InboxRow.id.desc())
            .limit(1)
        ).first()
        return _received(original) if original else None

    def ticket_of(self, inbox_id: int) -> int | None:
        return self._session.get_one(t.InboxRow, inbox_id).ticket_id

    def received(self, inbox_id: int) -> Received:
        return _received(self._session.get_one(t.InboxRow, inbox_id))

    def reports(self, ticket_id: int) -> list[Received]:
        return [_received(row) for row in self._session.execute(REPORTS, {"ticket": ticket_id})]

    def option(self, choice_id: str, chat_id: int) -> Option | None:
        outbox_id, _, number = choice_id.partition(".")
        if not _CHOICE_ID.fullmatch(choice_id):
            return None
        row = self._session.get(t.OutboxRow, int(outbox_id))
        if row is None or row.chat_id != chat_id or int(number) >= len(row.choices):
            return None
        return Option(**row.choices[int(number)])

    def questions(self, inbox_id: int, *, before: int = 0) -> list[tuple[Option, ...]]:
        shown = self._shown_before(inbox_id)
        since = [row for row in shown if row.before is None or row.sent_at >= row.before]
        asked = [row for row in since if row.choices] or [row for row in shown[:before] if row.choices]
        # Of what was sent as one message the last question has the numbers.
        at_once = {row.sent_at: row.choices for row in reversed(asked)}
        return [_options(choices) for choices in reversed(at_once.values())]

    def _shown_before(self, inbox_id: int) -> Sequence[Row[Any, datetime, datetime | None]]:
        if inbox_id not in self._shown:
            self._shown[inbox_id] = self._session.execute(SHOWN, {"message": inbox_id}).all()
        return self._shown[inbox_id]


def _options(choices: list[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option(**choice) for choice in choices)


def _received(row: t.InboxRow | Row[int, dict[str, Any], datetime, datetime]) -> Received:
    content = row.content
    if call := content.get("call"):
        return Received(row.id, call["words"], datetime.fromisoformat(call["at"]), 0, is_call=True)
    carried = [Attachment.from_dict(one) for one in content["attachments"]]
    pointers = tuple(one for one in carried if one.kind not in FETCHED_KINDS)
    return Received(
        row.id,
        content["text"],
        min(row.sent_at, row.received_at),
        len(carried) - len(pointers),
        "forwarded" in content,
        pointers,
        content["sender"]["name"] if content.get("is_group") else None,
    )

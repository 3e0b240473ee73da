"""The tables. Instants are stored in UTC; what a ticket is follows from its events (`hotline replay`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.errors import NaiveTimestamp


class Utc(TypeDecorator[datetime]):
    """An aware UTC instant on every database; refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimestamp("an instant without a time zone reached the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature is the base's
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")

# Rows are locked FOR NO KEY UPDATE: a plain FOR UPDATE would also hold up every new row that only names them,
# and so deadlock a handler (chat, then ticket) with the sweep (ticket, then a message to the chat).
LOCK: dict[str, bool] = {"key_share": True}
ACTIVE = text("removed_at IS NULL")
STAFF_CHAT = text("chats.kind = 'staff'")
STAFF_CONTACT = text("contacts.role <> 'customer'")
UNRELAYED = text("status = 'pending' AND relayed_at IS NULL")
RELAYED = text("status = 'pending' AND relayed_at IS NOT NULL")
HELD = text("status = 'held'")
MOVED = text("former_chat IS NOT NULL")
ON_A_CARD = text("card IS NOT NULL")
LIVE_TICKET = text("work IN ('open', 'responded', 'onsite', 'workaround', 'resolved')")


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 - SQLAlchemy's way


def table_of(kind: type[Base]) -> Table:
    """Return the table of a mapped class: an insert into it takes a third of the time, and does not flush."""
    return cast(Table, kind.__table__)


class CustomerRow(Base):
    """A customer (甲方) of the vendor."""

    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class ContractRow(Base):
    """One version of a contract's terms; what happens to it (sealed, paid, ended) is recorded in it.

    The terms themselves never change: another page that both signed makes another version (contract 6.4).
    """

    __tablename__ = "contracts"
    __table_args__ = (UniqueConstraint("number", "version"), Index(None, "customer_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    terms: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class ContactPersonRow(Base):
    """Whom to phone at a customer, as a contract's record says; all versions of it share them."""

    __tablename__ = "contact_persons"
    __table_args__ = (Index(None, "customer_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contract_number: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(64))


class PersonRow(Base):
    """A member of staff; their identities on the platforms are contacts that name them."""

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_name", "name", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    phone: Mapped[str | None] = mapped_column(String(64))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ContactRow(Base):
    """A person on one platform: a customer's contact or a member of staff.

    ``role`` is what counts at every action; joining sets it from the person's, removal takes it away.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("channel", "account", "user"),
        Index(None, "person_id"),
        Index(
            "ix_contacts_staff",
            "channel",
            "account",
            "user",
            sqlite_where=text("role <> 'customer'"),
            postgresql_where=text("role <> 'customer'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    user: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    phone: Mapped[str | None] = mapped_column(String(64))
    bind_failures: Mapped[int] = mapped_column(default=0)
    bind_blocked_until: Mapped[datetime | None]


class ChatRow(Base):
    """A chat; ``state`` is what the dialogue must remember of it."""

    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("channel", "account", "chat"),
        # Without the account, or a database without statistics takes it for the present id's.
        Index("ix_chats_moved", "former_chat", sqlite_where=MOVED, postgresql_where=MOVED),
        Index(None, "customer_id"),
        Index(
            "ix_chats_staff",
            "id",
            sqlite_where=text("kind = 'staff'"),
            postgresql_where=text("kind = 'staff'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    chat: Mapped[str] = mapped_column(String(128))
    former_chat: Mapped[str | None] = mapped_column(String(128))  # before it moved: buttons there still work
    kind: Mapped[str] = mapped_column(String(16))  # private | group | staff | pager | phone
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CodeRow(Base):
    """A single-use code, of which only the hash is kept; `desk.staff.Purpose` says what it is good for."""

    __tablename__ = "codes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(16))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    issued_by: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))


class InboxRow(Base):
    """A raw message as it was received, durable before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "dedupe_key"),
        Index(
            "ix_inbox_pending",
            "chat_id",
            "sent_at",
            "id",
            sqlite_where=text("status = 'received'"),
            postgresql_where=text("status = 'received'"),
        ),
        Index("ix_inbox_chat", "chat_id", "id"),
        Index("ix_inbox_ticket", "ticket_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    dedupe_key: Mapped[str] = mapped_column(String(200))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(16), default="received")  # received | handled | failed
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    handled_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    reply: Mapped[str | None] = mapped_column(Text)  # what went back within the answer to the platform
    late_at: Mapped[datetime | None]  # since when support knows that it waits


class UnreadRow(Base):
    """What a platform sent and the program could not read, as it came: somebody must look it up."""

    __tablename__ = "unread_updates"
    __table_args__ = (UniqueConstraint("channel", "account", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    error: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime]


class AttachmentRow(Base):
    """A picture, voice or file of a received message: fetched from the platform, then kept as a file.

    ``path`` is relative to the folder of attachments; ``reference`` is the platform's and shown to nobody.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("inbox_id", "number"),
        Index(
            "ix_attachments_pending",
            "try_at",
            "id",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"))
    number: Mapped[int]  # within the message, from 1
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))  # pending | kept | withheld | lost | forgotten
    attempts: Mapped[int]
    try_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(64))
    path: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    kept_at: Mapped[datetime | None]


class OutboxRow(Base):
    """A message to a chat: the truth of what has been, or must be, delivered."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "chat_id",
            "id",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index(  # with the instant: a lane that is full is passed over without a look at its messages
            "ix_outbox_unrelayed",
            "chat_id",
            "urgent",
            "try_at",
            sqlite_where=UNRELAYED,
            postgresql_where=UNRELAYED,
        ),
        Index(
            "ix_outbox_relayed",
            "chat_id",
            "urgent",
            sqlite_where=RELAYED,
            postgresql_where=RELAYED,
        ),
        Index("ix_outbox_held", "chat_id", sqlite_where=HELD, postgresql_where=HELD),
        Index("ix_outbox_chat", "chat_id", "id"),
        Index("ix_outbox_inbox", "inbox_id"),
        Index("ix_outbox_instead_of", "instead_of"),
        Index("ix_outbox_external", "chat_id", "external_id"),  # what a reply in the chat answers
        Index("ix_outbox_card", "chat_id", "card", sqlite_where=ON_A_CARD, postgresql_where=ON_A_CARD),
        Index("ix_outbox_attachment", "attachment_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"))  # what it answers
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    text: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[Any]] = mapped_column(default=list)  # [{label, typed, verb, ticket, argument}]
    card: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)  # a card's change in one line
    is_answer: Mapped[bool] = mapped_column(
        default=False
    )  # an engineer's own words: its delivery is the response
    urgent: Mapped[bool] = mapped_column(default=False)  # an alarm: it goes ahead of everything else
    vital: Mapped[bool] = mapped_column(
        default=False, server_default="0"
    )  # may use a platform's last message
    instead_of: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # an alarm that did not arrive
    raised_at: Mapped[datetime | None]  # when a late or lost call was raised another way, if there is one
    # pending | sent | failed | superseded, or held: until the chat writes again
    status: Mapped[str] = mapped_column(String(16), default="pending")
    relayed_at: Mapped[datetime | None]  # since when the delivery engine has it
    relays: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it was handed over
    attempts: Mapped[int] = mapped_column(default=0)
    unknowns: Mapped[int] = mapped_column(default=0, server_default="0")  # attempts that may have arrived
    arrived: Mapped[int] = mapped_column(default=0, server_default="0")  # of its parts, where it goes in such
    created_at: Mapped[datetime]
    try_at: Mapped[datetime]
    put_off_at: Mapped[datetime | None]  # when that was set anew: by which clock
    sent_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(128))
    error: Mapped[str | None] = mapped_column(String(64))
    asks: Mapped[bool] = mapped_column(default=False)  # its reader is to answer it
    attachment_id: Mapped[int | None] = mapped_column(Id)  # goes with it; no key: SQLite can't add one


class OutboxPartRow(Base):
    """A part of a message that arrived before its last one: who replies to it replies to the message."""

    __tablename__ = "outbox_parts"
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)


class TicketRow(Base):
    """A ticket as its events make it (`desk.ticket.fold`), beside what only the store needs to find it."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index(
            "ix_tickets_live_customer",
            "customer_id",
            "id",
            sqlite_where=LIVE_TICKET,
            postgresql_where=LIVE_TICKET,
        ),
        Index(
            "ix_tickets_live_due",
            "response_due",
            "id",
            sqlite_where=LIVE_TICKET,
            postgresql_where=LIVE_TICKET,
        ),
        Index(
            "ix_tickets_alarm",
            "next_alarm_at",
            sqlite_where=text("next_alarm_at IS NOT NULL"),
            postgresql_where=text("next_alarm_at IS NOT NULL"),
        ),
        Index("ix_tickets_customer", "customer_id", "id"),
        Index("ix_tickets_chat", "chat_id", "id"),
        {"sqlite_autoincrement": True},  # an id is never used again: it is shown to people
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    summary: Mapped[str] = mapped_column(Text)
    concepts: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int]
    work: Mapped[str] = mapped_column(String(16))
    standing: Mapped[str] = mapped_column(String(16))
    proposed: Mapped[int]
    held: Mapped[int]
    contract_number: Mapped[str | None] = mapped_column(String(64))
    contract_version: Mapped[int | None]
    knowledge_version: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[datetime]
    response_due: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    onsite_due: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    action_due: Mapped[datetime | None]  # agreed by both sides
    update_due: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # since when an agreed pause holds the clocks
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    next_alarm_at: Mapped[datetime | None]


class TicketEventRow(Base):
    """One event of a ticket; rows are added, never changed."""

    __tablename__ = "ticket_events"
    __table_args__ = (UniqueConstraint("ticket_id", "seq"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    side: Mapped[str] = mapped_column(String(16))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    actor: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]]


class TicketChatRow(Base):
    """A chat that is kept informed about a ticket: the reporter's and those of colleagues who joined."""

    __tablename__ = "ticket_chats"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id"), primary_key=True)


class OutageRow(Base):
    """A suspected common outage: many reports of priority 1 within a short time."""

    __tablename__ = "outages"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]  # the latest report that it took in
    shown_at: Mapped[datetime]  # the latest state of its card
    shown: Mapped[int]  # how many tickets that card named


class OutageTicketRow(Base):
    """A ticket that belongs to a suspected common outage; it keeps its own clocks."""

    __tablename__ = "outage_tickets"
    __table_args__ = (Index(None, "outage_id"),)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    outage_id: Mapped[int] = mapped_column(ForeignKey("outages.id"))


class AlarmRow(Base):
    """A step of a ticket's clock that rang; what is unique here can't ring twice (`desk.watch.Step`).

    ``outbox_id`` is None where it was folded into an outage's alarm or nobody could be reached.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        UniqueConstraint("ticket_id", "clock", "revision", "step", "recipient"),
        Index(None, "outage_id", "at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    clock: Mapped[str] = mapped_column(String(16))
    revision: Mapped[datetime]
    step: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(64))  # chat:5, or nobody
    name: Mapped[str] = mapped_column(String(200))  # how the recipient is called
    at: Mapped[datetime]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"))


class SweepFailureRow(Base):
    """A ticket that the sweep could not do: it is tried again later, the others go on."""

    __tablename__ = "sweep_failures"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    attempts: Mapped[int]
    error: Mapped[str] = mapped_column(String(200))
    retry_at: Mapped[datetime]


class RosterRow(Base):
    """A roster as it was imported; the latest one counts."""

    __tablename__ = "rosters"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    content: Mapped[dict[str, Any]]
    imported_by: Mapped[str] = mapped_column(String(200))
    imported_at: Mapped[datetime]


class ShiftRow(Base):
    """A swap: on that day one member is on call instead of another; rows are added, never changed."""

    __tablename__ = "shifts"
    __table_args__ = (Index(None, "day"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date]
    member: Mapped[str] = mapped_column(String(200))
    instead_of: Mapped[str] = mapped_column(String(200))
    noted_by: Mapped[str] = mapped_column(String(200))
    noted_at: Mapped[datetime]


class PlatformAccountRow(Base):
    """What all processes must know of one of our accounts on a platform."""

    __tablename__ = "platform_accounts"
    key: Mapped[str] = mapped_column(String(128), primary_key=True)  # wechat:AppID
    token: Mapped[str | None] = mapped_column(Text)  # to call the platform's API
    token_expires_at: Mapped[datetime | None]
    token_forced_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]  # somebody renews the token until then
    passive_since: Mapped[datetime | None]  # the platform takes only answers to what users write
    trouble: Mapped[str | None] = mapped_column(String(64))  # what the operator was told last
    trouble_at: Mapped[datetime | None]


class QuotaRow(Base):
    """How many messages a user still takes (`desk.quota.Ledger`); rows are made when they first write."""

    __tablename__ = "quotas"
    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    chat: Mapped[str] = mapped_column(String(128), primary_key=True)
    message_at: Mapped[datetime | None]
    message_used: Mapped[int] = mapped_column(default=0)
    action_at: Mapped[datetime | None]
    action_used: Mapped[int] = mapped_column(default=0)
    has_left: Mapped[bool] = mapped_column(default=False)
    nudged_at: Mapped[datetime | None]


class EditRow(Base):
    """Of which version of a file support was told, whichever process saw it first."""

    __tablename__ = "edits"
    what: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))


class HeartbeatRow(Base):
    """When a background worker last did its round; as a row to lock, it lets one worker in at a time."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime]


class WecomCardRow(Base):
    """A card in a member's chat in WeCom, and the code that may change it once."""

    __tablename__ = "wecom_cards"
    __table_args__ = (Index(None, "account", "user", "card"),)
    task_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    user: Mapped[str] = mapped_column(String(128))
    card: Mapped[str | None] = mapped_column(String(64))
    outbox_id: Mapped[int] = mapped_column(
        Id, unique=True
    )  # what it was sent for; no key: that may be forgotten
    shown_id: Mapped[int] = mapped_column(Id)  # which message it shows
    code: Mapped[str | None] = mapped_column(String(500))
    code_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class WecomSendRow(Base):
    """A message that a member was sent within the last hour: what is above the limits would be dropped."""

    __tablename__ = "wecom_sends"
    __table_args__ = (Index(None, "account", "user", "at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    user: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime]

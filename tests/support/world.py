"""The real program in a test: real store and rules, a clock that is set, phones that show what arrived."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import samples
from bot.app import App
from bot.desk.contract import Terms
from bot.messages import (
    Address,
    Attachment,
    AttachmentKind,
    Choice,
    Inbound,
    Outbound,
    Outcome,
    Receipt,
    Sender,
)
from bot.settings import Settings
from bot.store import migrate
from bot.store.store import Store
from bot.store.tables import Base, ContractRow, TicketRow
from bot.workdays import load_workdays
from intents import default_classifier
from tests.support.postgres import PostgresServer

CHANNEL = "phone"
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00:00+08:00")


class Phones:
    """A channel that keeps what it delivered, chat by chat; a test can make deliveries fail."""

    def __init__(self) -> None:
        self.delivered: dict[str, list[Outbound]] = {}
        self.receipts: list[Receipt] = []
        self.unreachable: set[str] = set()  # chats that nothing reaches

    def send(self, message: Outbound) -> Receipt:
        """Deliver, or end as the next prepared receipt says."""
        if message.address.chat in self.unreachable:
            return Receipt(Outcome.FAILED, error="blocked")
        receipt = (
            self.receipts.pop(0) if self.receipts else Receipt(Outcome.SENT, external_id=str(message.id))
        )
        if receipt.outcome in (Outcome.SENT, Outcome.UNKNOWN):
            self.delivered.setdefault(message.address.chat, []).append(message)
        return receipt


class World:
    """Customers and staff who write to the program and read what it says."""

    def __init__(
        self, database_url: str, start: datetime = MONDAY_10, *, staff: bool = True, data: Path = Path("data")
    ) -> None:
        self.now = start
        self.data = data
        self.url = database_url
        self.phones = Phones()
        self.app = self._program()
        samples.load(self.app.store, self.now, CHANNEL, staff=staff)
        self._keys = itertools.count(1)

    def _program(self) -> App:
        settings = Settings(database_url=self.url, data=self.data)
        return App(settings, {CHANNEL: self.phones}, self.read_clock, default_classifier())

    def read_clock(self) -> datetime:
        """Return the test's present instant."""
        return self.now

    def restart(self) -> None:
        """Start the program anew on the same database."""
        self.app.close()
        self.app = self._program()

    def wait(self, **span: float) -> None:
        """Let time pass, as `timedelta` takes it, then do what it makes due."""
        self.now += timedelta(**span)
        self.app.sweep()
        while self.app.resume():
            pass
        self.app.deliver()

    def wait_undelivered(self, **span: float) -> None:
        """Let time pass while nothing is delivered."""
        self.now += timedelta(**span)

    def at(self, instant: str) -> None:
        """Set the clock to an ISO 8601 instant."""
        self.now = datetime.fromisoformat(instant)

    def inbound(
        self,
        chat: str,
        sender: Sender,
        text: str = "",
        *,
        choice: str | None = None,
        photo: bool = False,
        sent_at: datetime | None = None,
    ) -> Inbound:
        """Return a message as a channel would make it."""
        return Inbound(
            address=samples.address(CHANNEL, chat),
            sender=sender,
            dedupe_key=f"m{next(self._keys)}",
            sent_at=sent_at or self.now,
            text=text,
            choice=choice,
            attachments=(Attachment(AttachmentKind.PHOTO, "photo-1"),) if photo else (),
        )

    def customer(
        self, text: str = "", *, who: str = "regular", photo: bool = False, sent_at: datetime | None = None
    ) -> str:
        """Send a customer's message and return what they are told, the last message of it."""
        message = self.inbound(who, Sender(who, who), text, photo=photo, sent_at=sent_at)
        return self._submit(message, who)

    def staff(self, text: str, *, who: str = "li") -> str:
        """Send a message in the staff chat and return the last message there."""
        return self._submit(self.inbound(samples.STAFF_CHAT, self.person(who), text), samples.STAFF_CHAT)

    def tap(self, label: str, *, who: str = "regular", message: Outbound | None = None) -> str:
        """Tap a choice of a message (default: the latest that has it) and return what is said."""
        is_staff = who in {person.user for person, _ in samples.STAFF}
        chat = samples.STAFF_CHAT if is_staff else who
        choice = self.choice(chat, label, message)
        sender = self.person(who) if is_staff else Sender(who, who)
        return self._submit(self.inbound(chat, sender, choice=choice.id), chat)

    def choice(self, chat: str, label: str, message: Outbound | None = None) -> Choice:
        """Return the choice with that label."""
        messages = [message] if message else reversed(self.phones.delivered[chat])
        return next(choice for m in messages for choice in m.choices if choice.label == label)

    def person(self, user: str) -> Sender:
        """Return a member of the sample staff."""
        return next(person for person, _ in samples.STAFF if person.user == user)

    def _submit(self, message: Inbound, chat: str) -> str:
        self.app.submit(message)
        self.app.deliver()
        return self.last(chat)

    def last(self, chat: str = "regular") -> str:
        """Return the text of the latest message to a chat."""
        return self.phones.delivered[chat][-1].text if self.phones.delivered.get(chat) else ""

    def card(self) -> Outbound:
        """Return the latest card in the staff chat."""
        return next(m for m in reversed(self.phones.delivered[samples.STAFF_CHAT]) if m.card)

    def heard(self, chat: str) -> list[str]:
        """Return all texts that a chat was sent, in order."""
        return [message.text for message in self.phones.delivered.get(chat, [])]

    def change_terms(self, number: str, **changes: Any) -> None:
        """Change what stands in a contract's only version, as if it had always stood there."""
        with self.app.store.begin(self.now) as unit:
            row = unit.session.scalars(select(ContractRow).filter_by(number=number)).one()
            terms = replace(Terms.from_dict(row.terms), **changes)
            row.terms, row.starts_on, row.ends_on = terms.to_dict(), terms.starts_on, terms.ends_on

    def tickets(self) -> list[dict[str, object]]:
        """Return the stored tickets."""
        with self.app.store.read() as session:
            return [
                {column.name: getattr(row, column.name) for column in TicketRow.__table__.columns}
                for row in session.scalars(select(TicketRow).order_by(TicketRow.id))
            ]

    def differences(self) -> dict[int, dict[str, object]]:
        """Return where stored tickets differ from what their events make."""
        with self.app.store.begin(self.now) as unit:
            found = {int(str(t["id"])): unit.tickets.differences(int(str(t["id"]))) for t in self.tickets()}
        return {ticket: changes for ticket, changes in found.items() if changes}


def address(chat: str) -> Address:
    """Return the address of a sample chat."""
    return samples.address(CHANNEL, chat)


def migrated(url: str) -> str:
    """Bring a database to the present schema, and return its address."""
    store = Store(url, load_workdays())
    migrate.upgrade(store.engine)
    store.close()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: PostgresServer) -> str:
    """The address of a migrated PostgreSQL database; who writes there empties it afterwards."""
    postgres_server.execute("CREATE DATABASE migrated TEMPLATE template0 STRATEGY FILE_COPY")
    return migrated(postgres_server.url("migrated"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated database without rows, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_migrated")
    yield url
    empty(request.getfixturevalue("postgres_server"), "migrated")


def empty(server: PostgresServer, database: str) -> None:
    """Delete all rows and begin every numbering anew: a new database takes fifty times as long."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    statements = [
        f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}",  # noqa: S608 - our own words
        "DROP SCHEMA IF EXISTS dbos CASCADE",  # the delivery engine's
        *(str(table.delete()) for table in reversed(Base.metadata.sorted_tables)),
        "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence",
    ]
    server.execute("; ".join(statements), database)


@pytest.fixture
def world(migrated_url: str, tmp_path: Path) -> Iterator[World]:
    """The program on each database, on an ordinary Monday at ten."""
    made = World(migrated_url, data=tmp_path)
    yield made
    made.app.close()

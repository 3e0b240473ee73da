"""The store: units of work over one database, with the same promises on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.desk.calendar import Workdays
from bot.desk.policy import TicketPolicy
from bot.desk.watch_policy import WatchPolicy
from bot.errors import SchemaMoved, StoreError
from bot.store import engine as engines
from bot.store.alarms import AlarmStore
from bot.store.attachments import AttachmentStore
from bot.store.chats import ChatStore, CustomerStore
from bot.store.contracts import ContractStore
from bot.store.messages import MessageStore
from bot.store.outages import OutageStore
from bot.store.people import PeopleStore
from bot.store.rosters import RosterStore
from bot.store.session import UnitSession
from bot.store.tickets import TicketStore
from bot.store.trouble import retried

T = TypeVar("T")


class UnitOfWork:
    """What is written through one unit of work is committed together or not at all.

    Locks are taken in the order customer → chat → ticket by id; a staff chat is locked before all of them.
    """

    def __init__(
        self,
        session: UnitSession,
        workdays: Workdays,
        policy: WatchPolicy,
        rules: TicketPolicy,
        now: datetime,
    ) -> None:
        self.session = session
        self.now = now
        self.policy = policy
        self.workdays = workdays
        self.tickets = TicketStore(session, workdays, policy, rules)
        self.chats = ChatStore(session)
        self.messages = MessageStore(session, now)
        self.customers = CustomerStore(session)
        self.people = PeopleStore(session, now)
        self.alarms = AlarmStore(session, now)
        self.roster = RosterStore(session, now)
        self.outages = OutageStore(session, self.tickets, self.messages, policy, now)
        self.contracts = ContractStore(session, now)
        self.attachments = AttachmentStore(session, now)

    def on_commit(self, work: Callable[[], object]) -> None:
        """Do something once all of this is committed, and never if it is rolled back; it must not raise."""
        self.session.on_commit.append(work)


class Store:
    """Opens units of work; safe to share between threads.

    Args:
        looks_only: of a SQLite file, and its journal, nothing is changed.

    Attributes:
        writes_alone: whether one unit of work after the other writes, and none beside it: SQLite.
    """

    def __init__(
        self,
        url: str,
        workdays: Workdays,
        policy: WatchPolicy | None = None,
        rules: TicketPolicy | None = None,
        *,
        looks_only: bool = False,
    ) -> None:
        self.engine: Engine = engines.create(url, looks_only=looks_only)
        self.workdays = workdays
        self.policy = policy or WatchPolicy()
        self.rules = rules or TicketPolicy()
        self.writes_alone = self.engine.dialect.name == "sqlite"
        self.writers = engines.FairLock()
        self._revision: str | None = None
        self._readers = self.engine.execution_options(readonly=True)

    @contextmanager
    def begin(self, now: datetime, patience_s: float | None = None) -> Iterator[UnitOfWork]:
        """Open a unit of work that commits at the end, or rolls back on an error.

        Args:
            patience_s: how long it waits for a lock before that is an error; None: `engine.LOCK_TIMEOUT_S`.
        """
        with (
            self.writers.hold() if self.writes_alone else nullcontext(),
            UnitSession(self.engine) as session,
            session.begin(),
        ):
            self.check_schema(session)
            if patience_s is not None:
                engines.limit_waiting(session.connection(), patience_s)
            yield UnitOfWork(session, self.workdays, self.policy, self.rules, now)

    def transact(self, work: Callable[[UnitOfWork], T], now: datetime, patience_s: float | None = None) -> T:
        """Run ``work`` in a unit of work (see `begin`); once more when it was a deadlock's victim."""

        def transaction() -> T:
            with self.begin(now, patience_s) as unit:
                return work(unit)

        return retried(transaction)

    @contextmanager
    def read(self) -> Iterator[UnitSession]:
        """Open a session for reading only; it never waits for a writer."""
        with UnitSession(self._readers) as session, session.begin():
            yield session

    def guard(self, revision: str) -> None:
        """From now on let nothing be written unless the schema is of this revision."""
        self._revision = revision

    def check_schema(self, session: Session) -> None:
        """Raise `SchemaMoved` if the database was migrated since the start; hold off migrations till the end.

        A migration takes the table that is read here for itself: it waits for what is being written, and what
        comes meanwhile waits for it, sees what it has done and is refused.
        """
        if self._revision is None:
            return
        found = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found != self._revision:
            raise SchemaMoved(
                f"the database was migrated to schema {found} while this process ran, which writes "
                f"{self._revision}: start the program that belongs to it"
            )

    def ping(self) -> None:
        """Raise `StoreError`, in one line without secrets, if the database does not answer or is none."""
        try:
            with self._readers.connect() as connection:
                connection.execute(text("PRAGMA schema_version" if self.writes_alone else "SELECT 1"))
        except OperationalError as error:
            raise StoreError(f"HOTLINE_DATABASE_URL: cannot open {self.address}: {cause(error)}") from error
        except DBAPIError as error:
            raise StoreError(f"HOTLINE_DATABASE_URL: {self.address} is damaged or no database") from error

    def check_sound(self) -> None:
        """Raise `StoreError` if a SQLite file can't be read or is damaged; all of it is read."""
        if not self.writes_alone:
            return
        self.ping()
        try:
            with self._readers.connect() as connection:
                found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
        except DBAPIError as error:
            found = cause(error)
        if found != "ok":
            raise StoreError(
                f"HOTLINE_DATABASE_URL: {self.address} is damaged; nothing was written. Keep a copy, "
                f"restore the last backup by `hotline db restore` (SQLite: {' '.join(found.split())})"
            )

    @property
    def address(self) -> str:
        """The database's address without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close all connections, for good."""
        engines.close(self.engine)


def cause(error: DBAPIError) -> str:
    """Return the database's own first line about an error; it holds no values of ours."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def sqlite_file(url: str) -> Path | None:
    """Return the path of a SQLite file, None for other addresses."""
    parsed = engines.parse(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)

"""Checks of the database: reachable, current, sound, on time, and filled with what the service needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.desk.staff import STAFF_ROLES
from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.machine import check_folder
from bot.doctor.work import check_work
from bot.errors import HotlineError, StoreError
from bot.store import files, migrate
from bot.store import tables as t
from bot.store.staff_chats import made, staff_chats
from bot.store.store import Store, sqlite_file
from bot.workdays import PrcWorkdays

SKEW_WARN, SKEW_FAIL = timedelta(seconds=2), timedelta(seconds=30)
UPGRADE = "run `hotline db upgrade`"


def check_database(url: str, now: datetime) -> Iterator[Finding]:
    """Yield what can be said of the database; nothing is created or migrated."""
    try:
        file = sqlite_file(url)
        if file is not None:
            yield check_folder("database folder", file.parent)
        store = _opened(url)
        if store is None:
            detail = f"{file} does not exist yet"
            yield warn("database", detail, f"`hotline serve` makes it, or {UPGRADE}")
            return
    except StoreError as error:
        yield fail("database", str(error), "look for the file, and for the last `hotline db backup`")
        return
    except HotlineError as error:
        yield fail("database", str(error), "mend HOTLINE_DATABASE_URL")
        return
    try:
        yield from _examined(store, file, now)
    finally:
        store.close()


def staff_chats_of(url: str, channel: str) -> dict[str, list[str]]:
    """Return by account the platform's ids of support's chats; empty where the database can't tell."""
    found: dict[str, list[str]] = {}
    try:
        store = _opened(url)
        if store is None:
            return found
        try:
            with store.read() as session:
                for chat in made(session):
                    if chat.channel == channel:
                        found.setdefault(chat.account, []).append(chat.chat)
        finally:
            store.close()
    except (HotlineError, SQLAlchemyError):
        return {}  # `check_database` says why
    return found


def _opened(url: str) -> Store | None:
    """Return the store to look at; None where there is none yet.

    Raises:
        SettingError: the address is wrong.
        StoreError: of the store only a part is there.
    """
    if (file := sqlite_file(url)) is not None:
        files.check(file.resolve())
        if not file.exists():
            return None
    return Store(url, PrcWorkdays(), looks_only=True)


def _examined(store: Store, file: Path | None, now: datetime) -> Iterator[Finding]:
    try:
        store.ping()
        schema = _schema(store, is_sqlite=file is not None)
        yield ok("database", f"{store.address} answers")
        yield schema
        with store.read() as session:
            if file is not None:
                yield _soundness(session)
            yield _clock(session, now, is_postgres=file is None)
            if migrate.current(store.engine) == migrate.head():
                yield from _records(session)
                yield from check_work(session, now)
    except StoreError as error:
        yield fail(
            "database",
            str(error),
            "start the database or mend HOTLINE_DATABASE_URL; restore a backup if it is damaged",
        )
    except SQLAlchemyError as error:
        yield fail("database", f"{store.address}: {type(error).__name__}", "look at the database's own log")


def _schema(store: Store, *, is_sqlite: bool) -> Finding:
    found, newest = migrate.current(store.engine), migrate.head()
    if found == newest:
        return ok("schema", f"revision {found}, current")
    try:
        migrate.check_not_newer(store.engine)
    except StoreError as error:
        return fail("schema", str(error), "install the newer program that wrote it")
    detail = f"revision {found or 'none'}, this program writes {newest}"
    if is_sqlite:
        return warn("schema", detail, f"the next start migrates it, or {UPGRADE}")
    return fail("schema", detail, UPGRADE)


def _soundness(session: Session) -> Finding:
    try:
        problems = [row for row in session.scalars(text("PRAGMA quick_check(3)")) if row != "ok"]
    except DatabaseError as error:
        problems = [str(error.orig)]
    if problems:
        advice = "stop the service, keep a copy of the file, restore the last `hotline db backup`"
        return fail("integrity", f"{len(problems)} problems or more: {problems[0]}", advice)
    return ok("integrity", "SQLite finds the file sound")


def _clock(session: Session, now: datetime, *, is_postgres: bool) -> Finding:
    """Compare this machine's clock with the database server's, or with the latest message in the store."""
    advice = "set the clock and keep it set (on Debian: apt install systemd-timesyncd)"
    if is_postgres:
        server: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        skew = abs(now - server)
        detail = f"{skew.total_seconds():.1f} s from the database server's"
        if skew >= SKEW_WARN:
            return (fail if skew >= SKEW_FAIL else warn)("clock", detail, advice)
        return ok("clock", detail)
    if session.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'inbox'")).first():
        latest = session.scalar(select(func.max(t.InboxRow.received_at)))
        if latest is not None and latest > now + SKEW_FAIL:
            behind = f"{now:%Y-%m-%d %H:%M} UTC, yet a message was received at {latest:%Y-%m-%d %H:%M}"
            return fail("clock", behind, advice)
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _records(session: Session) -> Iterator[Finding]:
    yield _count(
        session, "contracts", t.ContractRow, "write them into the sheet of `hotline contracts template`"
    )
    roles = [role.value for role in STAFF_ROLES]
    members = session.scalar(
        select(func.count()).select_from(t.ContactRow).where(t.ContactRow.role.in_(roles))
    )
    if members:
        yield ok("staff", f"{members} identities have joined")
    else:
        yield warn(
            "staff",
            "nobody has joined",
            "`hotline staff add NAME --role admin`, then send the code to the bot",
        )
    for left in (chat for chat in made(session) if chat.is_left):
        advice = f"add the bot to the group again, or `hotline staff remove-chat {left.id}`"
        yield warn("staff chat", f"C{left.id} on {left.channel}: the bot was removed from it", advice)
    chats = staff_chats(session)
    if chats:
        yield ok("staff chat", f"{len(chats)} are sent cards and alarms")
    else:
        advice = "`hotline staff chat-code`; a lead sends the code in the chat of support"
        yield warn("staff chat", "none: cards and alarms reach nobody", advice)


def _count(session: Session, check: str, table: type[t.Base], advice: str) -> Finding:
    rows = session.scalar(select(func.count()).select_from(table))
    return ok(check, f"{rows} versions on record") if rows else warn(check, "none on record", advice)

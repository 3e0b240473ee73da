"""What all processes know of our accounts on the platforms: the token, and what an account may not do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update

from bot.store import tables as t
from bot.store.rows import insert_or_ignore
from bot.store.store import Store, UnitOfWork

ASK_AGAIN = timedelta(days=1)
REMEMBERED = timedelta(seconds=10)  # what is asked for every message; others may change it meanwhile
REMIND = timedelta(hours=6)  # the operator is told of the same trouble once so often


class PlatformAccounts:
    """One row an account, under a key; each method is a unit of work of its own, never held over a call.

    Args:
        now: the present instant.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._passive: dict[str, tuple[datetime, bool]] = {}  # since when it is known, and what

    def token(self, key: str) -> tuple[str, datetime, datetime | None] | None:
        """Return the token, when it ends, and when one was last forced; see `bot.tencent.tokens.Shelf`."""
        row = self._row(key)
        if row is None or row.token is None or row.token_expires_at is None:
            return None
        return row.token, row.token_expires_at, row.token_forced_at

    def lease(self, key: str, now: datetime, until: datetime) -> bool:
        """Take the right to renew the token until then; False while another process has it."""

        def take(unit: UnitOfWork) -> bool:
            unit.session.execute(insert_or_ignore(unit.session, t.PlatformAccountRow).values(key=key))
            leased = t.PlatformAccountRow.leased_until
            taken = (
                update(t.PlatformAccountRow)
                .where(t.PlatformAccountRow.key == key, or_(leased.is_(None), leased <= now))
                .values(leased_until=until)
                .returning(t.PlatformAccountRow.key)
            )
            return unit.session.scalars(taken).first() is not None

        return self._store.transact(take, now)

    def keep(self, key: str, token: tuple[str, datetime, datetime | None] | None) -> None:
        """Keep a renewed token (None: the old one stays) and give the lease back."""
        values: dict[str, Any] = {"leased_until": None}
        if token is not None:
            value, expires_at, forced_at = token
            values |= {"token": value, "token_expires_at": expires_at, "token_forced_at": forced_at}
        self._set(key, values)

    def is_passive(self, key: str) -> bool:
        """Return whether the platform takes only answers to what users write from this account.

        What it said a day ago is asked again: accounts get verified.
        """
        now = self._now()
        known = self._passive.get(key)
        if known is None or not known[0] <= now < known[0] + REMEMBERED:
            row = self._row(key)
            since = row.passive_since if row is not None else None
            known = self._passive[key] = now, since is not None and now - since < ASK_AGAIN
        return known[1]

    def note_passive(self, key: str, *, is_passive: bool) -> None:
        """Remember whether it does."""
        self._passive.pop(key, None)
        self._set(key, {"passive_since": self._now() if is_passive else None})

    def note_trouble(self, key: str, trouble: str) -> bool:
        """Remember what the operator must mend; return whether they should be told (again)."""
        now = self._now()

        def note(unit: UnitOfWork) -> bool:
            unit.session.execute(insert_or_ignore(unit.session, t.PlatformAccountRow).values(key=key))
            row = unit.session.get_one(t.PlatformAccountRow, key, with_for_update=t.LOCK)
            if row.trouble == trouble and row.trouble_at is not None and now - row.trouble_at < REMIND:
                return False
            row.trouble, row.trouble_at = trouble, now
            return True

        return self._store.transact(note, now)

    def _row(self, key: str) -> t.PlatformAccountRow | None:
        with self._store.read() as session:
            return session.get(t.PlatformAccountRow, key)

    def _set(self, key: str, values: dict[str, Any]) -> None:
        def write(unit: UnitOfWork) -> None:
            unit.session.execute(insert_or_ignore(unit.session, t.PlatformAccountRow).values(key=key))
            of_account = update(t.PlatformAccountRow).where(t.PlatformAccountRow.key == key)
            unit.session.execute(of_account.values(**values))

        self._store.transact(write, self._now())

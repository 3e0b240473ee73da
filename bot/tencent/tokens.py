"""The access token of an account: one for all processes, renewed by one of them at a time.

The token lies on a shelf that all processes see (the database). Who would renew it takes a lease there first;
the others go on with the old one, which the platform still accepts for five minutes, or wait a little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.tencent.failures import PlatformError, Trouble

EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=30)  # longer than two fetches can take (`http.TOTAL_S`)
FORCED_EVERY = timedelta(minutes=10)  # the platform allows twenty a day
WAIT_S = 0.1
WAITS = 50


@dataclass(frozen=True, slots=True)
class Token:
    """An access token.

    Attributes:
        forced_at: when the platform was last made to give a new one before its time.
    """

    value: str = field(repr=False)
    expires_at: datetime
    forced_at: datetime | None = None


Kept = tuple[str, datetime, datetime | None]  # a token as plain values


class Shelf(Protocol):
    """Where tokens are kept; `bot.store.platform_accounts` has the real one."""

    def token(self, key: str) -> Kept | None:
        """Return the token that is kept under a key."""

    def lease(self, key: str, now: datetime, until: datetime) -> bool:
        """Take the right to renew it until then; False while somebody else has it."""

    def keep(self, key: str, token: Kept | None) -> None:
        """Keep a renewed token (None: the old one stays) and give the lease back."""


Fetch = Callable[[bool], tuple[str, int]]  # force → value, lifetime in seconds


class Tokens:
    """Hands out one account's token.

    Args:
        fetch: asks the platform; raises `PlatformError`.
    """

    def __init__(self, key: str, shelf: Shelf, fetch: Fetch, now: Callable[[], datetime]) -> None:
        self._key = key
        self._shelf = shelf
        self._fetch = fetch
        self._now = now

    def current(self) -> str:
        """Return a token that is accepted as far as we know.

        Raises:
            PlatformError: there is none, and none can be had now.
        """
        return self._valid(rejected=None)

    def after(self, rejected: str) -> str:
        """Return another token than the one that the platform has just rejected.

        Raises:
            PlatformError: none can be had now.
        """
        return self._valid(rejected)

    def _valid(self, rejected: str | None) -> str:
        for _ in range(WAITS):
            now, kept = self._now(), self._shelf.token(self._key)
            token = Token(*kept) if kept is not None else None
            if token is not None and token.value != rejected and now < token.expires_at - EARLY:
                return token.value
            if self._shelf.lease(self._key, now, now + LEASE):
                return self._renewed(token, rejected)
            if token is not None and token.value != rejected and now < token.expires_at:
                return token.value
            time.sleep(WAIT_S)
        raise PlatformError("token", Trouble.BUSY, hint="another process is renewing it")

    def _renewed(self, old: Token | None, rejected: str | None) -> str:
        token = None
        try:
            token = self._fetched(old, rejected)
        finally:
            kept = (token.value, token.expires_at, token.forced_at) if token else None
            self._shelf.keep(self._key, kept)
        if token.value == rejected:
            raise PlatformError(
                "token", Trouble.OPERATOR, hint="the platform rejects the token that it gives"
            )
        return token.value

    def _fetched(self, old: Token | None, rejected: str | None) -> Token:
        now, forced_at = self._now(), old.forced_at if old else None
        value, lifetime_s = self._fetch(False)
        if value == rejected and (forced_at is None or now - forced_at >= FORCED_EVERY):
            forced_at = now
            value, lifetime_s = self._fetch(True)
        return Token(value, now + timedelta(seconds=lifetime_s), forced_at)

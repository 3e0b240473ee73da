"""Attempts of the delivery engine: in threads, patient with the database, and with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.delivery.outbox import Courier
from bot.delivery.settlement import Sent
from bot.errors import SchemaMoved
from bot.store.trouble import DATABASE_TROUBLE

log = structlog.get_logger(__name__)

T = TypeVar("T")
SENDERS = 8  # at once to one platform
PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0  # while the database is away
WAITS = "an attempt waits for the database"


class Attempts:
    """Makes attempts until told to end; all within one event loop.

    Attributes:
        under_way: how many messages are being sent, or were sent and are not recorded yet.
        is_paused: whether no attempt is begun for now; any thread may set it.
    """

    def __init__(self, courier: Courier, clock: Clock) -> None:
        self.under_way = 0
        self.is_paused = False
        self._courier = courier
        self._clock = clock
        self._is_ending = False
        self._senders: dict[str, ThreadPoolExecutor] = {}

    async def make(self, outbox_id: int, group: str) -> None:
        """Make one attempt and record how it ended, however long the database is away.

        It never returns once this has ended: the next process goes on.

        Args:
            group: whose attempts share threads.
        """
        while self.is_paused and not self._is_ending:
            await asyncio.sleep(PAUSE_S)
        self.under_way += 1
        try:
            unrecorded = await self._patiently(group, lambda: self._attempt(outbox_id))
            if unrecorded is not None:
                await self._patiently(group, lambda: self._courier.finish(unrecorded))
        except (_Ending, SchemaMoved):
            self._is_ending = True
        finally:
            self.under_way -= 1
        if self._is_ending:
            await asyncio.Event().wait()

    def end(self) -> None:
        """Begin no attempt any more; those under way go on."""
        self._is_ending = True

    def close(self, *, wait: bool) -> None:
        """Let go of the threads; ``wait`` for them."""
        for senders in self._senders.values():
            senders.shutdown(wait=wait, cancel_futures=True)

    def _attempt(self, outbox_id: int) -> Sent | None:
        """Send a message and record that at once; return what the database did not take.

        Both in one thread: if what was sent had to wait for one, a crash would double all that waits.
        """
        if self._is_ending:
            raise _Ending
        sent = self._courier.send(outbox_id, self._clock)
        try:
            if sent is not None:
                self._courier.finish(sent)
        except DATABASE_TROUBLE as error:
            log.error(WAITS, error=type(error).__name__)
            return sent
        return None

    async def _patiently(self, group: str, work: Callable[[], T]) -> T:
        """Do a part of an attempt in a thread; again while the database fails."""
        pause_s = 0.5
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads(group), work)
            except DATABASE_TROUBLE as error:
                log.error(WAITS, error=type(error).__name__)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _threads(self, group: str) -> ThreadPoolExecutor:
        if group not in self._senders:
            self._senders[group] = ThreadPoolExecutor(SENDERS, thread_name_prefix=f"send-{group}")
        return self._senders[group]


class _Ending(Exception):
    """No attempt is begun any more."""

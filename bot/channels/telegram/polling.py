"""Long polling: updates are fetched in order, and the offset moves on only over what is durable.

What is durable is handled beside the next fetch: a chat that is slow to handle, or a press that is slow to
acknowledge, keeps no other from being received. One process a bot polls; the others wait for its lock.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram import parsing, updates
from bot.channels.telegram.api import POLL_S, Api
from bot.channels.telegram.errors import pause_of
from bot.channels.telegram.intake import Intake, Rest
from bot.channels.telegram.ports import Lock
from bot.channels.telegram.updates import Me
from bot.log import places
from bot.reception import Reception

log = structlog.get_logger(__name__)

LOCK_PAUSE_S = 5.0  # between two looks whether the lock is free
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # after failures in a row
MOST_BESIDE = 200  # durable updates that are dealt with beside a fetch; more wait at the platform


class Poller:
    """Fetches the updates of one bot as long as the lock is ours."""

    def __init__(self, api: Api, intake: Intake, lock: Lock) -> None:
        self._api = api
        self._intake = intake
        self._lock = lock
        self._offset: int | None = None
        self._beside: set[asyncio.Future[None]] = set()

    async def run(self, me: Me, reception: Reception) -> None:
        """Poll until cancelled."""
        failures = 0
        try:
            while True:
                if not await run_in_threadpool(self._lock.held):
                    self._offset = None
                    await asyncio.sleep(LOCK_PAUSE_S)
                    continue
                pause = await self._round(me, reception, failures)
                failures = failures + 1 if pause else 0
                await asyncio.sleep(pause)
        finally:
            for task in self._beside:
                task.cancel()  # what is not handled yet is durable, and resumed
            self._lock.release()

    async def _round(self, me: Me, reception: Reception, failures: int) -> float:
        """Fetch and take once; return how long to wait before the next, 0 after a success."""
        pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
        try:
            batch = await self._api.acall(
                self._api.bot.raw_updates(self._offset, updates.ALLOWED, POLL_S if not failures else 0)
            )
            await self._take(batch, me, reception)
        except RetryAfter as error:
            return pause_of(error).total_seconds()
        except Conflict:
            log.error("another program polls this bot, or a webhook is set", account=self._intake.account)
            return PAUSES_S[-1]
        except InvalidToken:
            log.error("the platform refuses the token: see hotline doctor", account=self._intake.account)
            return PAUSES_S[-1]
        except TelegramError as error:
            log.warning("polling failed", account=self._intake.account, error=type(error).__name__)
            return pause
        except Exception as error:  # noqa: BLE001 - a boundary: what is not durable comes again
            log.error(
                "updates were not taken",
                account=self._intake.account,
                error=type(error).__name__,
                where=places(error),
            )
            return pause
        return 0.0

    async def _take(self, batch: list[Any], me: Me, reception: Reception) -> None:
        """Make a batch durable in its order, and begin to deal with each of it."""
        for data in batch:
            rest = await self._intake.take(data, me, reception)
            number = parsing.number(data)
            self._offset = self._offset if number is None else number + 1
            if rest is not None:
                await self._begin(rest)

    async def _begin(self, rest: Rest) -> None:
        while len(self._beside) >= MOST_BESIDE:
            await asyncio.wait(self._beside, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.ensure_future(rest())
        self._beside.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        self._beside.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            name = type(error).__name__
            log.error("an update was not dealt with", account=self._intake.account, error=name)

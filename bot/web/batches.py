"""What comes at the same moment is done together: one commit for many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from bot.errors import ENDINGS

Given = TypeVar("Given")
Made = TypeVar("Made")


class Batches(Generic[Given, Made]):
    """Does a kind of work in a thread, for all that has come while the work before was done.

    Nobody waits for company: what comes alone is done at once. To be used within one event loop.

    Args:
        work: returns, for each thing given, what was made of it or why that failed.
        most: how many at once: whoever else writes waits as long.
        late_s: what has waited for so long is too late for who asked, and goes after what is not; None: all
            go in turn. Else, once there is more than can be done, all would be too late.
        lanes: how many batches are under way at once: what waits for the database keeps nobody from working.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Given]], Sequence[Made | Exception]],
        most: int,
        late_s: float | None = None,
        lanes: int = 1,
    ) -> None:
        self._work = work
        self._most = most
        self._late_s = late_s
        self._waiting: list[tuple[Given, asyncio.Future[Made], float]] = []
        self._lanes = lanes
        self._running: set[asyncio.Task[None] | None] = set()

    async def do(self, given: Given) -> Made:
        """Return what was made of it, once that is done.

        Raises:
            Exception: what the work failed with.
        """
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Made] = loop.create_future()
        self._waiting.append((given, ended, loop.time()))
        if len(self._running) < self._lanes:
            self._running.add(asyncio.create_task(self._run()))
        return await ended

    async def _run(self) -> None:
        try:
            while self._waiting:
                self._put_late_last()
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                results = await self._results([given for given, _, _ in batch])
                for (_, ended, _), result in zip(batch, results, strict=True):
                    _end(ended, result)
        finally:
            self._running.discard(asyncio.current_task())  # at once: what comes now begins anew

    def _put_late_last(self) -> None:
        if self._late_s is not None:
            late = asyncio.get_running_loop().time() - self._late_s
            self._waiting.sort(key=lambda one: one[2] <= late)  # each half stays in turn

    async def _results(self, given: Sequence[Given]) -> Sequence[Made | BaseException]:
        try:
            return await run_in_threadpool(self._work, given)
        except ENDINGS:
            raise
        except BaseException as error:  # noqa: BLE001 - a boundary: each of those who wait is told
            return [error] * len(given)


def _end(ended: asyncio.Future[Made], result: Made | BaseException) -> None:
    if ended.done():  # whoever waited has gone
        return
    if isinstance(result, BaseException):
        ended.set_exception(result)
    else:
        ended.set_result(result)

"""What comes at the same moment is done together: one commit for many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

Given = TypeVar("Given")
Made = TypeVar("Made")


class Batches(Generic[Given, Made]):
    """Does a kind of work in a thread, for all that has come while the work before was done.

    Nobody waits for company: what comes alone is done at once. To be used within one event loop.

    Args:
        work: returns, for each thing given, what was made of it or why that failed.
        most: how many at once: whoever else writes waits as long.
    """

    def __init__(self, work: Callable[[Sequence[Given]], Sequence[Made | Exception]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Given, asyncio.Future[Made]]] = []
        self._running: asyncio.Task[None] | None = None

    async def do(self, given: Given) -> Made:
        """Return what was made of it, once that is done.

        Raises:
            Exception: what the work failed with.
        """
        ended: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self._waiting.append((given, ended))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await ended

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                results = await self._results([given for given, _ in batch])
                for (_, ended), result in zip(batch, results, strict=True):
                    _end(ended, result)
        finally:
            self._running = None

    async def _results(self, given: Sequence[Given]) -> Sequence[Made | Exception]:
        try:
            return await run_in_threadpool(self._work, given)
        except Exception as error:  # noqa: BLE001 - a boundary: each of those who wait is told
            return [error] * len(given)


def _end(ended: asyncio.Future[Made], result: Made | Exception) -> None:
    if ended.done():  # whoever waited has gone
        return
    if isinstance(result, Exception):
        ended.set_exception(result)
    else:
        ended.set_result(result)

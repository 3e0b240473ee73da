"""Work that is done again and again beside the requests; a failure is recorded and the loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from starlette.concurrency import run_in_threadpool

from bot.clock import Clock
from bot.errors import ENDINGS, HotlineError, SchemaMoved
from bot.log import places

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 30.0  # after failures: the database may be away for a while


class Loop:
    """One kind of work, in a thread, every so often or when it is woken.

    Args:
        work: a run that returns True has more to do: the next one follows without a pause.
        every_s: pause between two runs, in seconds; it doubles with every failure in a row.
        longest_s: the pause doubles no further.
        fatal: told why the whole process must end; the loop ends itself.
        least_s: the shortest pause, however often it is woken: what comes in a rush is done in batches.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        every_s: float,
        clock: Clock,
        fatal: Callable[[HotlineError], None] = lambda _: None,
        longest_s: float = LONGEST_PAUSE_S,
        least_s: float = 0.0,
    ) -> None:
        self.name = name
        self._work = work
        self._every_s = every_s
        self._clock = clock
        self._fatal = fatal
        self._longest_s = max(every_s, longest_s)
        self._least_s = least_s
        self._woken = asyncio.Event()
        self._stopping = False
        self._failures = 0
        self._went_well_at: datetime | None = None  # or began then

    def wake(self) -> None:
        """Run as soon as possible; call it in the event loop's thread."""
        self._woken.set()

    def stop(self) -> None:
        """End after the run that is under way."""
        self._stopping = True
        self._woken.set()

    def is_fresh(self, within: timedelta) -> bool:
        """Tell whether it began, or its last run that succeeded ended, less than ``within`` ago."""
        # One of the future is not: the clock was set back, and nothing has gone well since.
        return self._went_well_at is not None and abs(self._clock() - self._went_well_at) < within

    async def run(self) -> None:
        """Work until told to stop."""
        self._went_well_at = self._clock()
        while not self._stopping:
            self._woken.clear()
            if await self._once():
                continue
            pause = self._every_s * 2.0 ** min(self._failures, 10)
            if self._least_s and not self._stopping:
                await asyncio.sleep(self._least_s)
            try:
                await asyncio.wait_for(self._woken.wait(), min(pause, self._longest_s))
            except TimeoutError:
                continue

    async def _once(self) -> bool:
        has_more = False
        try:
            has_more = await run_in_threadpool(self._work) is True
        except SchemaMoved as error:
            self._stopping = True
            self._fatal(error)
        except ENDINGS:
            raise
        except BaseException as error:  # noqa: BLE001 - a boundary: it records, and the next run tries again
            self._failures += 1
            log.error(
                "background work failed", work=self.name, error=type(error).__name__, where=places(error)
            )
        else:
            self._failures = 0
            self._went_well_at = self._clock()
        return has_more

"""The program at work: messages are handled in threads, what is due is done by loops beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from starlette.concurrency import run_in_threadpool

from bot.app import App
from bot.clock import steady_s
from bot.delivery.engine import Engine
from bot.delivery.inbox import Apart, Asked
from bot.errors import HotlineError
from bot.messages import Inbound
from bot.reception import Composer
from bot.web.batches import Batches
from bot.web.loops import Loop
from bot.web.room import Room

DELIVER_EVERY_S = 0.25
FETCH_EVERY_S = 5.0
SWEEP_EVERY_S = 5.0
RESUME_EVERY_S = 5.0
LOOK_EVERY_S = 2.0
TIDY_EVERY_S = 60.0
EXPIRE_EVERY_S = 3600.0
LOOK_AHEAD_EVERY_S = 600.0
LEAST_S = 0.1  # between two rounds of what every message wakes: the queues are looked into less often
FETCH_LEAST_S = 1.0  # few messages carry something
LONGEST_PAUSE_S = 2.0  # after failures: a worker that is back must show its life before others take over
STOP_S = 6.0
LOOPS_S = 2.0  # of these: more than a run of theirs takes
RECEIVED, HANDLED = 50, 10  # at most by one commit
LANES = 2  # of what is handled together, where others may write meanwhile
LATE_S = 3.0  # what has waited so long to be handled is hardly answered inline: a platform waits for five
IN_HAND = 400  # messages that are handled or wait for that; what is more waits in the database, at no cost
HANDLERS = 4  # threads for what customers write and is handled by itself: more would only wait for each other
STAFF_HANDLERS = 2  # for what staff write, who wait for no customer that somebody holds


class Service:
    """The wired program behind an event loop.

    Args:
        worker: deliver and sweep here; without it `hotline worker` does.
        demo: nobody operates it, so that nobody is told what to prepare.
        changed: called, in any thread, when messages came in or went out.
        engine: delivers; without it one loop does, which is enough for one process and keeps no limits.

    Attributes:
        is_worker: whether it delivers and sweeps.
        error: why the process must end.
        is_clean: whether all that was being sent has ended, once it is stopped.
    """

    def __init__(
        self,
        app: App,
        *,
        worker: bool = True,
        demo: bool = False,
        changed: Callable[[], None] = lambda: None,
        engine: Engine | None = None,
    ) -> None:
        self.app = app
        self.is_worker = worker
        self.error: HotlineError | None = None
        self.is_clean = True
        self._receiving = Batches(self._receive, RECEIVED)
        self._handling: Batches[Asked, str | None] = Batches(
            self._handle_all, HANDLED, LATE_S, 1 if app.store.writes_alone else LANES
        )
        self._handlers = {False: asyncio.Semaphore(HANDLERS), True: asyncio.Semaphore(STAFF_HANDLERS)}
        self._in_hand = Room("messages to be handled; what is more is resumed", IN_HAND)
        self._changed = changed
        self._engine = engine
        self._on_error: Callable[[], None] = lambda: None
        self._delivery = self._loop(
            "delivery", engine.feed if engine else self._deliver, DELIVER_EVERY_S, LEAST_S
        )
        self._attachments = self._loop("attachments", self._fetch, FETCH_EVERY_S, FETCH_LEAST_S)
        self._loops = [
            self._loop("schema", app.check_schema, LOOK_EVERY_S),
            self._loop("resume", app.resume, RESUME_EVERY_S),
        ]
        self._vital: list[Loop] = []
        if worker:
            self._vital = [self._delivery, self._loop("sweep", app.sweep, SWEEP_EVERY_S)]
            self._loops += [*self._vital, self._attachments]
            self._loops.append(self._loop("expiry", app.forget_attachments, EXPIRE_EVERY_S))
            if not demo:
                self._loops.append(self._loop("ahead", app.look_ahead, LOOK_AHEAD_EVERY_S))
        else:
            self._loops.append(self._loop("edits", partial(app.follow_edits, tell=False), SWEEP_EVERY_S))
        if engine:
            self._vital.append(self._loop("engine", engine.look_after, LOOK_EVERY_S))
            self._loops.append(self._vital[-1])
            self._loops.append(self._loop("tidy", engine.tidy, TIDY_EVERY_S))
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, on_error: Callable[[], None] = lambda: None) -> None:
        """Let the loops run; one of them handles what a crash left unhandled.

        Args:
            on_error: called when the process must end; `error` says why.
        """
        self._on_error = on_error
        if self._engine:
            await run_in_threadpool(self._engine.start)
        self._tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]

    def vital_loops(self, within: timedelta) -> dict[str, bool]:
        """Return which loops deliver and watch in this process, and whether each went well so lately."""
        return {loop.name: loop.is_fresh(within) for loop in self._vital}

    def end(self) -> None:
        """Begin no delivery any more; what is on its way goes on until `stop`."""
        if self._engine:
            self._engine.end()

    async def stop(self, within_s: float = STOP_S) -> None:
        """End the loops after the run that is under way, then delivery: `is_clean` says whether it could."""
        until_s = steady_s() + within_s
        for loop in self._loops:
            loop.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.0, min(LOOPS_S, within_s)))
        for task in self._tasks:
            task.cancel()
        if self._engine and self._tasks:
            self.is_clean = await run_in_threadpool(self._engine.stop, until_s - steady_s())

    def _loop(self, name: str, work: Callable[[], object], every_s: float, least_s: float = 0.0) -> Loop:
        return Loop(name, work, every_s, self.app.now, self._end, LONGEST_PAUSE_S, least_s)

    def _end(self, error: HotlineError) -> None:
        self.error = self.error or error
        self._on_error()

    async def submit(self, inbound: Inbound) -> int:
        """Receive and handle a message, and have what it brought about delivered at once; return its id."""
        inbox_id, is_new = await self.receive(inbound)
        if is_new:
            await self.handle(inbox_id)
        return inbox_id

    async def receive(self, inbound: Inbound) -> tuple[int, bool]:
        """See `bot.reception.Reception`."""
        return await self._receiving.do(inbound)

    async def _handle(self, asked: Asked) -> str | None:
        try:
            return await self._handling.do(asked)
        except Apart as apart:
            async with self._handlers[apart.is_staffs]:
                return await run_in_threadpool(self.app.handle, *asked)

    def _handle_all(self, asked: Sequence[Asked]) -> Sequence[str | Exception | None]:
        return self.app.handle_all(asked)

    def _receive(self, inbounds: Sequence[Inbound]) -> Sequence[tuple[int, bool] | Exception]:
        return self.app.receive_all(inbounds)

    async def handle(self, inbox_id: int, compose: Composer | None = None) -> str | None:
        """See `bot.reception.Reception`; what is too much is left to be resumed."""
        if not self._in_hand.enter():
            return None
        try:
            with self.app.metrics.handling():  # waiting for its turn included
                reply = await self._handle(Asked(inbox_id, compose))
        finally:
            self._in_hand.leave()
        self._changed()
        self._delivery.wake()
        self._attachments.wake()
        return reply

    def _deliver(self) -> None:
        if self.app.deliver():
            self._changed()

    def _fetch(self) -> None:
        if self.app.fetch_attachments():
            self._changed()

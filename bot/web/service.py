"""The program at work: messages are handled in threads, what is due is done by loops beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from bot.app import App
from bot.messages import Inbound
from bot.reception import Composer
from bot.web.loops import Loop

DELIVER_EVERY_S = 0.5
FETCH_EVERY_S = 5.0
SWEEP_EVERY_S = 5.0
STOP_S = 5.0


class Service:
    """The wired program behind an event loop.

    Args:
        worker: deliver and sweep here; without it `hotline worker` does.
        changed: called, in any thread, when messages came in or went out.

    Attributes:
        is_worker: whether it delivers and sweeps.
    """

    def __init__(self, app: App, *, worker: bool = True, changed: Callable[[], None] = lambda: None) -> None:
        self.app = app
        self.is_worker = worker
        self._changed = changed
        self._delivery = Loop("delivery", self._deliver, DELIVER_EVERY_S, app.now)
        self._sweep = Loop("sweep", app.sweep, SWEEP_EVERY_S, app.now)
        self._attachments = Loop("attachments", self._fetch, FETCH_EVERY_S, app.now)
        self._loops = (self._delivery, self._sweep, self._attachments) if worker else ()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Handle what a crash left unhandled, then let the loops run."""
        await run_in_threadpool(self.app.resume)
        self._tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]

    async def stop(self) -> None:
        """End the loops after the run that is under way."""
        for loop in self._loops:
            loop.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in self._tasks:
            task.cancel()

    async def submit(self, inbound: Inbound) -> int:
        """Receive and handle a message, and have what it brought about delivered at once; return its id."""
        inbox_id, is_new = await self.receive(inbound)
        if is_new:
            await self.handle(inbox_id)
        return inbox_id

    async def receive(self, inbound: Inbound) -> tuple[int, bool]:
        """See `bot.reception.Reception`."""
        return await run_in_threadpool(self.app.receive, inbound)

    async def handle(self, inbox_id: int) -> None:
        """See `bot.reception.Reception`."""
        await run_in_threadpool(self.app.handle, inbox_id)
        self._changed()
        self._delivery.wake()
        self._attachments.wake()

    async def reply_inline(self, inbox_id: int, compose: Composer) -> str | None:
        """See `bot.reception.Reception`."""
        return await run_in_threadpool(self.app.reply_inline, inbox_id, compose)

    def _deliver(self) -> None:
        if self.app.deliver():
            self._changed()

    def _fetch(self) -> None:
        if self.app.fetch_attachments():
            self._changed()

"""What `serve` and `worker` share: the delivery engine, and how a process ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable

import structlog

from bot import clock
from bot.app import App
from bot.delivery.engine import Engine
from bot.dialogue import told
from bot.web.service import Service

END_WITHIN_S = 8.5  # ten are promised
HAND_BACK_S = 2.0

log = structlog.get_logger(__name__)


def engine_of(app: App, settled: Callable[[], None] = lambda: None) -> Engine:
    """Return the engine that delivers for the program; ``settled`` is called after each attempt."""
    return Engine(app.store, app.courier, app.now, told.stuck, app.metrics, settled)


class Ending:
    """The order to end, by a signal or by the service itself, and by when the process ends, whatever hangs.

    To be made within the event loop: from then on it hears signals.

    Args:
        within_s: seconds from the order on.
    """

    def __init__(self, within_s: float = END_WITHIN_S) -> None:
        self._within_s = within_s
        self._ordered = asyncio.Event()
        self._ordered_s = 0.0
        self._code = 0
        self._works: list[Callable[[], None]] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.order)

    @property
    def is_ordered(self) -> bool:
        """Whether the process must end."""
        return self._ordered.is_set()

    async def wait(self) -> None:
        """Wait for the order."""
        await self._ordered.wait()

    def then(self, work: Callable[[], None]) -> None:
        """Do something at once when the order comes; now if it has come."""
        self._works.append(work)
        if self.is_ordered:
            work()

    def fail(self) -> None:
        """Order to end because of an error."""
        self._code = 1
        self.order()

    def order(self) -> None:
        """Let the time run from now on, if it does not yet, and have all begin to end."""
        if self.is_ordered:
            return
        self._ordered.set()
        self._ordered_s = clock.steady_s()
        timer = threading.Timer(self._within_s, self._end_as_it_is)
        timer.daemon = True  # nor does it keep a process that has ended
        timer.start()
        for work in self._works:
            work()

    def left_s(self) -> float:
        """Return the seconds in which all else must end, so that what was begun can be handed back."""
        self.order()
        return self._within_s - HAND_BACK_S - (clock.steady_s() - self._ordered_s)

    def _end_as_it_is(self) -> None:
        log.warning("not all has ended in time; what was under way is taken up again by the next process")
        _leave(self._code)


def end(service: Service) -> None:
    """End a stopped service as it must.

    Raises:
        HotlineError: why it had to stop by itself.
    """
    if service.error is not None:
        raise service.error
    if not service.is_clean:
        log.warning("a platform did not answer in time; what was being sent to it is sent again")
        _leave(0)  # an ordinary end would wait for that answer


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

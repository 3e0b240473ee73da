"""What `serve` and `worker` share: the delivery engine, and how a process ends."""

from __future__ import annotations

import os
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


class Deadline:
    """When a process that was told to end ends at the latest, whatever hangs.

    Args:
        service: why it must end, if by itself.
        within_s: seconds from `begin` on.
    """

    def __init__(self, service: Service, within_s: float = END_WITHIN_S) -> None:
        self._service = service
        self._within_s = within_s
        self._began_s: float | None = None

    def begin(self) -> None:
        """Let the time run from now on, if it does not yet."""
        if self._began_s is not None:
            return
        self._began_s = clock.steady_s()
        timer = threading.Timer(self._within_s, self._end_as_it_is)
        timer.daemon = True  # nor does it keep a process that has ended
        timer.start()

    def left_s(self) -> float:
        """Return the seconds in which all else must end, so that what was begun can be handed back."""
        self.begin()
        assert self._began_s is not None  # noqa: S101 - begun
        return self._within_s - HAND_BACK_S - (clock.steady_s() - self._began_s)

    def _end_as_it_is(self) -> None:
        log.warning("not all has ended in time; what was under way is taken up again by the next process")
        _leave(1 if self._service.error else 0)


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

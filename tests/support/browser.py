"""A headless Chromium for tests: the machine's own, driven by Playwright; it talks to this machine only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.support.needs import chromium

FLAGS = [
    "--headless",
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOPBACK = {"127.0.0.1", "localhost", "::1", None}  # None: data:, blob:, about:


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a Chromium for this module's tests.

    No wider scope: while Playwright's sync interface is open, `asyncio.run` fails in the same thread.
    """
    home = tmp_path_factory.mktemp("chromium-home")
    env: dict[str, str | float | bool] = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "TMPDIR": os.path.relpath(tempfile.gettempdir()),  # a socket lies there; its name may not be long
    }
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, env=env)
        yield running
        running.close()


@pytest.fixture
def page_faults() -> list[str]:
    """What went wrong in `page`: the test fails if anything is left in it."""
    return []


@pytest.fixture
def page(browser: Browser, page_faults: list[str]) -> Iterator[Page]:
    """Open an empty page; the test fails if a script throws or asks for an address outside this machine."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK:
            route.continue_()
        else:
            page_faults.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", guard)
    opened = context.new_page()
    opened.on("pageerror", lambda error: page_faults.append(f"script error: {error}"))
    yield opened
    context.close()
    assert page_faults == []

"""What holds for every test: no settings from outside, no network in unit tests. Fixtures: tests/support."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.compiled",
    "tests.support.needs",
    "tests.support.browser",
    "tests.support.world",
    "tests.support.demo",
    "tests.support.wechat",
    "tests.support.telegram.fixtures",
    "tests.support.wecom",
    "tests.support.hostile",
]

UNIT = Path(__file__).parent / "unit"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the developer's own HOTLINE_* settings."""
    for name in list(os.environ):
        if name.startswith("HOTLINE_") and name != "HOTLINE_NO_SKIP":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_network_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to reach or offer an address in tests/unit; an event loop's socket pair still works."""
    if not request.path.is_relative_to(UNIT):
        return

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a unit test uses no network: move it to tests/integration")

    for method in ("bind", "connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, method, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

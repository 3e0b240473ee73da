"""The demo page's service in this process, on a free port of this machine, with a clock that is set."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot import samples
from bot.app import App
from bot.channels.simulator import Simulator
from bot.settings import Settings
from bot.web.application import application
from bot.web.demo import ground
from bot.web.demo.changes import Changes
from bot.web.demo.page import TryPage
from bot.web.server import Server, listen, url_of
from bot.web.service import Service

MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
HOST = "127.0.0.1"
START_TIMEOUT_S = 60


class Demo:
    """A running demo; ``now`` is its clock."""

    def __init__(self, folder: Path) -> None:
        self.now = MONDAY_10
        self.app: App
        self._database = f"sqlite:///{folder / 'demo.db'}"
        self._listener = listen(HOST, 0)
        self.url = url_of(self._listener)
        self._server: Server
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(START_TIMEOUT_S)

    async def _run(self) -> None:
        try:
            changes = Changes()
            self.app = App(
                Settings(database_url=self._database),
                {Simulator.name: Simulator(changes.notify)},
                lambda: self.now,
            )
            samples.load(self.app.store, self.now, Simulator.name)
            service = Service(self.app, changed=changes.notify)
            served = application(service, TryPage(service, changes).routes(), ground.host_names(HOST))
            self._server = Server(served, self._ready.set, changes.close)
            await service.start()
            await self._server.serve([self._listener])
            await service.stop()
            self.app.close()
        finally:
            self._ready.set()
            self._listener.close()

    def wait(self, **span: float) -> None:
        """Let time pass, as `timedelta` takes it."""
        self.now += timedelta(**span)

    def stop(self) -> None:
        """End the service."""
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Serve the demo with a fresh store, on an ordinary Monday at ten."""
    running = Demo(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def http(demo: Demo) -> Iterator[httpx.Client]:
    """Ask the demo as a program would."""
    with httpx.Client(base_url=demo.url, trust_env=False, timeout=30) as client:
        yield client

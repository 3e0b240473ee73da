"""The real program on a stand-in of Telegram, with a clock that is set."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import App
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.web.application import application
from bot.web.server import Server, listen, url_of
from bot.web.service import Service
from intents import default_classifier
from tests.support.telegram.api import HOST, LOOK_EVERY_S, SECRET, STAFF_CHAT, TIMEOUT_S, Api
from tests.support.world import MONDAY_10


class Program:
    """The service with one bot.

    Args:
        mode: polling or webhook.
        settings: more of the program's, such as accounts elsewhere.

    Attributes:
        account: more of the bot's settings, from the next start on.
    """

    app: App

    def __init__(self, api: Api, database_url: str, mode: str, data: Path, **settings: Any) -> None:
        self.api = api
        self.now = MONDAY_10
        self.mode = mode
        self.account: dict[str, str] = {}
        self._settings = {"database_url": database_url, "data": data, **settings}

    def read_clock(self) -> datetime:
        """Return the test's present instant."""
        return self.now

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + TIMEOUT_S
        while not holds():
            assert time.monotonic() < deadline, "it does not come to rest"
            time.sleep(LOOK_EVERY_S)

    def start(self, staff_chat: int = STAFF_CHAT) -> None:
        """Start the program and wait until it serves and ``staff_chat`` has its menu."""
        self._served = staff_chat
        self.listener = listen(HOST, 0)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(TIMEOUT_S)
        self.until(self._is_reachable)

    def _is_reachable(self) -> bool:
        found = self.api.look()
        agreed = bool(found["webhook"]) if self.mode == "webhook" else bool(found["is_polled"])
        return agreed and f"chat:{self._served}" in found["commands"]

    async def _run(self) -> None:
        try:
            account = {"token": self.api.token, "api_base": self.api.url, "mode": self.mode}
            account |= {"staff_chat": str(STAFF_CHAT), "secret": SECRET, **self.account}
            settings = Settings(
                **self._settings,  # type: ignore[arg-type]
                public_url=url_of(self.listener),
                telegram={"default": account},  # type: ignore[dict-item]
            )
            store = open_store(settings)
            platforms = Platforms(settings, store, self.read_clock)
            self.app = App(
                settings,
                platforms.channels,
                self.read_clock,
                default_classifier(),
                store,
                platforms.fetchers,
            )
            service = Service(self.app)
            self._server = Server(
                application(service, platforms.routes(service)), self._ready.set, lambda: None
            )
            await service.start()
            running = asyncio.create_task(platforms.run(service))
            await self._server.serve([self.listener])
            running.cancel()
            await asyncio.wait([running])
            await service.stop()
            self.app.close()
            platforms.close()
        finally:
            self._ready.set()
            self.listener.close()

    def stop(self) -> None:
        """End the program."""
        self._server.should_exit = True
        self._thread.join()

"""The Bot API: one connection a bot, in an event loop and thread of its own, with limits on every wait.

Delivery calls from threads, polling from the service's own loop; both go through here, because a connection
belongs to one loop. The token is part of every address, so that no address and no error's text is logged.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from telegram import Bot
from telegram.error import TimedOut
from telegram.request import HTTPXRequest

from bot.accounts import TelegramAccount
from bot.errors import SettingError

T = TypeVar("T")

CONNECT_S = 10.0
READ_S = 20.0
WRITE_S = 20.0
UPLOAD_S = 120.0  # for a file of 20 MB over a slow line
POOL_S = 5.0
POLL_S = 25  # so long the platform holds a request for updates open
CONNECTIONS = 64
TOTAL_S = 180.0  # for a whole call, however slowly it comes: a file or a poll takes no longer
BATCH = 100  # updates an answer


_SENT = {"date": 1, "chat": {"id": 0, "type": "private"}}  # what the library wants of a message


class RawBot(Bot):
    """A bot that is not undone by an answer which the library can't read.

    Updates come as they are: the library gives up a whole batch for one of them. Of a message that was sent
    only the id is read: an error after the delivery would send it again.
    """

    async def _post(self, endpoint: str, data: Any = None, **more: Any) -> Any:
        result = await super()._post(endpoint, data, **more)
        if isinstance(result, dict) and "message_id" in result:
            return {**_SENT, "message_id": result["message_id"]}
        return result

    async def raw_updates(self, offset: int | None, allowed: Sequence[str], wait_s: int) -> list[Any]:
        """Return updates from ``offset`` on, waiting for the first; the platform drops those before it."""
        data = {"offset": offset, "timeout": wait_s, "limit": BATCH, "allowed_updates": list(allowed)}
        found = await self._post("getUpdates", data, read_timeout=wait_s + READ_S)
        return found if isinstance(found, list) else []


class BoundedRequest(HTTPXRequest):
    """Calls that end: the other limits are for each part of an answer."""

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(TOTAL_S):
                return await super().do_request(*args, **more)
        except TimeoutError as error:
            raise TimedOut from error


class Api:
    """One bot's connection.

    Raises:
        SettingError: the account's proxy can't be used.
    """

    def __init__(self, account: TelegramAccount, variable: str) -> None:
        os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's own switch for spans instead of numbers
        for name in ("httpx", "httpcore"):  # they print whole addresses, with the token in them
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger("telegram").setLevel(
            logging.CRITICAL + 1
        )  # quotes answers; we say how a call ended
        self.clock_header: str | None = None
        try:
            polling, calls = (self._request(account.proxy, size) for size in (1, CONNECTIONS))
        except (RuntimeError, ValueError, httpx.InvalidURL) as error:
            raise SettingError(f"{variable}_PROXY: can't be used, try socks5://HOST:PORT") from error
        self._requests = (polling, calls)
        self.bot = RawBot(
            account.token.get_secret_value(),
            base_url=f"{account.api_base}/bot",
            base_file_url=f"{account.api_base}/file/bot",
            get_updates_request=polling,
            request=calls,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._start = threading.Lock()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a call of the bot's from any thread, and wait for how it ends."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._running()).result()

    async def acall(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a call of the bot's from another event loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._running()))

    def close(self) -> None:
        """Close the connections; nothing may be called afterwards."""
        if self._thread.ident is not None:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for request in self._requests:
            await request.shutdown()

    def _running(self) -> asyncio.AbstractEventLoop:
        """Return the loop, whose thread starts with the first call."""
        with self._start:
            if self._thread.ident is None:
                self._thread.start()
        return self._loop

    def _request(self, proxy: SecretStr | None, connections: int) -> HTTPXRequest:
        return BoundedRequest(
            connection_pool_size=connections,
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            write_timeout=WRITE_S,
            media_write_timeout=UPLOAD_S,
            pool_timeout=POOL_S,
            proxy=proxy.get_secret_value() if proxy else None,
            # A proxy for Telegram is set here, not by the machine's environment.
            httpx_kwargs={"trust_env": False, "event_hooks": {"response": [self._note_clock]}},
        )

    async def _note_clock(self, response: httpx.Response) -> None:
        self.clock_header = response.headers.get("date")

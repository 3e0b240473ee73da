"""Menus of commands where people see them: customers everywhere, support where support is."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from starlette.concurrency import run_in_threadpool
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.telegram import menu
from bot.channels.telegram.api import Api
from bot.channels.telegram.ports import Places
from bot.channels.telegram.updates import NAME
from bot.log import places

log = structlog.get_logger(__name__)

EVERY_S = 60.0  # for what no message brings about, such as `hotline staff remove`


class Menus:
    """Follows who is support in which chat; without a menu everything works."""

    def __init__(self, account: str, api: Api, chats: Places) -> None:
        self._account = account
        self._api = api
        self._places = chats
        self._shown: set[str] = set()
        self._is_public = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look soon: somebody may have joined. Call it in the event loop's thread."""
        self._woken.set()

    async def keep(self) -> None:
        """Publish and take away menus until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._once()
            except TelegramError as error:
                log.warning("a menu was not taken", account=self._account, error=type(error).__name__)
                await asyncio.sleep(EVERY_S)
            except Exception as error:  # noqa: BLE001 - a boundary: the next look tries again
                name = type(error).__name__
                log.error("menus were not kept", account=self._account, error=name, where=places(error))
                await asyncio.sleep(EVERY_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), EVERY_S)

    async def _once(self) -> None:
        if not self._is_public:
            await self._api.acall(menu.publish(self._api.bot, None))
            self._is_public = True
        wanted = set(await run_in_threadpool(self._places.support, NAME, self._account))
        for chat in sorted(wanted - self._shown):
            await self._change(chat, is_support=True)
            self._shown.add(chat)
        for chat in sorted(self._shown - wanted):
            await self._change(chat, is_support=False)
            self._shown.discard(chat)

    async def _change(self, chat: str, *, is_support: bool) -> None:
        act = menu.publish if is_support else menu.take_away
        try:
            await self._api.acall(act(self._api.bot, chat))
        except (BadRequest, Forbidden) as error:  # such as a chat that is gone: to ask again is no use
            log.warning("a menu was not taken", account=self._account, error=type(error).__name__)

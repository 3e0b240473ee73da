"""One update is taken in: read, made durable, then handled while who pressed sees that it was heard.

One that can't be read or stored, whatever stands in it, is kept as it came and holds up nobody.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from telegram.error import TelegramError

from bot.channels.telegram import parsing, updates
from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import is_stale_query
from bot.channels.telegram.ports import Clock, Places
from bot.channels.telegram.updates import NAME, Context, Me
from bot.errors import Unstorable
from bot.log import places
from bot.messages import Unread
from bot.reception import Reception

log = structlog.get_logger(__name__)

ACKNOWLEDGE_S = 3  # for a press: what waits for its end takes in nothing more

Rest = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in the updates of one account; ``handled`` is called when one has been dealt with."""

    account: str
    api: Api
    places: Places
    now: Clock
    handled: Callable[[], None]

    async def take(self, data: Any, me: Me, reception: Reception) -> Rest | None:
        """Make an update durable, and return what is left to do once it is acknowledged to the platform.

        Any error means that it is not durable: it must come again.
        """
        try:
            update = parsing.parse(data)
            moved = updates.migration(update, self.account)
            inbound = updates.inbound(update, Context(self.account, me, self.now()))
        except Exception as error:  # noqa: BLE001 - a boundary: an update must not stop a bot
            await self._keep(data, me, error)
            return None
        if moved:
            await run_in_threadpool(self.places.moved, *moved)
            return None
        query = update.callback_query
        if inbound is None:
            return (lambda: self._acknowledge(query.id)) if query else None
        try:
            inbox_id, is_new = await reception.receive(inbound)
        except Unstorable as error:
            await self._keep(data, me, error)
            return None

        async def rest() -> None:
            acknowledged = [self._acknowledge(query.id)] if query is not None else []
            handled = [self._handle(reception, inbox_id)] if is_new else []
            await asyncio.gather(*acknowledged, *handled)  # neither waits for the other

        return rest

    async def _keep(self, data: Any, me: Me, error: Exception) -> None:
        """Keep an update that can't be taken as it came, for somebody to look it up."""
        name, found = type(error).__name__, parsing.number(data)
        log.error(
            "an update can't be taken", account=self.account, update=found, error=name, where=places(error)
        )
        if found is not None:  # else it is nothing of the platform's
            unread = Unread(NAME, self.account, updates.key(found, me), json.dumps(data), name)
            await run_in_threadpool(self.places.keep_unread, unread)

    async def _acknowledge(self, query_id: str) -> None:
        try:
            asked = self.api.bot.answer_callback_query(
                query_id, connect_timeout=ACKNOWLEDGE_S, read_timeout=ACKNOWLEDGE_S
            )
            await self.api.acall(asked)
        except TelegramError as error:
            if not is_stale_query(error):
                log.warning("a press was not acknowledged", account=self.account, error=type(error).__name__)

    async def _handle(self, reception: Reception, inbox_id: int) -> None:
        try:
            await reception.handle(inbox_id)
        except Exception as error:  # noqa: BLE001 - a boundary: the message is durable and is resumed
            log.error("handling failed", inbox_id=inbox_id, error=type(error).__name__, where=places(error))
        self.handled()

"""One update is taken in: read, made durable, acknowledged to who pressed, then handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from telegram import Update
from telegram.error import TelegramError

from bot.channels.telegram import updates
from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import is_stale_query
from bot.channels.telegram.ports import Clock, Places
from bot.channels.telegram.updates import Context, Me
from bot.log import places
from bot.reception import Reception

log = structlog.get_logger(__name__)

Rest = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in the updates of one account."""

    account: str
    api: Api
    places: Places
    now: Clock

    async def take(self, update: Update, me: Me, reception: Reception) -> Rest | None:
        """Make an update durable, and return what is left to do once it is acknowledged to the platform.

        Any error means that it is not durable: it must come again.
        """
        if moved := updates.migration(update, self.account):
            await run_in_threadpool(self.places.moved, *moved)
            return None
        query = update.callback_query
        inbound = updates.inbound(update, Context(self.account, me, self.now()))
        if inbound is None:
            return (lambda: self._acknowledge(query.id)) if query else None
        inbox_id, is_new = await reception.receive(inbound)

        async def rest() -> None:
            if query is not None:  # before all else: the button shows that it waits
                await self._acknowledge(query.id)
            if is_new:
                await self._handle(reception, inbox_id)

        return rest

    async def _acknowledge(self, query_id: str) -> None:
        try:
            await self.api.acall(self.api.bot.answer_callback_query(query_id))
        except TelegramError as error:
            if not is_stale_query(error):
                log.warning("a press was not acknowledged", account=self.account, error=type(error).__name__)

    async def _handle(self, reception: Reception, inbox_id: int) -> None:
        try:
            await reception.handle(inbox_id)
        except Exception as error:  # noqa: BLE001 - a boundary: the message is durable and is resumed
            log.error("handling failed", inbox_id=inbox_id, error=type(error).__name__, where=places(error))

"""Telegram with all its accounts, as the program sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.routing import BaseRoute, Route

from bot.accounts import TelegramAccount
from bot.channels.telegram.bot import TelegramBot
from bot.channels.telegram.ports import Clock, Locks, Places
from bot.channels.telegram.updates import NAME
from bot.channels.telegram.webhook import Webhook, path
from bot.messages import Fetched, Outbound, Outcome, Receipt
from bot.reception import Reception


class Telegram:
    """See `bot.platforms.Platform` and `bot.delivery.downloads.Fetcher`."""

    name = NAME

    def __init__(
        self,
        accounts: Mapping[str, TelegramAccount],
        ports: tuple[Places, Locks],
        now: Clock,
        *,
        public_url: str | None,
        files: Path,
    ) -> None:
        self._bots = {
            name: TelegramBot(name, account, ports, now, public_url=public_url, files=files)
            for name, account in accounts.items()
        }

    def send(self, message: Outbound) -> Receipt:
        """Send one message; an account that is no longer in the settings takes none."""
        bot = self._bots.get(message.address.account)
        return bot.send(message) if bot else Receipt(Outcome.FAILED, error="account")

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        """Fetch one file."""
        bot = self._bots.get(account)
        return bot.fetch(reference, limit) if bot else Fetched(error="account", is_lost=True)

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        """Return the webhook's route, where an account uses it."""
        if not any(bot.account.mode == "webhook" for bot in self._bots.values()):
            return ()
        return (Route(path("{account}"), Webhook(self._bots, reception).take, methods=["POST"]),)

    async def run(self, reception: Reception) -> None:
        """Start every bot, and let those that poll go on."""
        async with asyncio.TaskGroup() as group:
            for bot in self._bots.values():
                group.create_task(bot.run(reception), name=f"{NAME}:{bot.name}")

    def close(self) -> None:
        """Close all connections."""
        for bot in self._bots.values():
            bot.api.close()

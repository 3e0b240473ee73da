"""One bot: what it does at the start, what goes on while the service runs, and its way out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from telegram.error import ChatMigrated, InvalidToken, TelegramError

from bot.accounts import DEFAULT, TelegramAccount
from bot.channels.telegram import fetching, parsing, polling, probe, sending, updates, webhook
from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import receipt
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.menus import Menus
from bot.channels.telegram.ports import Clock, Locks, Places
from bot.channels.telegram.updates import NAME, Me
from bot.errors import SettingError
from bot.log import places
from bot.messages import Address, Fetched, Outbound, Receipt
from bot.reception import Reception

log = structlog.get_logger(__name__)

PAUSES_S = (1.0, 5.0, 30.0, 60.0)  # between attempts to start, while the platform can't be reached


class TelegramBot:
    """One account.

    Args:
        public_url: where the platform reaches this service; mode webhook needs it.
        files: the folder of attachments.

    Raises:
        SettingError: a webhook without a public address.
    """

    def __init__(
        self,
        name: str,
        account: TelegramAccount,
        ports: tuple[Places, Locks],
        now: Clock,
        *,
        public_url: str | None,
        files: Path,
    ) -> None:
        if account.mode == "webhook" and not public_url:
            raise SettingError(
                f"{variable(name)}_MODE: webhook needs HOTLINE_PUBLIC_URL, https://… of this service"
            )
        self.name = name
        self.account = account
        self.api = Api(account, variable(name))
        self._places, self._locks = ports
        self._now = now
        self._public_url = public_url or ""
        self._files = files
        self._me: Me | None = None
        self._menus = Menus(name, self.api, self._places)
        self.intake = Intake(name, self.api, self._places, now, self._menus.wake)

    async def me(self) -> Me:
        """Return who the bot is, asked once.

        Raises:
            TelegramError: the platform can't be asked.
        """
        if self._me is None:
            user = await self.api.acall(self.api.bot.get_me())
            self._me = Me(user.id, user.username or "")
        return self._me

    async def me_for(self, data: Any) -> Me:
        """Return who the bot is, as far as it must be known to read an update; its id stands in the token.

        Raises:
            TelegramError: its name must be known, and the platform can't be asked.
        """
        number = self.account.token.get_secret_value().partition(":")[0]
        if self._me is None and number.isascii() and number.isdecimal() and not parsing.may_name_us(data):
            return Me(int(number), "")
        return await self.me()

    async def run(self, reception: Reception) -> None:
        """Start, then poll where that is the mode, until cancelled; a failure is tried again for ever."""
        keeper = asyncio.create_task(self._menus.keep(), name=f"{NAME}:{self.name}:menus")
        try:
            await self._run(reception)
            await keeper
        finally:
            keeper.cancel()

    async def _run(self, reception: Reception) -> None:
        failures = 0
        while True:
            try:
                me = await self._start()
                if self.account.mode == "webhook":
                    return
                lock = self._locks(f"{NAME}:{self.name}")
                await polling.Poller(self.api, self.intake, lock).run(me, reception)
            except InvalidToken:
                log.error("the platform refuses the token: see hotline doctor", account=self.name)
            except TelegramError as error:
                log.warning("the platform can't be reached", account=self.name, error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a boundary: one bot must not end the service
                log.error("a bot failed", account=self.name, error=type(error).__name__, where=places(error))
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    async def _start(self) -> Me:
        """Make the staff chat support's, agree with the platform on the way in."""
        me = await self.me()
        if self.account.staff_chat is not None:
            await self._make_staff(self.account.staff_chat)
        await self.api.acall(self._agree())
        self._menus.wake()
        return me

    async def _make_staff(self, chat: str) -> None:
        """Make the chat of the settings support's, by the id that it has now."""
        try:
            await self.api.acall(self.api.bot.get_chat_member(chat, (await self.me()).id))
        except ChatMigrated as error:
            chat = str(error.new_chat_id)
            log.warning("the staff chat has another id now: change the setting", account=self.name, chat=chat)
        except TelegramError as error:
            log.error("the staff chat can't be reached", account=self.name, error=type(error).__name__)
        if self.account.staff_topic is not None:
            await self._look_at_topic(chat, int(self.account.staff_topic))
        if not await run_in_threadpool(self._places.make_staff, Address(NAME, self.name, chat)):
            log.error("the staff chat is a customer's chat: nothing is sent there", account=self.name)

    async def _look_at_topic(self, chat: str, topic: int) -> None:
        if await self.api.acall(probe.has_topic(self.api.bot, chat, topic)) is False:
            setting = f"{variable(self.name)}_STAFF_TOPIC"
            log.error("no such topic: cards stand in the general one", account=self.name, setting=setting)

    async def _agree(self) -> None:
        if self.account.mode == "polling":
            await self.api.bot.delete_webhook(drop_pending_updates=False)
            return
        secret = self.account.secret.get_secret_value() if self.account.secret else None
        where = webhook.address(self._public_url, self.name)
        await self.api.bot.set_webhook(where, allowed_updates=updates.ALLOWED, secret_token=secret)

    def send(self, message: Outbound) -> Receipt:
        """Send one message; called in a thread."""
        message = self._placed(message)
        try:
            return self._deliver(message, message.address.chat)
        except ChatMigrated as error:
            new = Address(NAME, self.name, str(error.new_chat_id))
            self._places.moved(message.address, new)
        try:  # the new place has numbers of its own: there is nothing to edit or to quote
            return self._deliver(replace(message, replaces=None, in_reply_to=None), new.chat)
        except ChatMigrated as error:
            return receipt(error, self._now())

    def _placed(self, message: Outbound) -> Outbound:
        """Put what stands in support's group by itself into the topic of the settings."""
        is_answer = message.topic is not None or message.in_reply_to is not None
        if is_answer or message.address.chat != self.account.staff_chat:
            return message
        return replace(message, topic=self.account.staff_topic)

    def _deliver(self, message: Outbound, chat: str) -> Receipt:
        return self.api.call(sending.deliver(self.api.bot, message, chat, self._files, self._now))

    def fetch(self, reference: str, limit: int) -> Fetched:
        """Fetch one file; called in a thread."""
        return self.api.call(fetching.fetch(self.api.bot, reference, limit, self._now()))


def variable(name: str) -> str:
    """Return the beginning of the names of an account's variables."""
    return "HOTLINE_TELEGRAM" if name == DEFAULT else f"HOTLINE_TELEGRAM_{name.upper()}"

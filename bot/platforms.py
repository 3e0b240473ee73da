"""The chat platforms of the settings, wired: what goes out through them, and what comes in by them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from starlette.routing import BaseRoute

from bot import clock as real_clock
from bot.channels.telegram.platform import Telegram
from bot.channels.wechat import Wechat
from bot.channels.wechat_ports import Ports as WechatPorts
from bot.channels.wecom import Wecom
from bot.channels.wecom_ports import Ports as WecomPorts
from bot.clock import Clock
from bot.delivery.downloads import FOLDER, Fetcher
from bot.delivery.inline import Neighbours
from bot.delivery.outbox import Channel
from bot.delivery.wecom_book import WecomBook
from bot.operator_alarm import OperatorAlarm
from bot.places import StorePlaces
from bot.reception import Reception
from bot.settings import Settings
from bot.store.locks import lock as lock_of
from bot.store.platform_accounts import PlatformAccounts
from bot.store.quotas import Quotas
from bot.store.store import Store


class Platform(Channel, Protocol):
    """One platform with all its accounts."""

    name: str

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        """Return the routes that the platform calls; none where it is only polled."""

    async def run(self, reception: Reception) -> None:
        """Do what must go on while the service runs, such as long polling, until cancelled."""


@runtime_checkable
class Closing(Protocol):
    """A platform that holds connections open."""

    def close(self) -> None:
        """Close them; nothing is sent any more."""


class Platforms:
    """All platforms that have an account in the settings."""

    def __init__(self, settings: Settings, store: Store, now: Clock = real_clock.now) -> None:
        self._platforms = _of(settings, store, now)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Return the way out of each platform by its name."""
        return {platform.name: platform for platform in self._platforms}

    @property
    def fetchers(self) -> Mapping[str, Fetcher]:
        """Return the platforms whose messages carry attachments, by name."""
        return {platform.name: platform for platform in self._platforms if isinstance(platform, Fetcher)}

    def routes(self, reception: Reception) -> list[BaseRoute]:
        """Return the routes of all platforms."""
        return [route for platform in self._platforms for route in platform.routes(reception)]

    def close(self) -> None:
        """Let go of all connections."""
        for platform in self._platforms:
            if isinstance(platform, Closing):
                platform.close()

    async def run(self, reception: Reception) -> None:
        """Let all platforms do what must go on; returns when it is cancelled or nothing goes on."""
        async with asyncio.TaskGroup() as group:
            for platform in self._platforms:
                group.create_task(platform.run(reception), name=platform.name)


def _of(settings: Settings, store: Store, now: Clock) -> Sequence[Platform]:
    """Return the platforms: one line for each."""
    found: list[Platform] = []
    if settings.telegram:
        found.append(_telegram(settings, store, now))
    if settings.wechat:
        found.append(Wechat(settings.wechat, _wechat_ports(settings, store, now)))
    if settings.wecom:
        found.append(Wecom(settings.wecom, _wecom_ports(settings, store, now)))
    return found


def _telegram(settings: Settings, store: Store, now: Clock) -> Telegram:
    ports, files = (StorePlaces(store, now), partial(lock_of, store)), settings.data / FOLDER
    return Telegram(settings.telegram, ports, now, public_url=settings.public_url, files=files)


def _wechat_ports(settings: Settings, store: Store, now: Clock) -> WechatPorts:
    accounts, files = PlatformAccounts(store, now), settings.data / FOLDER
    alarm = OperatorAlarm(store, accounts, now)
    return WechatPorts(accounts, Quotas(store, now), Neighbours(store, now), alarm, files, now)


def _wecom_ports(settings: Settings, store: Store, now: Clock) -> WecomPorts:
    accounts, files = PlatformAccounts(store, now), settings.data / FOLDER
    return WecomPorts(accounts, WecomBook(store, now), OperatorAlarm(store, accounts, now), files, now)

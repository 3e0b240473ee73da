"""The chat platforms of the settings, wired: what goes out through them, and what comes in by them.

Each has a module here, under its name in the settings, whose `wired` makes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Protocol, runtime_checkable

from starlette.routing import BaseRoute

from bot import clock as real_clock
from bot.accounts import PLATFORMS
from bot.clock import Clock
from bot.delivery.downloads import Fetcher
from bot.delivery.outbox import Channel
from bot.reception import Reception
from bot.settings import Settings
from bot.store.store import Store


class Platform(Channel, Protocol):
    """One platform with all its accounts."""

    name: str

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        """Return the routes that the platform calls; none where it is only polled."""

    async def run(self, reception: Reception) -> None:
        """Do what must go on while the service runs, such as long polling, until cancelled."""


Wire = Callable[[Settings, Store, Clock], Platform]


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
    """Return the platforms that are configured; what another one needs is not even imported."""
    found: list[Platform] = []
    for name in PLATFORMS:
        if getattr(settings, name):
            wire: Wire = import_module(f"{__name__}.{name}").wired
            found.append(wire(settings, store, now))
    return found

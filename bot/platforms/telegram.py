"""Telegram, wired."""

from __future__ import annotations

from functools import partial

from bot.channels.telegram.platform import Telegram
from bot.clock import Clock
from bot.delivery.downloads import FOLDER
from bot.places import StorePlaces
from bot.settings import Settings
from bot.store.locks import lock
from bot.store.store import Store


def wired(settings: Settings, store: Store, now: Clock) -> Telegram:
    """Return the platform with the accounts of the settings."""
    ports, files = (StorePlaces(store, now), partial(lock, store)), settings.data / FOLDER
    return Telegram(settings.telegram, ports, now, public_url=settings.public_url, files=files)

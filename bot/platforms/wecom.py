"""WeCom, wired."""

from __future__ import annotations

from bot.channels.wecom import Wecom
from bot.channels.wecom_ports import Ports
from bot.clock import Clock
from bot.delivery.downloads import FOLDER
from bot.delivery.wecom_book import WecomBook
from bot.operator_alarm import OperatorAlarm
from bot.settings import Settings
from bot.store.platform_accounts import PlatformAccounts
from bot.store.store import Store


def wired(settings: Settings, store: Store, now: Clock) -> Wecom:
    """Return the platform with the accounts of the settings."""
    accounts, files = PlatformAccounts(store, now), settings.data / FOLDER
    alarm = OperatorAlarm(store, accounts, now)
    return Wecom(settings.wecom, Ports(accounts, WecomBook(store, now), alarm, files, now))

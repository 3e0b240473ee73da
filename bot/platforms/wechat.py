"""WeChat, wired."""

from __future__ import annotations

from bot.channels.wechat import Wechat
from bot.channels.wechat_ports import Ports
from bot.clock import Clock
from bot.delivery.downloads import FOLDER
from bot.delivery.inline import Neighbours
from bot.operator_alarm import OperatorAlarm
from bot.settings import Settings
from bot.store.platform_accounts import PlatformAccounts
from bot.store.quotas import Quotas
from bot.store.store import Store


def wired(settings: Settings, store: Store, now: Clock) -> Wechat:
    """Return the platform with the accounts of the settings."""
    accounts, files = PlatformAccounts(store, now), settings.data / FOLDER
    alarm = OperatorAlarm(store, accounts, now)
    quotas, waiting = Quotas(store, now), Neighbours(store, now)
    return Wechat(settings.wechat, Ports(accounts, quotas, waiting, alarm, files, now))

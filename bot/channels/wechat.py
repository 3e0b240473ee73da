"""WeChat Official Accounts (公众号): customers, and support where they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.accounts import WechatAccount
from bot.channels.wechat_callback import Endpoint
from bot.channels.wechat_inbound import NAME
from bot.channels.wechat_notice import key_of
from bot.channels.wechat_ports import Ports
from bot.channels.wechat_sending import Sending
from bot.tencent.accounts import Accounts
from bot.tencent.callback import Callback
from bot.tencent.client import WechatApi, wechat_api
from bot.tencent.tokens import Shelf


class Wechat(Accounts):
    """All Official Accounts of the settings."""

    def __init__(self, accounts: Mapping[str, WechatAccount], ports: Ports) -> None:
        apis = {name: api_of(account, ports.accounts, ports.now) for name, account in accounts.items()}
        sendings = {name: Sending(name, account, apis[name], ports) for name, account in accounts.items()}
        endpoints = {
            name: Endpoint(name, key_of(account), callback_of(account), ports)
            for name, account in accounts.items()
        }
        super().__init__(NAME, apis, sendings, endpoints)


def api_of(account: WechatAccount, shelf: Shelf, now: Callable[[], datetime]) -> WechatApi:
    """Return the platform's API for an account, whose token lies on the shelf."""
    secret = account.secret.get_secret_value()
    return wechat_api(account.api_base, account.appid, secret, shelf, now)


def callback_of(account: WechatAccount) -> Callback:
    """Return the account's side of its callbacks."""
    key = account.aes_key.get_secret_value() if account.aes_key and account.mode == "secure" else None
    return Callback(account.token.get_secret_value(), account.appid, key)

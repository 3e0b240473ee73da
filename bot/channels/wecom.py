"""WeCom (企业微信): support's own company, in which each member talks with the application by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.accounts import WecomAccount
from bot.channels.wecom_callback import Endpoint
from bot.channels.wecom_inbound import NAME
from bot.channels.wecom_ports import Ports
from bot.channels.wecom_sending import Sending
from bot.tencent.accounts import Accounts
from bot.tencent.client import WecomApi, wecom_api
from bot.tencent.tokens import Shelf


class Wecom(Accounts):
    """All applications of the settings."""

    def __init__(self, accounts: Mapping[str, WecomAccount], ports: Ports) -> None:
        apis = {name: api_of(account, ports.accounts, ports.now) for name, account in accounts.items()}
        sendings = {name: Sending(name, account, apis[name], ports) for name, account in accounts.items()}
        endpoints = {
            name: Endpoint(name, account, sendings[name], ports) for name, account in accounts.items()
        }
        super().__init__(NAME, apis, sendings, endpoints)


def api_of(account: WecomAccount, shelf: Shelf, now: Callable[[], datetime]) -> WecomApi:
    """Return the platform's API for an account."""
    secret = account.secret.get_secret_value()
    return wecom_api(account.api_base, account.corpid, account.agent, secret, shelf, now)


def agent_of(api: WecomApi, account: WecomAccount) -> dict[str, Any]:
    """Return what the platform says of an application: its name, whether it is on, whom it reaches.

    Raises:
        PlatformError: nothing, because of the set-up or for now.
    """
    found: dict[str, Any] = api.get("agent/get", params={"agentid": account.agent})
    return found

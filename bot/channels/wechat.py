"""WeChat Official Accounts (公众号): customers, and support where they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.accounts import WechatAccount
from bot.channels.wechat_callback import Endpoint
from bot.channels.wechat_inbound import NAME
from bot.channels.wechat_ports import Ports
from bot.channels.wechat_sending import Sending, key_of
from bot.messages import Fetched, Outbound, Outcome, Receipt
from bot.reception import Reception
from bot.tencent.callback import Callback
from bot.tencent.client import WechatApi, wechat_api
from bot.tencent.media import media_of
from bot.tencent.tokens import Shelf


class Wechat:
    """All Official Accounts of the settings."""

    name = NAME

    def __init__(self, accounts: Mapping[str, WechatAccount], ports: Ports) -> None:
        self._apis = {name: api_of(account, ports.accounts, ports.now) for name, account in accounts.items()}
        self._sendings = {
            name: Sending(name, account, self._apis[name], ports) for name, account in accounts.items()
        }
        self._endpoints = {
            name: Endpoint(name, key_of(account), callback_of(account), ports)
            for name, account in accounts.items()
        }

    def send(self, message: Outbound) -> Receipt:
        """Send one message through its account."""
        sending = self._sendings.get(message.address.account)
        if sending is None:  # it was taken out of the settings
            return Receipt(Outcome.FAILED, error="no-account")
        return sending.send(message)

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        """Fetch what a user sent; see `bot.delivery.downloads.Fetcher`."""
        api = self._apis.get(account)
        return media_of(api, reference, limit) if api else Fetched(error="no-account", is_lost=True)

    def close(self) -> None:
        """Close the connections to the platform."""
        for api in self._apis.values():
            api.close()

    def routes(self, reception: Reception) -> Sequence[BaseRoute]:
        """Return the callback's route."""

        async def called(request: Request) -> Response:
            endpoint = self._endpoints.get(request.path_params["account"])
            if endpoint is None:
                raise HTTPException(404)
            if request.method == "POST":
                return await endpoint.report(request, reception)
            return await endpoint.set_up(request)

        return [Route(f"/{NAME}/{{account}}", called, methods=["GET", "POST"])]

    async def run(self, reception: Reception) -> None:
        """Nothing goes on beside the callbacks."""


def api_of(account: WechatAccount, shelf: Shelf, now: Callable[[], datetime]) -> WechatApi:
    """Return the platform's API for an account, whose token lies on the shelf."""
    secret = account.secret.get_secret_value()
    return wechat_api(account.api_base, account.appid, secret, shelf, now)


def callback_of(account: WechatAccount) -> Callback:
    """Return the account's side of its callbacks."""
    key = account.aes_key.get_secret_value() if account.aes_key and account.mode == "secure" else None
    return Callback(account.token.get_secret_value(), account.appid, key)

"""WeCom (企业微信): support's own company, in which each member talks with the application by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.accounts import WecomAccount
from bot.channels.wecom_callback import Endpoint
from bot.channels.wecom_inbound import NAME
from bot.channels.wecom_ports import Ports
from bot.channels.wecom_sending import Sending
from bot.messages import Fetched, Outbound, Outcome, Receipt
from bot.reception import Reception
from bot.tencent.client import WecomApi, wecom_api
from bot.tencent.media import media_of
from bot.tencent.tokens import Shelf


class Wecom:
    """All applications of the settings."""

    name = NAME

    def __init__(self, accounts: Mapping[str, WecomAccount], ports: Ports) -> None:
        self._apis = {name: api_of(account, ports.accounts, ports.now) for name, account in accounts.items()}
        self._sendings = {
            name: Sending(name, account, self._apis[name], ports) for name, account in accounts.items()
        }
        self._endpoints = {
            name: Endpoint(name, account, self._sendings[name], ports) for name, account in accounts.items()
        }

    def send(self, message: Outbound) -> Receipt:
        """Send one message through its account."""
        sending = self._sendings.get(message.address.account)
        if sending is None:  # it was taken out of the settings
            return Receipt(Outcome.FAILED, error="no-account")
        return sending.send(message)

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        """Fetch a picture or another file that a member sent."""
        api = self._apis.get(account)
        return media_of(api, reference, limit) if api else Fetched(error="account", is_lost=True)

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

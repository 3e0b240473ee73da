"""All accounts of one platform: each sends, fetches and is called back by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.messages import Fetched, Outbound, Outcome, Receipt
from bot.reception import Reception
from bot.tencent.client import Calls
from bot.tencent.media import media_of

NO_ACCOUNT = "account"  # it was taken out of the settings


class Sending(Protocol):
    """How one account sends."""

    def send(self, message: Outbound) -> Receipt:
        """Send one message."""


class Endpoint(Protocol):
    """How one account answers when its platform calls."""

    async def set_up(self, request: Request) -> Response:
        """Answer the check of the platform's page."""

    async def report(self, request: Request, reception: Reception) -> Response:
        """Take a report."""


class Accounts:
    """A platform's accounts by their names in the settings.

    Args:
        name: the platform's, which begins the address that it calls.
    """

    def __init__(
        self,
        name: str,
        apis: Mapping[str, Calls],
        sendings: Mapping[str, Sending],
        endpoints: Mapping[str, Endpoint],
    ) -> None:
        self.name = name
        self._apis = apis
        self._sendings = sendings
        self._endpoints = endpoints

    def send(self, message: Outbound) -> Receipt:
        """Send one message through its account."""
        sending = self._sendings.get(message.address.account)
        return sending.send(message) if sending else Receipt(Outcome.FAILED, error=NO_ACCOUNT)

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        """Fetch what a user sent; see `bot.delivery.downloads.Fetcher`."""
        api = self._apis.get(account)
        return media_of(api, reference, limit) if api else Fetched(error=NO_ACCOUNT, is_lost=True)

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

        return [Route(f"/{self.name}/{{account}}", called, methods=["GET", "POST"])]

    async def run(self, reception: Reception) -> None:
        """Nothing goes on beside the callbacks."""

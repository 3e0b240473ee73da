"""The webhook: what the platform sends is checked, made durable, and only then acknowledged.

A wrong secret is answered 401, what is no update 400, what could not be stored 503: then it comes again. An
update that can't be read is kept as it came and acknowledged: the platform would send it for a day.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.telegram import parsing
from bot.log import places
from bot.reception import Reception

if TYPE_CHECKING:
    from bot.channels.telegram.bot import TelegramBot

log = structlog.get_logger(__name__)

HEADER = "x-telegram-bot-api-secret-token"
MAX_BODY_BYTES = 1024 * 1024  # the largest update is far smaller
FORGED_LOGGED = "a request without the secret"


class Webhook:
    """Answers ``POST /telegram/{account}``."""

    def __init__(self, bots: Mapping[str, TelegramBot], reception: Reception) -> None:
        self._bots = bots
        self._reception = reception

    async def take(self, request: Request) -> Response:
        """Take one update in."""
        bot = self._bots.get(request.path_params["account"])
        if bot is None or bot.account.mode != "webhook":
            raise HTTPException(404)
        secret = bot.account.secret.get_secret_value() if bot.account.secret else ""
        given = request.headers.get(HEADER, "")
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            raise HTTPException(401, FORGED_LOGGED)
        try:
            data = json.loads(await _body(request))
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "the body is no JSON") from error
        if parsing.number(data) is None:
            raise HTTPException(400, "the body is no update")
        try:
            rest = await bot.intake.take(data, await bot.me_for(data), self._reception)
        except Exception as error:
            log.error(
                "an update was not taken", account=bot.name, error=type(error).__name__, where=places(error)
            )
            raise HTTPException(503, "not stored, send it again") from error
        return Response(status_code=200, background=BackgroundTask(rest) if rest else None)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413, "the body is too large")
    return bytes(body)


def address(public_url: str, account: str) -> str:
    """Return where the platform finds an account's webhook."""
    return f"{public_url.rstrip('/')}{path(account)}"


def path(account: str) -> str:
    """Return the path of an account's webhook."""
    return f"/telegram/{account}"

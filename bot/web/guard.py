"""What holds for every request: who may ask, how much, what a browser may do with the answer, what is logged.

No log line here carries a word of a request: path and body may hold a customer's.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import ExitStack
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.log import places
from bot.web.room import Room

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
SAFE_METHODS = {"GET", "HEAD"}
AT_ONCE = 500  # requests that bring something and are not answered
RETRY_AFTER_S = 5
UNREMARKABLE = {404, 405}  # anybody may ask for anything: that is no news
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """The outermost layer: headers on every answer, and a short answer instead of an exception's text.

    What is more than can be taken at once is refused unread: the platforms bring it again.

    Args:
        hosts: names by which the service may be called, without port; None: any. A page elsewhere whose name
            is made to point at this machine (DNS rebinding) still calls by its own name.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None = None) -> None:
        self._app = app
        self._hosts = hosts
        self._room = Room("requests", AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with ExitStack() as place:
            await self._answer(scope, receive, send, place)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, place: ExitStack) -> None:
        """Answer one request, which takes its ``place`` until the answer is out."""
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                place.close()  # what it brought about goes on

        app = self._refusal(scope) or self._crowded(scope, place) or self._app
        try:
            await app(scope, receive, send_guarded)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - a boundary: it records type and place, never the words
            log.error("request failed", error=type(error).__name__, where=places(error))
            if not started:
                await answer(500, "internal error")(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return why the request is refused, None if it may pass."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return refuse(400, "unknown host name")
        origin = headers.get("origin")
        if (
            scope["method"] not in SAFE_METHODS
            and origin is not None
            and origin != f"{scope['scheme']}://{host}"
        ):
            return refuse(403, "a page of another origin may not do this")
        return None

    def _crowded(self, scope: Scope, place: ExitStack) -> Response | None:
        """Give the request its place; return how it is refused where there is none."""
        if scope["method"] in SAFE_METHODS:  # it brings nothing that could be too much
            return None
        if self._room.enter():
            place.callback(self._room.leave)
            return None
        refusal = answer(503, "too much at once, send it again")
        refusal.headers.update({"retry-after": str(RETRY_AFTER_S), "connection": "close"})
        return refusal


def _name(host: str) -> str:
    """Return a Host header without the port: ``[::1]:8000`` → ``[::1]``."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def answer(status: int, why: str) -> JSONResponse:
    """Return a short error for a program to read."""
    return JSONResponse({"error": why}, status)


def refuse(status: int, why: str) -> JSONResponse:
    """Return a short error and note it in the log."""
    log.warning("request refused", status=status, why=why)
    return answer(status, why)


async def on_http_error(_: Request, error: Exception) -> Response:
    """Answer what a route refused."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    say = answer if error.status_code in UNREMARKABLE else refuse
    response = say(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


async def read_json(request: Request) -> dict[str, Any]:
    """Return a request's body: a JSON object of at most `MAX_BODY_BYTES`.

    Only `application/json` is read: a page of another origin can't send that without asking first.

    Raises:
        HTTPException: 415, 413 or 400, each with its reason.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body must be application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "the body is not valid JSON") from error
    if not isinstance(parsed, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return parsed

"""A callback's HTTP side: the body up to its cap, and the status of each refusal."""

from __future__ import annotations

import asyncio

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.errors import BadInput
from bot.tencent.callback import MAX_BODY_BYTES, Unproven

log = structlog.get_logger(__name__)

BODY_S = 5.0  # as long as the platforms wait for the answer


async def body_of(request: Request) -> bytes:
    """Return a request's body; one that is too large or too slow is left unread.

    Raises:
        HTTPException: 413, 408.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
    except TimeoutError:
        raise HTTPException(408, "the body does not come", {"connection": "close"}) from None
    return bytes(body)


def refusal(error: BadInput) -> HTTPException:
    """Return how a callback that can't be taken is answered: 401 where it is unproven, else 400.

    Which proof is missing is for the operator alone.
    """
    if isinstance(error, Unproven):
        log.warning("callback unproven", why=str(error))
        return HTTPException(401, "not proven to be the platform's")
    return HTTPException(400, "the body can't be read")

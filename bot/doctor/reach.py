"""Whether the public address leads to the service: asked as the platform asks when it is set up."""

from __future__ import annotations

from datetime import datetime

import httpx

from bot.doctor.finding import Finding, fail, ok, warn
from bot.tencent.callback import Callback

TIMEOUT_S = 5.0
_NOT_THERE = "start the service, and let the proxy in front of it pass this path on; ports 80 and 443 only"


def reach(check: str, url: str, callback: Callback, now: datetime, *, is_sealed: bool) -> Finding:
    """Ask the address for the platform's check, and say whether the answer would be accepted."""
    query, expected = callback.probe(now, is_sealed=is_sealed)
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = client.get(url, params=query)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return warn(check, f"{url} does not answer here: {type(error).__name__}", _NOT_THERE)
    if answer.status_code == httpx.codes.OK and answer.text == expected:
        return ok(check, f"{url} answers as the platform wants")
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.BAD_REQUEST):
        advice = "the service runs with another Token or EncodingAESKey: start it anew with these settings"
        return fail(check, f"{url} refuses the platform's check ({answer.status_code})", advice)
    return warn(check, f"{url} answers {answer.status_code}, and not as the service does", _NOT_THERE)

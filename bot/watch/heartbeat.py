"""The watch's sign of life: in the store for `/readyz`, and to an address outside that rings if it stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

import structlog
from pydantic import SecretStr

from bot.clock import Clock
from bot.store.alarms import last_beat
from bot.store.store import Store

log = structlog.get_logger(__name__)

SWEEP = "sweep"
FRESH = timedelta(seconds=30)  # six rounds
PING_EVERY = timedelta(minutes=1)
PING_TIMEOUT_S = 3


def sweep_is_fresh(store: Store, now: datetime, within: timedelta = FRESH) -> bool:
    """Tell whether the sweep, in whatever process, ended a round less than ``within`` ago."""
    with store.read() as session:
        beat = last_beat(session, SWEEP)
    return beat is not None and abs(now - beat) < within  # one of the future: the clock was set back


class DeadMan:
    """Tells an address outside, once a minute, that the sweep runs; it alarms when it hears nothing.

    Args:
        url: asked by GET; it may carry a secret, so that it is in no log.
    """

    def __init__(self, url: SecretStr | None, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._last: datetime | None = None

    def ping(self) -> None:
        """Send the sign of life if it is time for it; outside any transaction. A failure is only logged."""
        now = self._clock()
        if self._url is None or (self._last is not None and abs(now - self._last) < PING_EVERY):
            return
        self._last = now
        request = Request(self._url.get_secret_value(), headers={"User-Agent": "hotline"})  # noqa: S310 - the settings check the scheme
        try:
            with urlopen(request, timeout=PING_TIMEOUT_S):  # noqa: S310 - as above
                pass
        except (URLError, HTTPException, OSError, ValueError) as error:
            log.warning("the dead-man address did not answer", error=type(error).__name__)

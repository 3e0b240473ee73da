"""HTTP to the platforms: never through the environment's proxies, never for longer or more than the caps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from bot.tencent.failures import PlatformError, Trouble
from bot.tencent.wire import END, Wire

CONNECT_S = 3.0
PAUSE_S = 5.0  # between two parts of an answer
TOTAL_S = 10.0  # until an answer is complete
FILE_S = 60.0  # the same where a file goes one way or the other
MAX_ANSWER_BYTES = 1024 * 1024
IDENTITY = "identity"  # a compressed answer would be unpacked before its size can be seen
_BROKEN = (httpx.HTTPError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)

Files = Mapping[str, tuple[str, bytes, str]]  # of a form: field → name, content, media type


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with status 200."""

    body: bytes
    content_type: str
    disposition: str


class TooLarge(PlatformError):
    """The answer has more bytes than were asked for; the rest was left unread."""

    def __init__(self, call: str) -> None:
        super().__init__(call, Trouble.PERMANENT, hint="the answer is too large")


class Http:
    """A connection pool; safe to share between threads."""

    def __init__(self) -> None:
        # A proxy meant for Telegram would give our calls an address that the whitelist does not know (40164).
        self._client = httpx.Client(
            transport=Wire(),
            trust_env=False,
            timeout=httpx.Timeout(PAUSE_S, connect=CONNECT_S),
            follow_redirects=False,
            headers={"accept-encoding": IDENTITY},
        )

    def ask(
        self,
        call: str,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any],
        content: bytes | None = None,
        files: Files | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        is_file: bool = False,
    ) -> Answer:
        """Return the answer to one request; ``call`` names it in errors, which never carry the address.

        Args:
            is_file: what comes back is a file: it may take longer.

        Raises:
            PlatformError: `Trouble.BUSY` where nothing was done, `Trouble.UNKNOWN` where it may have been.
        """
        end = time.monotonic() + (FILE_S if is_file or files else TOTAL_S)
        asked: dict[str, Any] = {"params": dict(params) or None, "content": content, "files": files}
        try:
            with self._client.stream(method, url, extensions={END: end}, **asked) as response:
                if response.status_code != httpx.codes.OK:
                    is_late = response.status_code == httpx.codes.GATEWAY_TIMEOUT  # it may have been done
                    trouble = Trouble.UNKNOWN if is_late else Trouble.BUSY
                    raise PlatformError(call, trouble, hint=f"HTTP {response.status_code}")
                if response.headers.get("content-encoding", IDENTITY).lower() != IDENTITY:
                    raise PlatformError(call, Trouble.UNKNOWN, hint="the answer is compressed, unasked")
                body = bytearray()
                if int(response.headers.get("content-length", 0)) > max_bytes:
                    raise TooLarge(call)
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > max_bytes:
                        raise TooLarge(call)
                headers = response.headers
                return Answer(
                    bytes(body), headers.get("content-type", ""), headers.get("content-disposition", "")
                )
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise PlatformError(call, Trouble.BUSY, hint=type(error).__name__) from None
        except _BROKEN as error:
            raise PlatformError(call, Trouble.UNKNOWN, hint=type(error).__name__) from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

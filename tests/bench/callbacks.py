"""WeChat callbacks as the platform calls: signed and encrypted, offered at a steady rate or all at once.

A small HTTP client of its own, because a comfortable one would take more of the machine than the service.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from bot.tencent.callback import Callback
from bot.tencent.xml import parse

APPID = "wx0123456789abcdef"
SECRET = "app-secret-of-the-bench"  # noqa: S105 - made up
TOKEN = "callback-token"  # noqa: S105 - made up
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
ACCOUNT = "default"
OURS = "gh_0123456789ab"
TEXTS = (
    "有两个座席登不上系统了",
    "录音听不了了，昨天还好好的",
    "IVR挂了，客户打不进来",
    "报表导不出来",
    "有几个座席老是掉线",
    "所有坐席都登录不上，业务全停了",
)
CONNECTIONS = 64

Request = tuple[int, bytes]  # which service, and the bytes of a whole HTTP request


@dataclass(frozen=True)
class Outcome:
    """How a phase went.

    Attributes:
        seconds: of each answer, from when it was due to be asked until it was read.
        failed: answers other than 200.
        took_s: from the first question to the last answer.
    """

    seconds: Sequence[float]
    failed: int
    took_s: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took_s

    def percentile_ms(self, percent: float) -> float:
        """Return how long the slowest but the rest took, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] * 1000


def reports(urls: Sequence[str], users: Iterator[str], count: int) -> list[Request]:
    """Return so many reports, each of another user, for the services in turn; made before time is taken."""
    callback, now = Callback(TOKEN, APPID, KEY), datetime.now(UTC)
    at = int(now.timestamp())
    made = []
    for number, user in enumerate(itertools.islice(users, count)):
        text = TEXTS[number % len(TEXTS)]
        sealed = callback.sealed(
            f"<xml><ToUserName>{OURS}</ToUserName><FromUserName>{user}</FromUserName>"
            f"<CreateTime>{at}</CreateTime><MsgType>text</MsgType><Content>{text}</Content>"
            f"<MsgId>{next(_NUMBERS)}</MsgId></xml>",
            now,
        )
        place = number % len(urls)
        made.append((place, _request(urls[place], sealed)))
    return made


_NUMBERS = itertools.count(time.time_ns() // 1_000_000)


def _request(url: str, sealed: str) -> bytes:
    fields, body = parse(sealed), sealed.encode()
    query = urlencode(
        {
            "timestamp": fields.text("TimeStamp"),
            "nonce": fields.text("Nonce"),
            "msg_signature": fields.text("MsgSignature"),
            "encrypt_type": "aes",
        }
    )
    head = (
        f"POST /wechat/{ACCOUNT}?{query} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """Connections to the services that are kept open."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._places = [(urlsplit(url).hostname, urlsplit(url).port) for url in urls]
        self._idle: list[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = [[] for _ in urls]

    async def ask(self, request: Request) -> bool:
        """Ask and read the answer; return whether it was 200."""
        place, content = request
        idle = self._idle[place]
        while idle and idle[-1][0].at_eof():  # the service has closed it meanwhile
            idle.pop()[1].close()
        if idle:
            try:
                return await self._exchange(place, content, *idle.pop())
            except (ConnectionError, asyncio.IncompleteReadError):
                pass  # closed as idle at this very moment: asked once more, on a new one
        return await self._exchange(place, content, *await asyncio.open_connection(*self._places[place]))

    async def _exchange(
        self, place: int, content: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(content)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        await reader.readexactly(length)
        self._idle[place].append((reader, writer))
        return head.startswith(b"HTTP/1.1 200")

    def close(self) -> None:
        """Close all connections."""
        for idle in self._idle:
            for _, writer in idle:
                writer.close()


def steadily(urls: Sequence[str], requests: Sequence[Request], rate: float) -> Outcome:
    """Offer reports at a steady rate, whether or not those before were answered (open loop)."""

    async def offer(one: One) -> None:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, request in enumerate(requests):
                due = start + number / rate
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                group.create_task(one(request, due))

    return asyncio.run(_measured(urls, offer))


def at_once(urls: Sequence[str], requests: Sequence[Request]) -> Outcome:
    """Offer all reports at the same instant."""

    async def offer(one: One) -> None:
        due = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(one(request, due))

    return asyncio.run(_measured(urls, offer))


def saturating(urls: Sequence[str], requests: Sequence[Request]) -> Outcome:
    """Offer reports as fast as they are answered, over `CONNECTIONS` connections."""

    async def offer(one: One) -> None:
        waiting = iter(requests)

        async def line() -> None:
            for request in waiting:
                await one(request, time.perf_counter())

        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(line())

    return asyncio.run(_measured(urls, offer))


One = Callable[[Request, float], Awaitable[None]]
Offer = Callable[[One], Awaitable[None]]


async def _measured(urls: Sequence[str], offer: Offer) -> Outcome:
    client, seconds, failed = Client(urls), [], 0

    async def one(request: Request, due: float) -> None:
        nonlocal failed
        failed += not await client.ask(request)
        seconds.append(time.perf_counter() - due)

    start = time.perf_counter()
    await offer(one)
    took_s = time.perf_counter() - start
    client.close()
    return Outcome(seconds, failed, took_s)

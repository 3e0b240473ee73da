"""More than can be taken at once is turned away unread, and what was taken waits where it costs nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import samples
from bot.delivery.inbox import Asked
from bot.messages import Sender
from bot.web.guard import RETRY_AFTER_S, Guard
from bot.web.service import Service
from tests.support.wechat import Served
from tests.support.world import World

AT_ONCE = 3


class Slow:
    """Reads what it is sent, and answers when it may; what it begins after the answer takes as long."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.all_read = threading.Semaphore(0)
        self.may_answer = asyncio.Event()
        self.may_end = asyncio.Event()

    async def post(self, request: Request) -> Response:
        """Answer a request."""
        self.read.append(await request.body())
        self.all_read.release()
        await self.may_answer.wait()
        return PlainTextResponse("taken", background=BackgroundTask(self.may_end.wait))

    async def go_on(self, request: Request) -> Response:
        """Let one or the other happen."""
        getattr(self, request.path_params["what"]).set()
        return PlainTextResponse("ok")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Slow, httpx.Client]]:
    monkeypatch.setattr("bot.web.guard.AT_ONCE", AT_ONCE)
    slow = Slow()
    routes = [Route("/", slow.post, methods=["POST"]), Route("/{what}", slow.go_on)]
    served = Served(Starlette(routes=routes, middleware=[Middleware(Guard)]))
    with httpx.Client(base_url=served.url, trust_env=False, timeout=60) as client:
        yield slow, client
        client.get("/may_answer")
        client.get("/may_end")
    served.stop()


def test_requests_beyond_what_is_taken_at_once_are_refused_unread_and_come_again(
    slow: tuple[Slow, httpx.Client], capfd: pytest.CaptureFixture[str]
) -> None:
    app, client = slow
    with ThreadPoolExecutor(AT_ONCE) as others:
        taken = [others.submit(client.post, "/", content=b"first") for _ in range(AT_ONCE)]
        for _ in taken:
            app.all_read.acquire()
        refused = [client.post("/", content=b"beyond") for _ in range(AT_ONCE)]
        assert {one.status_code for one in refused} == {503}
        assert {one.headers["retry-after"] for one in refused} == {str(RETRY_AFTER_S)}
        assert app.read == [b"first"] * AT_ONCE
        client.get("/may_answer")
        assert [one.result().status_code for one in taken] == [200] * AT_ONCE
    # What the others began after their answers still goes on.
    assert client.post("/", content=b"again").status_code == 200
    printed = capfd.readouterr()
    assert (printed.out + printed.err).count("too much at once") == 1


def test_connections_beyond_what_is_kept_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.protocol.CONNECTIONS", AT_ONCE)
    served = Served(Starlette(routes=[Route("/", lambda _: PlainTextResponse("ok"))]))
    place = (httpx.URL(served.url).host, httpx.URL(served.url).port or 0)
    kept = [socket.create_connection(place, timeout=60) for _ in range(AT_ONCE)]
    with socket.create_connection(place, timeout=60) as beyond:
        assert beyond.recv(100) == b""
    for one in kept:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert one.recv(100).startswith(b"HTTP/1.1 200 ")
        one.close()
    assert httpx.get(served.url, trust_env=False).status_code == 200
    served.stop()


def test_messages_beyond_what_can_be_handled_soon_are_resumed_later_and_lost_to_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.service.IN_HAND", AT_ONCE)
    service, begun, go_on, waited = Service(world.app), threading.Event(), threading.Event(), []
    customers = [customer.key for customer in samples.CUSTOMERS] + [f"c{number}" for number in range(5)]
    handle_all = world.app.handle_all

    def slowly(asked: Sequence[Asked]) -> Sequence[object]:
        waited.extend(asked)
        begun.set()
        go_on.wait()
        return handle_all(asked)

    monkeypatch.setattr(world.app, "handle_all", slowly)

    async def flood() -> None:
        first = asyncio.create_task(service.submit(inbound[0]))
        await asyncio.to_thread(begun.wait)
        rest = [asyncio.create_task(service.submit(one)) for one in inbound[1:]]
        await asyncio.wait(rest, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        while sum(one.done() for one in rest) < len(inbound) - AT_ONCE:
            await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(first, *rest)

    inbound = [world.inbound(who, Sender(who, who), "所有坐席都登不上系统了") for who in customers]
    asyncio.run(asyncio.wait_for(flood(), 60))
    assert len(waited) == AT_ONCE
    world.wait(seconds=5)
    assert len(world.tickets()) == len(inbound)
    assert world.differences() == {}

"""Who sends a request a byte at a time holds a connection for a while, and no longer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.tencent.web import body_of
from tests.support.wechat import Served

LONGEST_S = 20


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await body_of(request))


@contextmanager
def served() -> Iterator[tuple[str, socket.socket]]:
    server = Served(Starlette(routes=[Route("/", echo, methods=["POST"])]))
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=LONGEST_S) as connection:
        yield server.url, connection
    server.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.protocol.HEAD_S", 0.1)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("begun", [b"", b"POST / HTTP/1.1\r\nHost: x\r\nX-Drip: "])
def test_a_head_that_does_not_end_is_not_waited_for(begun: bytes) -> None:
    with served() as (_, connection):
        connection.sendall(begun)
        assert connection.recv(1000) == b""


def test_the_head_of_a_second_request_has_its_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as (_, connection):
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
        answer = b""
        while not answer.endswith(b"ok"):
            answer += connection.recv(1000)
        monkeypatch.setattr("bot.web.protocol.HEAD_S", 0.1)
        connection.sendall(b"POST / HT")
        assert connection.recv(1000) == b""


def test_a_body_that_does_not_come_is_answered_and_the_connection_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.tencent.web.BODY_S", 0.1)
    with served() as (_, connection):
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
        while connection.recv(1000):
            pass


def test_who_is_not_slow_may_ask_again_and_again() -> None:
    with served() as (url, _), httpx.Client(base_url=url) as client:
        assert [client.post("/", content=b"x").text for _ in range(3)] == ["x"] * 3

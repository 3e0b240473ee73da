"""A callback's HTTP side: neither a large body nor a slow one holds anything for long."""

from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive
from structlog.testing import capture_logs

from bot.tencent.callback import Unproven
from bot.tencent.web import body_of, refusal


def request(receive: Receive) -> Request:
    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def a_byte_now_and_then() -> Message:
    await asyncio.sleep(0.001)
    return {"type": "http.request", "body": b"x", "more_body": True}


async def a_large_part() -> Message:
    return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}


def test_a_body_that_drips_is_left_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.tencent.web.BODY_S", 0.05)
    with pytest.raises(HTTPException) as raised:
        asyncio.run(body_of(request(a_byte_now_and_then)))
    assert raised.value.status_code == 408


def test_a_body_that_is_too_large_is_left_unread() -> None:
    with pytest.raises(HTTPException) as raised:
        asyncio.run(body_of(request(a_large_part)))
    assert raised.value.status_code == 413


def test_why_a_callback_is_unproven_is_in_the_log_and_not_in_the_answer() -> None:
    with capture_logs() as logged:
        answer = refusal(Unproven("not fresh: a replay, or this machine's clock is wrong"))

    assert (answer.status_code, answer.detail) == (401, "not proven to be the platform's")
    assert [line["why"] for line in logged] == ["not fresh: a replay, or this machine's clock is wrong"]

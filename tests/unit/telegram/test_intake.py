"""A press is handled whether or not the platform answers that it was acknowledged."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from bot.channels.telegram.intake import Intake
from bot.channels.telegram.updates import Me

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
QUERY = {
    "id": "q",
    "from": {"id": 42, "is_bot": False, "first_name": "陈"},
    "chat_instance": "c",
    "data": "12.0",
    "message": {"message_id": 7, "date": 0, "chat": {"id": 42, "type": "private"}},
}


def test_a_slow_acknowledgement_does_not_hold_up_what_was_pressed() -> None:
    async def scenario() -> None:
        done = asyncio.Event()

        async def answer_callback_query(_: str, **limits: float) -> None:
            assert max(limits.values()) <= 3
            await done.wait()  # the platform answers only after the press was handled

        async def acall(call: Any) -> Any:
            return await call

        async def receive(_: object) -> tuple[int, bool]:
            return 1, True

        async def handle(_: int) -> None:
            done.set()

        bot = SimpleNamespace(answer_callback_query=answer_callback_query)
        api = cast(Any, SimpleNamespace(bot=bot, acall=acall))
        intake = Intake("default", api, cast(Any, None), lambda: NOW, lambda: None)
        reception = cast(Any, SimpleNamespace(receive=receive, handle=handle))
        rest = await intake.take({"update_id": 9, "callback_query": QUERY}, Me(777, "HotlineBot"), reception)
        assert rest is not None
        await asyncio.wait_for(rest(), 30)
        assert done.is_set()

    asyncio.run(scenario())

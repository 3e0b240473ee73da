"""WeChat's callback: proven, made durable, and answered in time.

The platform cuts the connection after five seconds and tries again, three tries in all. What is ready within
four goes back inside the answer, where it is free of quota, and a further try gets the same bytes again; for
the rest ``success`` ends the tries, and delivery sends the answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.channels import wechat_text as texts
from bot.channels.wechat_inbound import Report, report_of
from bot.channels.wechat_ports import Ports
from bot.errors import BadInput
from bot.log import places
from bot.messages import Outbound
from bot.reception import Composed, Reception
from bot.tencent.callback import Callback
from bot.tencent.web import body_of, refusal

log = structlog.get_logger(__name__)

READY_S = 4.0
DONE = "success"


class Endpoint:
    """Answers the callbacks of one account.

    Args:
        name: the account's name in the settings.
        key: under which its state is kept.
    """

    def __init__(self, name: str, key: str, callback: Callback, ports: Ports) -> None:
        self._name = name
        self._key = key
        self._callback = callback
        self._ports = ports
        self._now = ports.now
        self._handling: dict[int, asyncio.Task[None]] = {}

    async def set_up(self, request: Request) -> Response:
        """Answer the check of the platform's page for the server's address.

        Raises:
            HTTPException: it is not the platform's.
        """
        try:
            return PlainTextResponse(self._callback.echo(request.query_params, self._now()))
        except BadInput as error:
            raise refusal(error) from error

    async def report(self, request: Request, reception: Reception) -> Response:
        """Take a report.

        Raises:
            HTTPException: it is unproven or can't be read.
        """
        since = time.monotonic()
        body = await body_of(request)
        try:
            fields = self._callback.opened(request.query_params, body, self._now())
            report = report_of(fields, self._name)
        except BadInput as error:
            raise refusal(error) from error
        return PlainTextResponse(await self._answer(report, reception, since), media_type="text/xml")

    async def _answer(self, report: Report, reception: Reception, since: float) -> str:
        if report.inbound is None:
            return DONE
        inbox_id, _ = await reception.receive(report.inbound)
        if not await self._handled(inbox_id, reception, since) or not report.inbound.is_inline:
            return DONE
        # Read now: whoever holds a connection and asks for another can wait for ever under load.
        is_passive = await run_in_threadpool(self._ports.accounts.is_passive, self._key)
        return await reception.reply_inline(inbox_id, self._composer(report, is_passive=is_passive)) or DONE

    async def _handled(self, inbox_id: int, reception: Reception, since: float) -> bool:
        """Wait as long as the platform lets us; what is not done by then goes on by itself."""
        task = self._handling.get(inbox_id)
        if task is None:
            task = self._handling[inbox_id] = asyncio.create_task(reception.handle(inbox_id))
            task.add_done_callback(lambda ended: self._ended(inbox_id, ended))
        remaining = max(READY_S - (time.monotonic() - since), 0)
        done, _ = await asyncio.wait({task}, timeout=remaining)
        return bool(done) and not task.cancelled() and task.exception() is None

    def _ended(self, inbox_id: int, task: asyncio.Task[None]) -> None:
        self._handling.pop(inbox_id, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # the message is durable: it is resumed
            log.error("handling failed", inbox_id=inbox_id, error=type(error).__name__, where=places(error))

    def _composer(
        self, report: Report, *, is_passive: bool
    ) -> Callable[[Sequence[Outbound]], Composed | None]:
        def compose(messages: Sequence[Outbound]) -> Composed | None:
            now = self._now()
            whole = texts.answer_of(messages, is_last_way=is_passive)
            if not whole.taken:
                return None
            reply = texts.passive(report.user.chat, report.account, whole.text, now)
            return Composed(self._callback.sealed(reply, now), whole.taken)

        return compose

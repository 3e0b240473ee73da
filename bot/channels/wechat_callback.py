"""WeChat's callback: proven, made durable, and answered in time.

The platform cuts the connection after five seconds and tries again, three tries in all. What is ready within
four goes back inside the answer, where it is free of quota, and a further try gets the same bytes again; for
the rest ``success`` ends the tries, and delivery sends the answer.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.channels import wechat_text as texts
from bot.channels.wechat_inbound import Report, report_of
from bot.channels.wechat_ports import Ports
from bot.errors import BadInput
from bot.log import places
from bot.messages import Outbound
from bot.reception import Composed, Composer, Reception
from bot.tencent.callback import Callback
from bot.tencent.web import body_of, refusal

log = structlog.get_logger(__name__)

READY_S = 4.0
COMMITTED_S = 0.8  # an answer that was taken by then is there so much later
DONE = "success"


class Window:
    """Until when an answer may be taken for the platform's request: either it is taken or this is shut."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_shut = self._is_taken = False

    def take(self) -> bool:
        """Take it; False once this is shut."""
        with self._guard:
            self._is_taken = not self._is_shut
            return self._is_taken

    def shut(self) -> bool:
        """Let nothing be taken any more; False where something has been."""
        with self._guard:
            self._is_shut = self._is_shut or not self._is_taken
            return self._is_shut


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
        self._handling: dict[int, tuple[asyncio.Task[str | None], Window]] = {}

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
        task, window = self._handling.get(inbox_id) or self._handle(inbox_id, report, reception)
        done, _ = await asyncio.wait({task}, timeout=max(READY_S - (time.monotonic() - since), 0))
        if not done and not window.shut():
            done, _ = await asyncio.wait({task}, timeout=COMMITTED_S)
            if not done:
                raise HTTPException(503, "the answer is not there in time: it is for the next try")
        if not done:
            return DONE
        if task.cancelled() or task.exception():
            if not window.shut():
                raise HTTPException(503, "the answer may be committed: the next try finds out")
            return DONE
        return task.result() or DONE

    def _handle(
        self, inbox_id: int, report: Report, reception: Reception
    ) -> tuple[asyncio.Task[str | None], Window]:
        """Begin to handle a message; what is not done while the platform waits goes on by itself."""
        window, compose = Window(), None
        if report.inbound is not None and report.inbound.is_inline:
            compose = self._composer(report, window)
        task = asyncio.create_task(reception.handle(inbox_id, compose))
        self._handling[inbox_id] = task, window
        task.add_done_callback(lambda ended: self._ended(inbox_id, ended))
        return task, window

    def _ended(self, inbox_id: int, task: asyncio.Task[str | None]) -> None:
        self._handling.pop(inbox_id, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:  # the message is durable: it is resumed
            log.error("handling failed", inbox_id=inbox_id, error=type(error).__name__, where=places(error))

    def _composer(self, report: Report, window: Window) -> Composer:
        def compose(messages: Sequence[Outbound]) -> Composed | None:
            now = self._now()
            whole = texts.answer_of(messages, is_last_way=self._ports.accounts.is_passive(self._key))
            if not whole.taken or not window.take():
                return None
            reply = texts.passive(report.user.chat, report.account, whole.text, now)
            return Composed(self._callback.sealed(reply, now), whole.taken)

        return compose

"""WeCom's callback: proven, made durable, answered at once; what it brings about goes on after the answer."""

from __future__ import annotations

import structlog
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.accounts import WecomAccount
from bot.channels.wecom_inbound import Press, report_of
from bot.channels.wecom_ports import Ports
from bot.channels.wecom_sending import Sending
from bot.errors import BadInput
from bot.log import places
from bot.reception import Reception
from bot.tencent.callback import Callback
from bot.tencent.web import body_of, refusal

log = structlog.get_logger(__name__)


class Endpoint:
    """Answers the callbacks of one account; ``name`` is the account's in the settings."""

    def __init__(self, name: str, account: WecomAccount, sending: Sending, ports: Ports) -> None:
        self._name = name
        self._corpid, self._agent = account.corpid, account.agent
        self._callback = callback_of(account)
        self._sending = sending
        self._ports = ports

    async def set_up(self, request: Request) -> Response:
        """Answer the check of the platform's page for receiving messages.

        Raises:
            HTTPException: it is not the platform's.
        """
        try:
            return PlainTextResponse(self._callback.sealed_echo(request.query_params, self._ports.now()))
        except BadInput as error:
            raise refusal(error) from error

    async def report(self, request: Request, reception: Reception) -> Response:
        """Take a report; an empty answer ends the platform's tries.

        Raises:
            HTTPException: it is unproven or can't be read.
        """
        body = await body_of(request)
        try:
            fields = self._callback.opened(request.query_params, body, self._ports.now())
            report = report_of(fields, self._name, self._corpid, self._agent)
        except BadInput as error:
            raise refusal(error) from error
        if report.inbound is None:
            return Response()
        inbox_id, is_new = await reception.receive(report.inbound)
        if not is_new:
            return Response()
        return Response(background=BackgroundTask(self._go_on, inbox_id, report.press, reception))

    async def _go_on(self, inbox_id: int, press: Press | None, reception: Reception) -> None:
        """Handle what was received; an error loses nothing, since it is durable and is resumed."""
        try:
            if press is not None:
                await run_in_threadpool(self._ports.book.pressed, press.task_id, press.code)
            await reception.handle(inbox_id)
            if press is not None:
                await run_in_threadpool(self._sending.catch_up, press.task_id, press.choice)
        except Exception as error:  # noqa: BLE001 - a boundary: the answer is out, there is only the log
            log.error("handling failed", inbox_id=inbox_id, error=type(error).__name__, where=places(error))


def callback_of(account: WecomAccount) -> Callback:
    """Return the account's side of its callbacks."""
    token, key = account.token.get_secret_value(), account.aes_key.get_secret_value()
    return Callback(token, account.corpid, key)

"""How one account sends: cards with buttons, changed in place while a code allows it, else text.

A card is changed by a code that works once and for 72 h; it comes when the card is sent, and again with every
press. Where there is none, one line says what changed; the card itself catches up at its next press.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from bot.accounts import WecomAccount
from bot.channels import wecom_cards as cards
from bot.channels.wecom_files import KINDS, instead
from bot.channels.wecom_ports import Ports, Task
from bot.messages import File, Outbound, Outcome, Receipt
from bot.tencent.client import WecomApi
from bot.tencent.failures import PlatformError, Trouble, receipt
from bot.tencent.files import content_of

log = structlog.get_logger(__name__)

USED_TASK = 42014
OUT_OF_SCOPE = 81013
_MEMBERS = {OUT_OF_SCOPE, 60111, 60011}  # the application does not reach this member


class Sending:
    """Sends to the members whom one account reaches; ``name`` is the account's in the settings."""

    def __init__(self, name: str, account: WecomAccount, api: WecomApi, ports: Ports) -> None:
        self._name = name
        self._agent = account.agent
        self._key = key_of(account)
        self._api = api
        self._book = ports.book
        self._alarm = ports.alarm
        self._files = ports.files
        self._now = ports.now

    def send(self, message: Outbound) -> Receipt:
        """Send one message, or change the card that it replaces."""
        try:
            if message.card is not None and message.note is not None:
                return self._change(message, message.note)
            if message.file is not None:
                return self._texts(message, cards.texts(message), message.file)
            return self._new(message)
        except PlatformError as error:
            return self._failed(message, error)

    def catch_up(self, task_id: str, choice: str) -> None:
        """Let a card that was pressed show what it should by now; a failure leaves it as it is.

        One that nothing changes later, such as an alarm, is over with the press.

        Args:
            choice: id of the button that was pressed.
        """
        found, is_over = self._book.behind(task_id), False
        if found is None:
            found, is_over = self._book.single(task_id), True
        if found is None:
            return
        task, message = found
        try:
            self._update(message, task, cards.rest(message, task.id, choice) if is_over else None)
        except PlatformError as error:
            log.warning("wecom card is behind", outbox_id=message.id, error=str(error))

    def _change(self, message: Outbound, note: str) -> Receipt:
        task = self._book.current(message)
        if task is not None and self._update(message, task):
            return Receipt(Outcome.SENT, external_id=task.id)
        return self._texts(message, cards.lines(note))

    def _update(self, message: Outbound, task: Task, made: dict[str, Any] | None = None) -> bool:
        """Change a card; return whether it could be.

        Args:
            made: what it becomes; None: the message as it is.

        Raises:
            PlatformError: not now; the code is kept for another attempt.
        """
        made = made or cards.update(message, task.id)
        if made is None or task.code is None:
            return False
        data = {
            "userids": [message.address.chat],
            "agentid": self._agent_id,
            "response_code": task.code,
            "template_card": made,
        }
        try:
            self._api.post("message/update_template_card", data=data)
        except PlatformError as error:
            if not error.is_refusal:
                raise
            log.warning("wecom card not updated", outbox_id=message.id, error=str(error))
            self._book.spent(task.id, task.code)
            return False
        self._book.updated(task.id, task.code, message.id)
        return True

    def _new(self, message: Outbound) -> Receipt:
        is_begun = message.arrived > 0  # as text, since it could not be a card
        task = self._book.task(message) if message.choices and not is_begun else None
        made = cards.card(message, task.id) if task else None
        if task is None or made is None:
            return self._texts(message, cards.texts(message))
        if (wait := self._book.allow(message.address, 1)) is not None:
            return Receipt(Outcome.LATER, retry_at=wait, error="pace")
        try:
            return self._card(message, task, made)
        except PlatformError as error:
            if not error.is_refusal or error.code in _MEMBERS:
                raise
            log.warning("wecom card refused", outbox_id=message.id, error=str(error))
            return self._texts(message, cards.texts(message))

    def _card(self, message: Outbound, task: Task, made: dict[str, Any]) -> Receipt:
        try:
            said = self._post(message, {"msgtype": "template_card", "template_card": made})
        except PlatformError as error:
            if error.code != USED_TASK:
                raise
            if not task.is_new:  # an attempt whose answer we did not get had arrived
                return Receipt(Outcome.SENT, external_id=task.id)
            task = self._book.task(message, anew=True)
            made = {**made, "task_id": task.id}
            said = self._post(message, {"msgtype": "template_card", "template_card": made})
        code = said.get("response_code")
        self._book.sent(task.id, code if isinstance(code, str) else None)
        return Receipt(Outcome.SENT, external_id=task.id)

    def _texts(self, message: Outbound, parts: Sequence[str], file: File | None = None) -> Receipt:
        """Send the next piece, at last the file; the rest goes in its turn."""
        number, count = message.arrived, len(parts) + (file is not None)
        if number >= count:
            return Receipt(Outcome.SENT)
        if file is not None and number == len(parts):
            content = content_of(self._api, KINDS, self._files, file) or _text(instead(file))
        else:
            content = _text(parts[number])
        if (wait := self._book.allow(message.address, 1)) is not None:
            return Receipt(Outcome.LATER, retry_at=wait, error="pace")
        said = self._post(message, content)
        external_id = str(said.get("msgid", ""))[:128] or None
        if number < count - 1:
            return Receipt(Outcome.PART, external_id, arrived=number + 1)
        return Receipt(Outcome.SENT, external_id)

    def _post(self, message: Outbound, content: dict[str, Any]) -> dict[str, Any]:
        data = {"touser": message.address.chat, "agentid": self._agent_id, **content}
        said: dict[str, Any] = self._api.post("message/send", data=data)
        for refused in ("invaliduser", "unlicenseduser"):  # under errcode 0
            if said.get(refused):
                raise PlatformError("message/send", Trouble.PERMANENT, OUT_OF_SCOPE, refused)
        return said

    @property
    def _agent_id(self) -> int | str:
        return int(self._agent) if self._agent.isascii() and self._agent.isdecimal() else self._agent

    def _failed(self, message: Outbound, error: PlatformError) -> Receipt:
        log.warning("wecom call failed", outbox_id=message.id, error=str(error))
        if error.trouble is Trouble.OPERATOR or error.code in _MEMBERS:
            self._alarm(self._key, self._name, error)
        if error.code in _MEMBERS:
            return Receipt(Outcome.FAILED, error=error.short)
        return receipt(error, self._now())


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def key_of(account: WecomAccount) -> str:
    """Return the key under which an account's token and troubles are kept."""
    return f"wecom:{account.corpid}:{account.agent}"

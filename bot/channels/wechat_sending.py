"""How one account sends: customer-service messages while the user's quota lasts, else it waits and says so.

A message costs one of the few that the platform takes after a user wrote; with few left, what waits for the
same user goes out together. When nothing is left, a notice (template or subscription) asks the user to write,
if the account has one; the message itself is held until they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog

from bot.accounts import WechatAccount
from bot.channels import wechat_text as texts
from bot.channels.wechat_files import KINDS, instead
from bot.channels.wechat_notice import Notice, key_of
from bot.channels.wechat_ports import Ports
from bot.channels.wechat_text import Together
from bot.desk.quota import MESSAGE_WINDOW, SCARCE
from bot.messages import Address, Choice, Outbound, Outcome, Receipt
from bot.tencent.client import WechatApi
from bot.tencent.failures import PlatformError, Trouble, receipt
from bot.tencent.files import content_of

Content = dict[str, Any]  # of a message, as the platform takes it

log = structlog.get_logger(__name__)

NUDGED = "nudged"  # the error of a held message whose user was asked to write
LEFT = "unfollowed"
PASSIVE = "passive"  # the account may not send by itself
_WORDS = ("text", "msgmenu")


class Sending:
    """Sends to the users of one account, whose name in the settings is ``name``."""

    def __init__(self, name: str, account: WechatAccount, api: WechatApi, ports: Ports) -> None:
        self._name = name
        self._key = key_of(account)
        self._api = api
        self._notice = Notice(name, account, api, ports)
        self._ports = ports
        self._quotas = ports.quotas
        self._now = ports.now

    def send(self, message: Outbound) -> Receipt:
        """Send one message, and with it what waits behind it where few may still be sent."""
        user = message.address
        ledger = self._quotas.of(user)
        if ledger.has_left:
            return Receipt(Outcome.FAILED, error=LEFT)
        if self._ports.accounts.is_passive(self._key):
            return Receipt(Outcome.HELD, error=PASSIVE)
        left = ledger.left(self._now(), is_vital=message.vital)
        if left == 0:
            return self._held(message, self._why(user))
        if not _count(message):  # its file has gone since
            return Receipt(Outcome.SENT)
        batch, whole = self._together(message, is_scarce=left <= SCARCE)
        if not whole.taken:
            return self._next_piece(message, left)
        ended = self._sent(message, _text(whole.text, whole.choices))
        if ended.outcome is not Outcome.SENT:
            return ended
        carried = (other.id for other in batch[: whole.taken] if other.id != message.id)
        return replace(ended, carried=tuple(carried))

    def _next_piece(self, message: Outbound, left: int) -> Receipt:
        """Send what comes next of a message that goes by itself; the rest goes in its turn.

        Where the quota ends the rest waits until the user writes, and they are asked to.
        """
        is_last = _count(message) == 1
        is_cut = left == 1 and not is_last
        try:
            ended = self._sent(message, self._content(message, is_cut=is_cut))
        except PlatformError as error:
            return self._failed(message, error)
        if ended.outcome is not Outcome.SENT or is_last:
            return ended
        rest = self._held(message, Trouble.USED_UP) if is_cut else Receipt(Outcome.PART)
        return replace(rest, arrived=message.arrived + 1)

    def _content(self, message: Outbound, *, is_cut: bool) -> Content:
        """Return the next piece of what is said, at last the file, or what is said where that can't be sent.

        Raises:
            PlatformError: the file can't be put on the platform now.
        """
        if pieces := texts.parts_of(message):
            said = pieces[0] + (texts.UNFINISHED if is_cut else "")
            return _text(said, texts.choices_of(message) if len(pieces) == 1 else ())
        assert message.file is not None  # noqa: S101 - else all has arrived
        made = content_of(self._api, KINDS, self._ports.files, message.file)
        return made or _text(instead(message.file))

    def _together(self, message: Outbound, *, is_scarce: bool) -> tuple[Sequence[Outbound], Together]:
        """Return what goes out as one: the message alone, or where little may be sent what waits with it."""
        waiting = self._ports.waiting
        after = waiting.after(message) if is_scarce else []
        before = waiting.held_before(message) if is_scarce and message.vital else []
        batch = [*before, message, *after]
        whole = texts.together(batch, as_numbers=False)
        if before and whole.taken <= len(before):  # too much to say: what is vital goes alone
            batch = [message, *after]
            whole = texts.together(batch, as_numbers=False)
        return batch, whole

    def _sent(self, message: Outbound, content: Content) -> Receipt:
        """Send one content, which counts in the quota if it may have arrived."""
        user = message.address
        if not self._quotas.take(user, 1, is_vital=message.vital):
            return self._held(message, self._why(user))
        try:
            self._post(message, content)
        except PlatformError as error:
            if error.trouble is not Trouble.UNKNOWN:
                self._quotas.give_back(user, 1)
            return self._failed(message, error)
        return Receipt(Outcome.SENT)

    def _post(self, message: Outbound, content: Content) -> None:
        """Send one part; in place of a file that the platform refuses, where it is to be had."""
        try:
            self._api.post("message/custom/send", data={"touser": message.address.chat, **content})
        except PlatformError as error:
            if message.file is None or content["msgtype"] in _WORDS or not error.is_refusal:
                raise
            log.warning("wechat file refused", outbox_id=message.id, error=str(error))
            self._post(message, _text(instead(message.file)))

    def _failed(self, message: Outbound, error: PlatformError) -> Receipt:
        log.warning("wechat call failed", outbox_id=message.id, error=str(error))
        user = message.address
        if error.trouble in (Trouble.WINDOW, Trouble.USED_UP):
            self._quotas.exhausted(user)
            return self._held(message, error.trouble)
        if error.trouble is Trouble.UNREACHABLE:
            self._quotas.left(user)
            return Receipt(Outcome.FAILED, error=LEFT)
        if error.trouble is Trouble.UNAUTHORISED:
            self._ports.accounts.note_passive(self._key, is_passive=True)
            self._ports.alarm(self._key, self._name, error)
            return Receipt(Outcome.HELD, error=PASSIVE)
        if error.trouble is Trouble.OPERATOR:
            self._ports.alarm(self._key, self._name, error)
        return receipt(error, self._now())

    def _why(self, user: Address) -> Trouble:
        """Return why nothing may be sent by our own count."""
        at = self._quotas.of(user).message_at
        is_open = at is not None and self._now() - at < MESSAGE_WINDOW
        return Trouble.USED_UP if is_open else Trouble.WINDOW

    def _held(self, message: Outbound, why: Trouble) -> Receipt:
        """Keep the message until the user writes, and ask them to by a notice, once."""
        if self._quotas.of(message.address).nudged_at is not None or self._notice.ask(message):
            return Receipt(Outcome.HELD, error=NUDGED)
        return Receipt(Outcome.HELD, error="window" if why is Trouble.WINDOW else "quota")


def _count(message: Outbound) -> int:
    """Return how many pieces of a message, its file among them, have not arrived."""
    return len(texts.parts_of(message)) + (message.file is not None)


def _text(text: str, choices: Sequence[Choice] = ()) -> Content:
    if not choices:
        return {"msgtype": "text", "text": {"content": text}}
    items = [{"id": choice.id, "content": choice.label} for choice in choices]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": items, "tail_content": ""}}

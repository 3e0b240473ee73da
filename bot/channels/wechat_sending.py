"""How one account sends: customer-service messages while the user's quota lasts, else it waits and says so.

A message costs one of the few that the platform takes after a user wrote; with few left, what waits for the
same user goes out together. When nothing is left, a notice (template or subscription) asks the user to write,
if the account has one; the message itself is held until they do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.accounts import WechatAccount
from bot.channels import wechat_text as texts
from bot.channels.wechat_ports import Ports
from bot.channels.wechat_text import Together
from bot.desk.calendar import SHANGHAI
from bot.desk.quota import MESSAGE_WINDOW, SCARCE
from bot.messages import Address, Choice, Outbound, Outcome, Receipt
from bot.tencent.client import WechatApi
from bot.tencent.failures import PlatformError, Trouble, receipt

log = structlog.get_logger(__name__)

NUDGED = "nudged"  # the error of a held message whose user was asked to write
LEFT = "unfollowed"
PASSIVE = "passive"  # the account may not send by itself
_TICKET = re.compile(r"T[0-9]+")
_LIMITS = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20}  # characters, by a field's type
_NUDGE = "有新进展，请回复任意字查看"


class Sending:
    """Sends to the users of one account, whose name in the settings is ``name``."""

    def __init__(self, name: str, account: WechatAccount, api: WechatApi, ports: Ports) -> None:
        self._name = name
        self._key = key_of(account)
        self._account = account
        self._api = api
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
        batch, whole = self._together(message, is_scarce=0 < left <= SCARCE)
        parts = [whole.text] if whole.taken else texts.pieces(texts.words_of(message))
        choices = whole.choices if whole.taken else texts.choices_of(message)
        if not self._quotas.take(user, len(parts), is_vital=message.vital):
            return self._held(message, self._why(user))
        ended = self._sent(message, parts, choices)
        if ended.outcome is not Outcome.SENT:
            return ended
        carried = (other.id for other in batch[: whole.taken] if other.id != message.id)
        return replace(ended, carried=tuple(carried))

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

    def _sent(self, message: Outbound, parts: Sequence[str], choices: Sequence[Choice]) -> Receipt:
        openid, unsent = message.address.chat, len(parts)
        try:
            for part in parts[:-1]:
                self._api.message.send_text(openid, part)
                unsent -= 1
            if choices:
                self._api.message.send_msg_menu(openid, _menu(parts[-1], choices))
            else:
                self._api.message.send_text(openid, parts[-1])
        except PlatformError as error:
            if error.trouble is not Trouble.UNKNOWN:
                self._quotas.give_back(message.address, unsent)
            return self._failed(message, error)
        return Receipt(Outcome.SENT)

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
        if self._quotas.of(message.address).nudged_at is not None or self._nudge(message):
            return Receipt(Outcome.HELD, error=NUDGED)
        return Receipt(Outcome.HELD, error="window" if why is Trouble.WINDOW else "quota")

    def _nudge(self, message: Outbound) -> bool:
        openid, values = message.address.chat, self._notice(message)
        try:
            if self._account.template:
                self._api.message.send_template(openid, self._account.template, values)
            elif self._account.notice:
                self._api.message.send_subscribe_message(openid, self._account.notice, values)
            else:
                return False
        except PlatformError as error:
            log.warning("wechat notice failed", outbox_id=message.id, error=str(error))
            if error.trouble is Trouble.OPERATOR:
                self._ports.alarm(self._key, self._name, error)
            return False
        self._quotas.nudged(message.address)
        return True

    def _notice(self, message: Outbound) -> Mapping[str, Mapping[str, str]]:
        found = _TICKET.search(message.text)
        ticket = found[0] if found else "服务热线"
        values = {
            "ticket": ticket,
            "text": _NUDGE,
            "time": f"{self._now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        return {
            name: {"value": values[what][: _LIMITS.get(name.rstrip("0123456789"), 100)]}
            for name, what in self._account.notice_fields.items()
        }


def _menu(text: str, choices: Sequence[Choice]) -> dict[str, object]:
    items = [{"id": choice.id, "content": choice.label} for choice in choices]
    return {"head_content": text, "list": items, "tail_content": ""}


def key_of(account: WechatAccount) -> str:
    """Return the key under which an account's token and state are kept."""
    return f"wechat:{account.appid}"

"""The notice that asks a user to write where nothing else may go: a template or a subscription notice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog

from bot.accounts import WechatAccount
from bot.channels.wechat_ports import Ports
from bot.desk.calendar import SHANGHAI
from bot.messages import Outbound
from bot.tencent.client import WechatApi
from bot.tencent.failures import PlatformError, Trouble

log = structlog.get_logger(__name__)

_TICKET = re.compile(r"T[0-9]+")
_LIMITS = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20}  # characters, by a field's type
_NUDGE = "有新进展，请回复任意字查看"


class Notice:
    """Notices of one account, whose name in the settings is ``name``; it may have none."""

    def __init__(self, name: str, account: WechatAccount, api: WechatApi, ports: Ports) -> None:
        self._name = name
        self._account = account
        self._api = api
        self._ports = ports

    def ask(self, message: Outbound) -> bool:
        """Ask a message's user to write; False where it can't be done."""
        openid, values = message.address.chat, self._values(message)
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
                self._ports.alarm(key_of(self._account), self._name, error)
            return False
        self._ports.quotas.nudged(message.address)
        return True

    def _values(self, message: Outbound) -> Mapping[str, Mapping[str, str]]:
        found = _TICKET.search(message.text)
        ticket = found[0] if found else "服务热线"
        values = {
            "ticket": ticket,
            "text": _NUDGE,
            "time": f"{self._ports.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        return {
            name: {"value": values[what][: _LIMITS.get(name.rstrip("0123456789"), 100)]}
            for name, what in self._account.notice_fields.items()
        }


def key_of(account: WechatAccount) -> str:
    """Return the key under which an account's token and state are kept."""
    return f"wechat:{account.appid}"

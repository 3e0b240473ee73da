"""The pager: alarms that no chat took, sent by mail, SMS gateway, DingTalk, Feishu or whatever Apprise knows.

One chat of its own stands for all addresses. They carry secrets, so that neither they nor Apprise's own
messages, which quote them, are ever logged.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from importlib import import_module

import structlog

from bot.errors import SettingError
from bot.messages import Address, Outbound, Outcome, Receipt

log = structlog.get_logger(__name__)

NAME = "pager"
ADDRESS = Address(NAME, "alarms", "all")
TITLE = "服务热线告警"


class Pager:
    """Sends a message to every address.

    Args:
        urls: Apprise's addresses, such as ``mailtos://…`` or ``dingtalk://…``.

    Raises:
        SettingError: the extra `alarms` is not installed, or an address (named by its place) is malformed.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of modules that Apprise looks for
                apprise = import_module("apprise")
                self._addresses = [apprise.Apprise() for _ in urls]
                added = [one.add(url) for one, url in zip(self._addresses, urls, strict=True)]
                _silence()
        except ImportError as error:
            raise SettingError("HOTLINE_ALARM_URLS: needs the extra `alarms`") from error
        if wrong := [str(number) for number, ok in enumerate(added, start=1) if not ok]:
            raise SettingError(
                f"HOTLINE_ALARM_URLS: no address that Apprise knows: number {', '.join(wrong)}"
            )

    def send(self, message: Outbound) -> Receipt:
        """Send one alarm to every address; it is through when one of them took it."""
        taken = [one.notify(title=TITLE, body=message.text) for one in self._addresses]
        for number, ok in enumerate(taken, start=1):
            if not ok:
                log.error("an alarm address did not take an alarm", number=number, outbox_id=message.id)
        if any(taken):
            return Receipt(Outcome.SENT, external_id=str(message.id))
        return Receipt(Outcome.LATER, error="pager")


def _silence() -> None:
    """Keep addresses out of the log: Apprise and what it sends by write whole paths, where tokens stand."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

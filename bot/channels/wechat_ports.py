"""What the channel needs of the other rooms; `bot.platforms` gives it the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.desk.quota import Ledger
from bot.messages import Address, Outbound
from bot.tencent.failures import Alarm
from bot.tencent.tokens import Shelf


class Quotas(Protocol):
    """Users' accounts of messages; `bot.store.quotas` has the real one."""

    def of(self, user: Address) -> Ledger:
        """Return a user's ledger."""

    def take(self, user: Address, count: int, *, is_vital: bool) -> bool:
        """Take some messages out of what is left; False where there are fewer, and none is taken."""

    def give_back(self, user: Address, count: int) -> None:
        """Note that messages which were taken were not sent."""

    def exhausted(self, user: Address) -> None:
        """Note that the platform takes no more, whatever we counted."""

    def left(self, user: Address) -> None:
        """Note that a user does not follow us any more."""

    def nudged(self, user: Address) -> None:
        """Note that a notice asks the user to write."""


class Accounts(Shelf, Protocol):
    """What all processes know of our accounts; `bot.store.platform_accounts` has the real one."""

    def is_passive(self, key: str) -> bool:
        """Return whether the platform takes only answers to what users write from an account."""

    def note_passive(self, key: str, *, is_passive: bool) -> None:
        """Remember whether it does."""


class Waiting(Protocol):
    """What else waits for a chat; `bot.delivery.inline.Neighbours` is the real one."""

    def held_before(self, message: Outbound) -> Sequence[Outbound]:
        """Return the held messages to the same chat that came before this one, in order."""

    def after(self, message: Outbound) -> Sequence[Outbound]:
        """Return the due messages to the same chat that follow this one, in order."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them, the folder of attachments, and the clock."""

    accounts: Accounts
    quotas: Quotas
    waiting: Waiting
    alarm: Alarm
    files: Path
    now: Callable[[], datetime]

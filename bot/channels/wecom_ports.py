"""What the channel needs of the other rooms; `bot.platforms` gives it the real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.messages import Address, Outbound
from bot.tencent.failures import Alarm
from bot.tencent.tokens import Shelf


@dataclass(frozen=True, slots=True)
class Task:
    """A card in a member's chat.

    Attributes:
        id: its ``task_id``, used once in all time.
        is_new: nothing was sent under it yet.
        code: what updates it once, if there is one that is still good.
    """

    id: str
    is_new: bool
    code: str | None = None


class Book(Protocol):
    """The cards that were sent, and how much; `bot.store.wecom.WecomBook` is the real one."""

    def allow(self, member: Address, count: int) -> datetime | None:
        """Take ``count`` messages out of what a member may still be sent; else return when to try again."""

    def task(self, message: Outbound, *, anew: bool = False) -> Task:
        """Return under which task a message is sent as a card: the same at every attempt.

        Args:
            anew: under another one, because the platform knows the old one from elsewhere.
        """

    def current(self, message: Outbound) -> Task | None:
        """Return the card that a message changes: the latest of its key in the chat."""

    def sent(self, task_id: str, code: str | None) -> None:
        """Note that a card was sent, and the code that came back."""

    def updated(self, task_id: str, code: str, outbox_id: int) -> None:
        """Note that a card now shows that message; the code is used up."""

    def spent(self, task_id: str, code: str) -> None:
        """Note that a code is no good any more."""

    def pressed(self, task_id: str, code: str) -> None:
        """Note the code that came with a press."""

    def single(self, task_id: str) -> tuple[Task, Outbound] | None:
        """Return a card that nothing changes later, such as an alarm, and its message; None for others."""

    def behind(self, task_id: str) -> tuple[Task, Outbound] | None:
        """Return a card and what it should show by now; None where it does, or a change is on its way."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them, the folder of attachments, and the clock."""

    accounts: Shelf
    book: Book
    alarm: Alarm
    files: Path
    now: Callable[[], datetime]

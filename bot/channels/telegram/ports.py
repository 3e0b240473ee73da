"""What the channel needs of the rest of the program: `bot.places` and `bot.store.locks` are the real ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.messages import Address, Unread

Clock = Callable[[], datetime]


class Places(Protocol):
    """Chats as the store knows them; called in threads."""

    def moved(self, old: Address, new: Address) -> None:
        """Note that a chat has a new id: what is said to it follows, and support is told."""

    def support(self, channel: str, account: str) -> list[str]:
        """Return the platform's ids of the chats in which support works, members' own among them."""

    def make_staff(self, place: Address) -> bool:
        """Make a chat support's; False where it is a customer's."""

    def keep_unread(self, update: Unread) -> None:
        """Keep an update that can't be read; support is told, once."""


class Lock(Protocol):
    """A lock over all processes that share the database; called in threads."""

    def held(self) -> bool:
        """Take the lock if it is free; tell whether it is ours (still: a lost connection loses it)."""

    def release(self) -> None:
        """Let somebody else have it, for good."""


Locks = Callable[[str], Lock]

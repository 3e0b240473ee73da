"""What a channel hands its messages to: `bot.web.service` has the real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.messages import Inbound, Outbound


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer that goes back within the channel's own answer to its platform.

    Attributes:
        reply: the bytes that the platform gets, now and at every further try.
        taken: how many of the messages, from the first on, it holds.
    """

    reply: str
    taken: int


Composer = Callable[[Sequence[Outbound]], Composed | None]


class Reception(Protocol):
    """Receives and handles messages; a channel acknowledges to its platform what `receive` has returned."""

    async def receive(self, inbound: Inbound) -> tuple[int, bool]:
        """Make a message durable; return its id and whether it is new.

        Any error means that the message is not ours yet: answer 5xx, or don't move the offset on.
        """

    async def handle(self, inbox_id: int, compose: Composer | None = None) -> str | None:
        """Handle a received message, and have what it brought about delivered.

        An error here loses nothing: the message is durable and is resumed.

        Args:
            compose: makes of what waits for the chat an answer for the channel to give at once; what it takes
                counts as sent in the commit that handles the message. Called in a thread, perhaps again.

        Returns:
            The answer; of a message that was handled before the one that was made then. None: delivery sends.
        """

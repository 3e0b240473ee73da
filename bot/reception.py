"""What a channel hands its messages to: `bot.web.service` has the real one."""

from __future__ import annotations

from typing import Protocol

from bot.messages import Inbound


class Reception(Protocol):
    """Receives and handles messages; a channel acknowledges to its platform what `receive` has returned."""

    async def receive(self, inbound: Inbound) -> tuple[int, bool]:
        """Make a message durable; return its id and whether it is new.

        Any error means that the message is not ours yet: answer 5xx, or don't move the offset on.
        """

    async def handle(self, inbox_id: int) -> None:
        """Handle a received message, and have what it brought about delivered.

        An error here loses nothing: the message is durable and is resumed.
        """

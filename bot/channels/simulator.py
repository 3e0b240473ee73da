"""The demo page's two phones: a message is delivered by being shown; listeners are woken."""

from __future__ import annotations

from collections.abc import Callable

from bot.messages import Outbound, Outcome, Receipt


class Simulator:
    """Delivers to the demo page; the page reads the chat from the store when it is woken."""

    name = "simulator"

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def send(self, message: Outbound) -> Receipt:
        """Deliver one message; a card is edited in place, so that it keeps its id."""
        self._wake()
        return Receipt(Outcome.SENT, external_id=message.replaces or str(message.id))

"""The terminal: messages are printed, choices are numbered."""

from __future__ import annotations

from typing import TextIO

from bot.messages import Outbound, Outcome, Receipt


class Console:
    """Prints to a stream; a card that was printed before is followed up by its one-line note."""

    name = "console"

    def __init__(self, out: TextIO, *, numbered: bool = True) -> None:
        self._out = out
        self._numbered = numbered

    def send(self, message: Outbound) -> Receipt:
        """Print one message."""
        text = message.note if message.note and message.replaces else message.text
        lines = [text]
        if message.choices and text is message.text:
            lines.append(
                "  ".join(
                    f"[{number}] {choice.label}" if self._numbered else f"[{choice.typed}]"
                    for number, choice in enumerate(message.choices, start=1)
                )
            )
        print("\n".join(lines) + "\n", file=self._out, flush=True)
        return Receipt(Outcome.SENT, external_id=str(message.id))

"""What a message is about that answers one of ours: the ticket and the choices of the one that is quoted."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn, says_something
from bot.errors import Refused
from bot.messages import Answered, Option

LONG_AGO = 20
REMEMBERED = 2  # messages back that are still answered once something else was said
_NAMES_TICKET = re.compile(r"[Tt][\s-]*\d")


def quoted(turn: Turn) -> Answered | None:
    """Return what the message that this one answers was about; None where it answers none of ours."""
    if turn.inbound.answers is None:
        return None
    return turn.desk.messages.answered(turn.chat.id, turn.inbound.answers)


def questions(turn: Turn, before: int = REMEMBERED) -> list[tuple[Option, ...]]:
    """Return the choices that a typed number or label may be about: the quoted message's, else the last.

    Args:
        before: how many messages to look back where nothing was asked since the chat wrote.
    """
    answered = quoted(turn)
    if answered is not None and answered.options:
        return [answered.options]
    return turn.desk.messages.questions(turn.inbox_id, before=before)


def spoken_of(turn: Turn) -> Turn:
    """Return the turn that knows which ticket a quoted message makes this one about."""
    answered = quoted(turn)
    if answered is None or answered.ticket is None:
        return turn
    return turn.remember(ticket=answered.ticket, touched=turn.reported_at.isoformat())


def about(turn: Turn, typed: Command | None, answered: Answered | None) -> Command | None:
    """Return what support means by a reply: a command for the quoted ticket, else words for its customer.

    ``确认 1`` in reply to a card is about the card's ticket, not about T1. Only a reply to a card is for the
    customer: what answers an alarm, or a question to a colleague, stays among ourselves.

    Raises:
        Refused: words that answer another message about a ticket; nothing is sent.
    """
    if answered is None:
        return typed
    if typed is not None:
        if answered.ticket is None or _NAMES_TICKET.search(turn.text):
            return typed
        number = "" if typed.ticket is None else str(typed.ticket)
        return replace(typed, ticket=answered.ticket, argument=f"{number} {typed.argument}".strip())
    if not turn.text:
        return None
    if not says_something(turn.text):
        raise Refused("表情没有发给客户；要回复客户请打字。")
    if answered.ticket is not None and answered.is_card:
        return Command("reply", answered.ticket, turn.text)
    place = next((option.argument for option in answered.options if option.verb == "answer"), None)
    if place:
        return Command("answer", None, f"{place} {turn.text}")
    if answered.ticket is not None:
        form = f"回复 T{answered.ticket} 要说的话"
        raise Refused(f"没有发给客户。要发给客户，请回复工单卡片，或发：{form}")
    return None

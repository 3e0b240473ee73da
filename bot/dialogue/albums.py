"""Several pictures sent as one: one report, one answer."""

from __future__ import annotations

from bot.desk.events import Kind
from bot.dialogue import notify
from bot.dialogue.turn import Turn

STATE = "album"


def took(turn: Turn) -> bool:
    """Add a further picture to the ticket of the album's first one; nothing is said again."""
    known = turn.chat.state.get(STATE)
    if turn.inbound.album is None or turn.text or not known or known["id"] != turn.inbound.album:
        return False
    case = turn.desk.tickets.get(known["ticket"])
    if case is None or not case.ticket.is_live:
        return False
    case = turn.desk.tickets.record(case, turn.event(Kind.DETAIL, inbox=turn.inbox_id, chat=turn.chat.id))
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}有补充")
    return True


def note(turn: Turn) -> None:
    """Remember to which ticket the first picture of an album went."""
    ticket = turn.desk.messages.ticket_of(turn.inbox_id) if turn.inbound.album else None
    if ticket is not None:
        state = turn.desk.chats.get(turn.chat.id).state  # as the answer has left it
        turn.desk.chats.keep(turn.chat.id, {**state, STATE: {"id": turn.inbound.album, "ticket": ticket}})

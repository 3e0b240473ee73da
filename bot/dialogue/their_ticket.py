"""Which of a customer's own tickets they mean; of others they are told nothing."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.case import Case
from bot.dialogue import replies, same_fault
from bot.dialogue.commands import Command
from bot.dialogue.turn import Turn
from bot.errors import Refused

NO_TICKET = "您现在没有未结的工单。直接用一句话描述故障就能报修。"


def hotline(turn: Turn) -> str:
    """Return the line with the hotline's numbers."""
    return replies.hotline_line(turn.office.hotline)


def ticket_of(
    turn: Turn, command: Command, *, closed: bool = False, fits: Callable[[Case], bool] | None = None
) -> Case:
    """Return the customer's ticket that a command is about: the one it names, else the latest one.

    Args:
        closed: when none is open, the latest closed one.
        fits: those for which it makes sense go before the others.

    Raises:
        Refused: it is not theirs (which is not told apart from: it does not exist), or there is none.
    """
    if command.ticket is not None:
        case = turn.desk.tickets.get(command.ticket)
        if case is None or not _is_theirs(turn, case):
            raise Refused(f"没有找到您的工单 T{command.ticket}。回复“查进度”可以看到您的工单。")
        return _going_on(turn, case)
    cases = turn.desk.tickets.live(turn.chat)
    cases = [case for case in cases if fits and fits(case)] or cases
    current = same_fault.current_case(turn, cases)
    if current or cases:
        return current or cases[0]
    if closed and (recent := turn.desk.tickets.recent(turn.chat, 1)):
        return _going_on(turn, recent[0])
    raise Refused(NO_TICKET)


def _going_on(turn: Turn, case: Case) -> Case:
    """Return the ticket itself, or the one that it was merged into: of the same customer, always."""
    while case.ticket.merged_into is not None and (into := turn.desk.tickets.get(case.ticket.merged_into)):
        case = into
    return case


def _is_theirs(turn: Turn, case: Case) -> bool:
    if turn.chat.customer_id is not None and case.customer is not None:
        return case.customer.id == turn.chat.customer_id
    return case.chat_id == turn.chat.id


def spoken_of(turn: Turn) -> Case | None:
    """Return the ticket that a supplement belongs to: the one just spoken of, else the chat's only one."""
    cases = [case for case in turn.desk.tickets.live(turn.chat) if case.ticket.is_live]
    return same_fault.current_case(turn, cases, same_fault.CONVERSATION) or (
        cases[0] if len(cases) == 1 else None
    )

"""A fault is still there, or came back: its ticket is opened again."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.events import Event
from bot.desk.reopening import reopened
from bot.desk.terms import Priority
from bot.desk.ticket import Work
from bot.dialogue import choices, notify, replies
from bot.dialogue.opening import SUMMARY_LENGTH, open_again, touch
from bot.dialogue.turn import Turn
from bot.messages import Option


def record(turn: Turn, case: Case, reason: str) -> tuple[Case, bool]:
    """Open a ticket again; return it and whether both sides had found it to be no fault.

    That must be judged anew, so that the customer is asked for the effect.
    """
    was_no_fault = case.ticket.held is Priority.NOT_A_FAULT
    terms = turn.desk.customers.terms(case.customer.id, turn.now) if case.customer else None
    event = reopened(case, turn.actor, reason[:SUMMARY_LENGTH], turn.now, terms)
    return turn.desk.tickets.record(case, event), was_no_fault


def by_customer(
    turn: Turn, case: Case, reason: str, graver: Event | None = None, *, is_other: bool = False
) -> None:
    """Reopen a ticket whose fault is still there; support must answer anew.

    Closed for longer than the set time it becomes a new ticket that refers to it.

    Args:
        graver: what the words propose, where that is graver than what the ticket knows.
        is_other: they may be of another fault.
    """
    closed_at = case.ticket.closed_at if case.ticket.work is Work.CLOSED else None
    if closed_at and turn.now - closed_at > turn.office.rules.reopen_within:
        open_again(turn, case)
        return
    case, was_no_fault = record(turn, case, reason)
    case = turn.desk.tickets.record(case, graver) if graver else case
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    touch(turn, case)
    asks = was_no_fault or graver is not None
    lines = [
        f"工单 {case.number} 已重开。",
        *([replies.priority_line(case) + "。"] if graver else []),
        replies.deadline_line(case, turn.now) + "。",
        "已通知工程师继续处理。",
        *([replies.EFFECT_QUESTION] if asks else []),
        replies.hotline_line(turn.office.hotline),
    ]
    text, options = "\n".join(lines), _question(case, asks)
    notify.customers(turn.desk, case, text, but=turn.chat.id)
    if is_other:
        text += f"\n{replies.IF_ANOTHER}"
        options += (choices.another_option(case.ticket.id, turn.inbox_id),)
    turn.reply(text, *options, ticket=case.ticket.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户说没恢复，已重开")


def by_staff(turn: Turn, case: Case, reason: str) -> None:
    """Support opens a ticket again."""
    case, was_no_fault = record(turn, case, reason)
    text = f"工单 {case.number} 已重开，继续处理。\n{replies.deadline_line(case, turn.now)}。"
    if was_no_fault:
        text += f"\n{replies.EFFECT_QUESTION}"
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}已重开")
    notify.customers(turn.desk, case, text, *_question(case, was_no_fault))


def _question(case: Case, asks: bool) -> tuple[Option, ...]:
    return choices.effect_options(case.ticket.id) if asks else ()

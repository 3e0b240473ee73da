"""Support and the priority (contract 2.1): their view, and the customer's where a lead records it."""

from __future__ import annotations

from bot.desk.agreement import Standing
from bot.desk.case import Case, view_event
from bot.desk.consents import check_lower
from bot.desk.events import Kind
from bot.desk.staff import Task, require
from bot.desk.terms import Priority
from bot.dialogue import choices, moments, notify, replies
from bot.dialogue.clock_words import say_clock
from bot.dialogue.replies import PRIORITY_NAMES
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm

WORDS = {"1": Priority.ONE, "2": Priority.TWO, "3": Priority.NOT_A_FAULT, "不是故障": Priority.NOT_A_FAULT}


def confirm(turn: Turn, case: Case, argument: str) -> None:
    """Record support's view of the priority; the second presser is told who was first."""
    word, _, reason = argument.partition(" ")
    if word not in {"1", "2"}:
        raise WrongForm("优先级只能是 1 或 2。")
    _first_view(turn, case, Priority(int(word)), reason.strip())


def not_a_fault(turn: Turn, case: Case, argument: str) -> None:
    """Record support's view that it is no fault: a lowering too, so that the customer must agree."""
    _first_view(turn, case, Priority.NOT_A_FAULT, argument)


def _first_view(turn: Turn, case: Case, priority: Priority, reason: str) -> None:
    ticket = case.ticket
    if ticket.agreement.vendor is not None and ticket.vendor_view_at is not None:
        at = say_clock(ticket.vendor_view_at, turn.now)
        view = PRIORITY_NAMES[ticket.agreement.vendor]
        wanted = "不是故障" if priority is Priority.NOT_A_FAULT else str(int(priority))
        raise Refused(
            f"{ticket.vendor_view_by}已于 {at} 确认 {case.number} 为{view}。"
            f"要改请发：改级 {case.number} {wanted} 原因"
        )
    _view(turn, case, priority, reason)


def change(turn: Turn, case: Case, argument: str) -> None:
    """Change support's view, with the reason."""
    word, _, reason = argument.partition(" ")
    if word not in WORDS:
        raise WrongForm("请写新的优先级（1、2 或 不是故障）和原因。")
    if not reason.strip():
        raise WrongForm("改优先级要写原因，客户会看到。")
    _view(turn, case, WORDS[word], reason.strip())


def _view(turn: Turn, case: Case, priority: Priority, reason: str) -> None:
    event, before = view_event(case, priority, turn.actor, reason, turn.now, turn.office.workdays), case
    case = turn.desk.tickets.record(case, event)
    by = turn.contact.name
    note = f"{case.number} {by}：{PRIORITY_NAMES[priority]}"
    if event.data["past_due"]:
        note += "（提高后的期限已过，请立即响应）"
    notify.staff(turn.desk, case, turn.now, note)
    agreed = case.ticket.agreement.standing is Standing.AGREED
    options = () if agreed else choices.verdict_options(case.ticket.id, priority)
    notify.customers(turn.desk, case, replies.vendor_view(case, by, reason, turn.now), *options)
    notify.dispute(turn.desk, before, case)


def ask(turn: Turn, case: Case, _: str) -> None:
    """Ask the customer how much is affected."""
    case = turn.desk.tickets.record(case, turn.event(Kind.ASKED))
    notify.customers(
        turn.desk,
        case,
        f"工单 {case.number}：{turn.contact.name}想确认一下，{replies.EFFECT_QUESTION}",
        *choices.effect_options(case.ticket.id),
    )
    notify.staff(turn.desk, case, turn.now, f"{case.number} {turn.contact.name}已问客户影响范围")


def consent(turn: Turn, case: Case, argument: str) -> None:
    """Record the customer's view on their behalf: what was agreed with whom, how and when (contract 2.1).

    Raises:
        Refused: the sender is no lead, it isn't said who agreed and how, or that was overtaken.
    """
    require(turn.contact.role, Task.CONSENT)
    word, _, rest = argument.partition(" ")
    given = moments.consent(rest, case.ticket.clock_from, turn.now)
    if word not in WORDS or given is None:
        raise WrongForm("请写双方商定的优先级、客户方是谁、怎么同意的、几点。")
    priority = WORDS[word]
    check_lower(case, priority, given)
    said = f"{given.who} {say_clock(given.at, turn.now)} {given.how}同意{PRIORITY_NAMES[priority]}"
    event = view_event(
        case, priority, turn.actor, said, turn.now, turn.office.workdays, consent=given.to_dict()
    )
    case = turn.desk.tickets.record(case, event)
    text = (
        f"工单 {case.number}：{turn.contact.name}记录，{said}。\n{replies.deadline_line(case, turn.now)}。\n"
        "如不符请点“有异议”。"
    )
    notify.customers(turn.desk, case, text, *choices.effect_objection(case.ticket.id))
    agreed = case.ticket.agreement.standing is Standing.AGREED
    outcome = "双方已确认" if agreed else "我方的判断不同或还没给，请确认或改级"
    notify.staff(turn.desk, case, turn.now, f"{case.number} {said}（{turn.contact.name}记录）；{outcome}")

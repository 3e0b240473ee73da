"""Who is told of what happened to a ticket: the staff's card, the customer's chats, and nobody else."""

from __future__ import annotations

from datetime import datetime

from bot.desk.agreement import Standing
from bot.desk.case import Case, Chat
from bot.desk.events import Kind
from bot.desk.terms import Priority
from bot.desk.ticket import FINAL, Work
from bot.dialogue import cards, outages
from bot.dialogue.aloud import aloud, how_to_record
from bot.dialogue.ports import Desk
from bot.dialogue.replies import judged, timed
from bot.messages import Option, Received, Say

REPORTING = {Kind.REPORTED, Kind.DETAIL, Kind.JOINED}  # they name the message that says it
ENDED = {Work.RESOLVED, *FINAL}


def staff(desk: Desk, case: Case, now: datetime, note: str | None = None) -> None:
    """Show the ticket's card in every staff chat; ``note`` says what changed, None for a new ticket.

    What a suspected common outage shows is not shown by itself.
    """
    if outages.took(desk, case, now, is_new=note is None):
        return
    message = _card(desk, case, now, note)
    for chat_id in desk.chats.staff():
        desk.messages.say(chat_id, message, ticket=case.ticket.id)


def anew(desk: Desk, case: Case, now: datetime) -> None:
    """Show the ticket's card at the end of every staff chat: one that only changes in its place is not heard.

    What a suspected common outage shows is not shown by itself.
    """
    if not desk.outages.is_silent(case):
        for chat_id in desk.chats.staff():
            show(desk, case, now, chat_id)


def show(desk: Desk, case: Case, now: datetime, chat_id: int) -> None:
    """Show the ticket's card anew in one of support's chats; later changes are made to this one."""
    desk.messages.say(chat_id, _card(desk, case, now, None), ticket=case.ticket.id)


def _card(desk: Desk, case: Case, now: datetime, note: str | None) -> Say:
    reports = _reports(desk, case)
    chat = Chat(case.chat_id, "private", case.customer.id if case.customer else None, {})
    recent = desk.tickets.recent(chat, cards.RECENT_SHOWN, but=case.ticket.id)
    return cards.card(case, now, reports, recent, note)


def _reports(desk: Desk, case: Case) -> list[Received]:
    """Return what was reported; of a ticket that was merged what it had, which is the other one's now."""
    if case.ticket.merged_into is None:
        return desk.messages.reports(case.ticket.id)
    events = desk.tickets.events(case.ticket.id)
    said = [event.data["inbox"] for event in events if event.kind in REPORTING and "inbox" in event.data]
    moved = {event.data["inbox"] for event in events if event.kind is Kind.SPLIT}
    return [desk.messages.received(inbox_id) for inbox_id in dict.fromkeys(said) if inbox_id not in moved]


def staff_line(
    desk: Desk,
    text: str,
    *options: Option,
    ticket: int | None = None,
    but: int | None = None,
    urgent: bool = False,
) -> None:
    """Say one line in every staff chat, except ``but`` (it was answered already)."""
    for chat_id in desk.chats.staff():
        if chat_id != but:
            desk.messages.say(chat_id, Say(text, options, urgent=urgent), ticket=ticket)


def dispute(desk: Desk, before: Case, case: Case) -> None:
    """Call a lead when a view has just made the two sides differ, whichever of them spoke last."""
    views = case.ticket.agreement
    if views.standing is not Standing.DISPUTED or views == before.ticket.agreement:
        return
    assert views.customer is not None and views.vendor is not None  # noqa: S101, PT018 - a dispute has two
    word = "不是故障" if views.vendor is Priority.NOT_A_FAULT else str(int(views.vendor))
    staff_line(
        desk,
        f"{case.number} 双方判断不同：客户{judged(views.customer)}，我方{judged(views.vendor)}。"
        f"请主管联系客户商定；商定前{timed(views.held)}。\n"
        f"商定后请主管记录：客户同意 {case.number} {word} 王经理 电话 14:05",
        ticket=case.ticket.id,
    )


def customers(
    desk: Desk,
    case: Case,
    text: str,
    *options: Option,
    but: int | None = None,
    is_answer: bool = False,
) -> None:
    """Tell every chat that is informed about the ticket, except ``but`` (it was answered already).

    Vital is what ends the matter, and the answer that is the response: without it there is a breach. Where no
    chat is, support must phone.
    """
    is_response = is_answer and case.ticket.responded_at is None
    vital = is_response or case.ticket.work in ENDED
    message = Say(text, options, is_answer=is_answer, vital=vital)
    chats = desk.tickets.watchers(case)
    if not chats:
        phone = case.reporter.phone or "未登记，请查合同"
        lines = [f"{case.number} 请打电话告诉客户（{phone}）：{aloud(text, options)}"]
        lines += [form] if (form := how_to_record(case.number, options)) else []
        staff_line(desk, "\n".join(lines), ticket=case.ticket.id)
    for chat_id in chats:
        if chat_id != but:
            desk.messages.say(chat_id, message, ticket=case.ticket.id)

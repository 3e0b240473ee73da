"""A fault is reported: it opens a ticket, or belongs to one that is open."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.ticket import Work
from bot.dialogue import choices, notify, reading, reopening, replies
from bot.dialogue.commands import Command
from bot.dialogue.opening import Finding, open_ticket, self_help, shown, touch
from bot.dialogue.reading import Report, whole
from bot.dialogue.same_fault import find_same
from bot.dialogue.their_ticket import hotline
from bot.dialogue.turn import Turn


def take(turn: Turn, report: Report) -> None:
    """Open a ticket for the report, or add it to the open one that it belongs to."""
    case = find_same(turn, report)
    if case is None:
        open_ticket(turn, report)
    elif case.ticket.work is Work.RESOLVED:
        reopening.by_customer(turn, case, report.text)
    else:
        add(turn, case, report)


def add(turn: Turn, case: Case, report: Report) -> None:
    """Add a report to an open ticket: a graver one raises it, the clock still counts from the first."""
    same_chat = turn.chat.id in turn.desk.tickets.watchers(case)
    kind = Kind.DETAIL if same_chat else Kind.JOINED
    before = case
    case = turn.desk.tickets.record(case, turn.event(kind, inbox=turn.inbox_id, chat=turn.chat.id))
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    turn.desk.tickets.watch(case, turn.chat.id)
    turn.desk.tickets.add_concepts(case, report.concepts)
    fuller = whole(turn, case, report)
    is_news = fuller.certain and (
        not before.ticket.certain or fuller.priority < before.ticket.agreement.proposed
    )
    if is_news:
        case = turn.desk.tickets.record(case, _proposal(turn, fuller))
        case = turn.desk.tickets.summarise(case, shown(fuller.text))
    touch(turn, case)
    _answer_addition(turn, before, case, fuller, is_news=is_news, same_chat=same_chat)


def _proposal(turn: Turn, report: Report) -> Event:
    data = {"inbox": turn.inbox_id, **Finding.of(turn, report).to_dict()}
    return Event(Kind.PROPOSED, turn.now, BOT, data)


def _answer_addition(
    turn: Turn, before: Case, case: Case, report: Report, *, is_news: bool, same_chat: bool
) -> None:
    hotline, number = turn.office.hotline, case.ticket.id
    raised = case.ticket.held < before.ticket.held
    if raised:
        text = replies.raised(case, turn.now, hotline)
        turn.reply(text, *choices.effect_options(number), ticket=number)
        notify.customers(turn.desk, case, text, but=turn.chat.id)
    elif is_news:
        help_line = None if report.verdict.ask else self_help(turn, report)
        text = replies.understood(case, turn.now, hotline, help_line)
        turn.reply(text, *choices.effect_options(number), ticket=number)
    else:
        text = replies.joined(case, turn.now, hotline, same_chat=same_chat)
        if turn.inbound.is_correction:
            text = replies.corrected(case, turn.now, hotline)
        turn.reply(text, ticket=number)
    who = turn.contact.name
    note = (
        f"{case.number} 已提高为{replies.PRIORITY_NAMES[case.ticket.held]}"
        if raised
        else f"{case.number} {who}{'改了原话' if turn.inbound.is_correction else '有补充'}"
    )
    notify.staff(turn.desk, case, turn.now, note)


def anyway(turn: Turn, command: Command) -> None:
    """按故障报修: the way out of a wrong verdict; the clock starts at the original message."""
    if command.argument.startswith("inbox:"):
        original = turn.desk.messages.received(int(command.argument.removeprefix("inbox:")))
        take(turn, reading.of(turn, original.text, original.at))
    elif command.argument:
        take(turn, reading.of(turn, command.argument, turn.reported_at))
    elif fragments := reading.recent_fragments(turn):
        take(turn, reading.of(turn, "，".join(words for words, _ in fragments), fragments[0][1]))
    else:
        turn.remember(reporting=turn.now.isoformat())
        turn.reply(f"请用一句话描述：哪里出了什么问题，影响全部还是部分坐席。\n{hotline(turn)}")

"""A fault is reported: it opens a ticket, or belongs to one that is open."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.dialogue import choices, notify, reading, reopening, replies
from bot.dialogue.commands import Command
from bot.dialogue.opening import Finding, gather, open_ticket, shown, touch
from bot.dialogue.reading import Report, whole
from bot.dialogue.same_fault import came_back, find_same, may_be_another
from bot.dialogue.self_help import self_help
from bot.dialogue.their_ticket import hotline
from bot.dialogue.turn import Turn

WORDS_SHOWN = 60  # in the line that stands for a card where it can't change


def take(turn: Turn, report: Report) -> None:
    """Open a ticket for the report, or add it to the open one that it belongs to."""
    case = find_same(turn, report) or came_back(turn, report)
    if case is None:
        open_ticket(turn, report)
    elif case.ticket.is_live:
        add(turn, case, report)
    else:
        graver = _proposal(turn, report) if _is_news(case, report, report) else None
        is_other = graver is not None or may_be_another(turn, case, report)
        reopening.by_customer(turn, case, report.text, graver, is_other=is_other)


def add(turn: Turn, case: Case, report: Report) -> None:
    """Add a report to an open ticket: a graver one raises it, the clock still counts from the first."""
    same_chat = turn.chat.id in turn.desk.tickets.watchers(case)
    kind = Kind.DETAIL if same_chat else Kind.JOINED
    before = case
    case, news = taken(turn, case, report, kind)
    gather(turn, case)
    touch(turn, case)
    is_other = not turn.inbound.is_correction and may_be_another(turn, before, report)
    _answer_addition(turn, before, case, news, same_chat=same_chat, is_other=is_other)
    show(turn, before, case, is_other=is_other)


def taken(turn: Turn, case: Case, report: Report, kind: Kind) -> tuple[Case, Report | None]:
    """Make a report part of an open ticket; return that, and what the report says that was not known."""
    before = case
    case = turn.desk.tickets.record(case, _addition(turn, kind, report))
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    turn.desk.tickets.watch(case, turn.chat.id)
    turn.desk.tickets.add_concepts(case, report.concepts)
    fuller = whole(turn, case, report)
    if not _is_news(before, report, fuller):
        return case, None
    case = turn.desk.tickets.record(case, _proposal(turn, fuller))
    return turn.desk.tickets.summarise(case, shown(fuller.text)), fuller


def _addition(turn: Turn, kind: Kind, report: Report) -> Event:
    named = {"priority": int(report.priority)} if report.certain else {}
    return turn.event(kind, inbox=turn.inbox_id, chat=turn.chat.id, **named)


def _is_news(case: Case, report: Report, fuller: Report) -> bool:
    """Tell whether words say more than is known: clearer, or graver than what was found or judged.

    Against a judgement only the words that came after it count, not what they are read with.
    """
    views = case.ticket.agreement
    if fuller.certain and (not case.ticket.certain or fuller.priority < views.proposed):
        return True
    return report.certain and report.priority < max(views.held, views.customer or views.held)


def _proposal(turn: Turn, report: Report) -> Event:
    data = {"inbox": turn.inbox_id, **Finding.of(turn, report).to_dict()}
    return Event(Kind.PROPOSED, turn.now, BOT, data)


def _answer_addition(
    turn: Turn, before: Case, case: Case, news: Report | None, *, same_chat: bool, is_other: bool
) -> None:
    hotline, options = turn.office.hotline, choices.effect_options(case.ticket.id)
    if case.ticket.held < before.ticket.held:
        text = replies.raised(case, before, turn.now, hotline)
        notify.customers(turn.desk, case, text, but=turn.chat.id)
    elif news:
        help_line = None if news.verdict.ask else self_help(turn, news)
        text = replies.understood(case, before, turn.now, hotline, help_line)
    elif turn.inbound.is_correction:
        text, options = replies.corrected(case, turn.now, hotline), ()
    else:
        text, options = replies.joined(case, turn.now, hotline, same_chat=same_chat), ()
    if is_other:
        text += f"\n{replies.IF_ANOTHER}"
        options += (choices.another_option(case.ticket.id, turn.inbox_id),)
    turn.reply(text, *options, ticket=case.ticket.id)


def show(turn: Turn, before: Case, case: Case, *, is_other: bool) -> None:
    """Show support what a report has added to a ticket."""
    what = "改了原话" if turn.inbound.is_correction else "有补充"
    said = replies.shorten(turn.text, WORDS_SHOWN)
    note = f"{case.number} {turn.contact.name}{what}" + (f"：{said}" if said else "")
    if case.ticket.held < before.ticket.held:
        note = f"{case.number} 已提高为{replies.PRIORITY_NAMES[case.ticket.held]}"
    if _is_void(before, case):
        note += "，比原来判断的严重，请重新确认优先级"
    if is_other:
        note += f"；如是另一个故障请发：拆分 {case.number}"
    notify.staff(turn.desk, case, turn.now, note)


def _is_void(before: Case, case: Case) -> bool:
    """Whether a view that somebody had given counts no more."""
    was, now = before.ticket.agreement, case.ticket.agreement
    return (was.customer is not None and now.customer is None) or (
        was.vendor is not None and now.vendor is None
    )


def anyway(turn: Turn, command: Command) -> None:
    """按故障报修: the way out of a wrong verdict; the clock starts at the original message."""
    if command.argument.startswith("inbox:"):
        original = turn.desk.messages.received(int(command.argument.removeprefix("inbox:")))
        if turn.desk.messages.ticket_of(original.id) is None:
            turn = replace(turn, inbox_id=original.id)  # what was said there is what is reported
        take(turn, reading.of(turn, original.text, original.at))
    elif command.argument:
        take(turn, reading.of(turn, command.argument, turn.reported_at))
    elif fragments := reading.recent_fragments(turn):
        take(turn, reading.of(turn, "，".join(words for words, _ in fragments), fragments[0][1]))
    else:
        turn.remember(reporting=turn.now.isoformat())
        turn.reply(f"请用一句话描述：哪里出了什么问题，影响全部还是部分坐席。\n{hotline(turn)}")

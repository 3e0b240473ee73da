"""A customer's answer to what support asks for: a time, or a pause of the clocks; and how a pause ends."""

from __future__ import annotations

from datetime import datetime

from bot.desk.arranging import time_agreed, time_refused
from bot.desk.case import Case
from bot.desk.events import Kind
from bot.desk.sla import ClockName
from bot.dialogue import notify, replies
from bot.dialogue.clock_words import NAMES, customer_lines
from bot.dialogue.commands import Command
from bot.dialogue.receipts import say_time
from bot.dialogue.their_ticket import hotline, ticket_of
from bot.dialogue.turn import Turn
from bot.errors import Refused


def agree_time(turn: Turn, command: Command) -> None:
    """The customer agrees to the time that support proposed."""
    case = ticket_of(turn, command)
    clock, _, until = command.argument.partition(" ")
    offers = [offer for offer in case.ticket.offers if clock in ("", offer.clock)]
    if not offers:
        raise Refused("现在没有待您同意的时间。")
    if until and datetime.fromisoformat(until) != offers[-1].until:
        raise Refused("工程师已改了建议的时间，请看最新的消息。")
    event = time_agreed(case, offers[-1].clock, offers[-1].until, turn.actor, turn.now)
    case = turn.desk.tickets.record(case, event)
    name, said = NAMES[offers[-1].clock], say_time(offers[-1].until, turn.now)
    text = f"已约定：工单 {case.number} 的{name}时间为 {said}。发“为什么”可以看到记录。"
    turn.reply(f"{text}\n{hotline(turn)}", ticket=case.ticket.id)
    notify.customers(turn.desk, case, text, but=turn.chat.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户同意{name}时间：{said}")


def refuse_time(turn: Turn, command: Command) -> None:
    """The customer does not agree, or never did: what was computed holds."""
    case = ticket_of(turn, command)
    agreed = sorted(case.ticket.agreed, key=lambda time: time.recorded_by is None)  # of their own hand: last
    open_times = [offer.clock for offer in case.ticket.offers] + [time.clock for time in agreed]
    clock = ClockName(command.argument) if command.argument else next(iter(open_times), ClockName.AGREED)
    case = turn.desk.tickets.record(case, time_refused(case, clock, turn.actor, turn.now))
    lines = [f"已记录：您不同意改{NAMES[clock]}时间（工单 {case.number}）。", *_due_lines(case, turn.now)]
    turn.reply("\n".join([*lines, hotline(turn)]), ticket=case.ticket.id)
    notify.customers(turn.desk, case, "\n".join(lines), but=turn.chat.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户不同意{NAMES[clock]}时间，按原期限")


def agree_pause(turn: Turn, command: Command) -> None:
    """The customer lets the clocks rest from this instant."""
    case = turn.desk.tickets.record(ticket_of(turn, command), turn.event(Kind.PAUSED))
    text = f"已暂停工单 {case.number} 的计时。\n" + "\n".join(_due_lines(case, turn.now))
    turn.reply(f"{text}\n{hotline(turn)}", ticket=case.ticket.id)
    notify.customers(turn.desk, case, text, but=turn.chat.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户同意暂停")


def refuse_pause(turn: Turn, command: Command) -> None:
    """The clocks run on."""
    case = turn.desk.tickets.record(ticket_of(turn, command), turn.event(Kind.PAUSE_REFUSED))
    lines = [f"好的，工单 {case.number} 不暂停，照常计时。", *_due_lines(case, turn.now)]
    turn.reply("\n".join([*lines, hotline(turn)]), ticket=case.ticket.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户不同意暂停，照常计时")


def answered(turn: Turn) -> list[Case]:
    """Whatever the customer answers ends the pauses that wait for this chat; return their tickets."""
    resumed = []
    for case in turn.desk.tickets.live(turn.chat):
        if case.ticket.pause and turn.chat.id in turn.desk.tickets.watchers(case):
            case = end_pause(turn, case, "customer")
            notify.customers(turn.desk, case, resumed_text(case, turn.now))
            resumed.append(case)
    return resumed


def end_pause(turn: Turn, case: Case, how: str) -> Case:
    """Let the clocks run again, and show it to support."""
    case = turn.desk.tickets.record(case, turn.event(Kind.RESUMED, how=how))
    who = "客户已回复" if how == "customer" else turn.contact.name
    notify.staff(turn.desk, case, turn.now, f"{case.number} {who}，继续计时")
    # A line of its own: the card may change again with what the customer said.
    due = "；".join(line.removesuffix("。") for line in _due_lines(case, turn.now))
    notify.staff_line(turn.desk, f"{case.number} {who}，继续计时。{due}", ticket=case.ticket.id)
    return case


def resumed_text(case: Case, now: datetime) -> str:
    """Return that the clocks run again, with the deadlines as they are now."""
    return "\n".join([f"工单 {case.number} 继续计时。", *_due_lines(case, now)])


def _due_lines(case: Case, now: datetime) -> list[str]:
    """Return what is due now, a line each."""
    is_told = case.ticket.responded_at or case.ticket.pause
    lines = [] if is_told else [replies.deadline_line(case, now)]
    return [f"{line}。" for line in (*lines, *customer_lines(case, now))]

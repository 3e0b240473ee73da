"""Support and a suspected common outage: notice is taken of its alarms at once for all its tickets."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.clocks import clocks
from bot.desk.events import Kind
from bot.desk.sla import ClockName
from bot.dialogue import notify
from bot.dialogue.clock_words import NAMES, clock_of
from bot.dialogue.commands import Command
from bot.dialogue.outages import numbers
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm


def acknowledge(turn: Turn, command: Command) -> None:
    """Take notice of one clock's alarms of all tickets that the outage is alarmed for; other clocks go on."""
    number, _, word = command.argument.partition(" ")
    clock = clock_of(word.strip())
    outage = turn.desk.outages.find(int(number)) if number.isdecimal() and len(number) < 10 else None
    if outage is None or clock is None:
        raise WrongForm("请写哪一次疑似共性故障、哪个时钟。")
    taken = [case for ticket in outage.tickets if (case := _acknowledged(turn, outage.id, ticket, clock))]
    if not taken:
        raise Refused(f"这次故障没有在等{NAMES[clock]}的工单。")
    named = numbers([case.ticket.id for case in taken])
    said = f"{turn.contact.name}知道了，{named} 的{NAMES[clock]}到期限或仍没有结果时再提醒；其他提醒照常。"
    notify.staff_line(turn.desk, f"疑似共性故障 {outage.id}：{said}")


def _acknowledged(turn: Turn, outage: int, ticket: int, clock: ClockName) -> Case | None:
    """Take notice for one ticket; None where it stands for itself now, or that clock does not wait."""
    case = turn.desk.tickets.get(ticket)
    if case is None or turn.desk.outages.holds(case) != outage:
        return None
    states = clocks(case, turn.office.workdays)
    if not any(one.name is clock and one.is_open for one in states):
        return None
    return turn.desk.tickets.record(case, turn.event(Kind.ACKNOWLEDGED, clock=clock.value))

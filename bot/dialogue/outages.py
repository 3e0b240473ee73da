"""A suspected common outage in the staff chats: one card and one alarm instead of many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.desk.case import Case
from bot.desk.ladder import Step
from bot.desk.outage import Outage
from bot.desk.roster import Member
from bot.dialogue.alarms import TO_DO, state_words, who_words
from bot.dialogue.ports import Desk
from bot.dialogue.receipts import CLOCK_NAMES, say_time
from bot.messages import Option, Say

CUSTOMERS_SHOWN = 8
TICKETS_SHOWN = 30


def took(desk: Desk, case: Case, now: datetime, *, is_new: bool) -> bool:
    """Tell whether an outage shows this change of a ticket, so that no card of its own is needed.

    A new report joins the outage that goes on; the one that makes it a suspicion raises the alarm.
    """
    if not is_new:
        return desk.outages.is_silent(case)
    admitted = desk.outages.admit(case)
    if admitted is None:
        return False
    outage_id, is_first = admitted
    if is_first:
        show(desk, desk.outages.get(outage_id), now, is_first=True)
    return True


def show(desk: Desk, outage: Outage, now: datetime, *, is_first: bool = False) -> None:
    """Show an outage's card in every staff chat; the first one goes ahead of everything else."""
    for chat_id in desk.chats.staff():
        desk.messages.say(chat_id, card(outage, now, is_first=is_first))


def card(outage: Outage, now: datetime, *, is_first: bool = False) -> Say:
    """Return the card: how many, who, which tickets, and the earliest deadline."""
    count = len(outage.tickets)
    lines = [
        f"⚠ 疑似共性故障：{count} 个工单报优先等级1",
        f"客户（{len(outage.customers)} 家）：{_some(outage.customers, CUSTOMERS_SHOWN)}",
        f"工单：{numbers(outage.tickets)}",
    ]
    if outage.first_due:
        due, ticket = outage.first_due
        lines.append(f"最早的响应期限：T{ticket} {say_time(due, now)}")
    lines.append("后续同类报修并入这张卡片，不再逐个提醒；每个工单照常各自计时。")
    lines.append(f"看单个工单请发：工单 T{outage.tickets[0]}")
    note = None if is_first else f"疑似共性故障：已有 {count} 个工单、{len(outage.customers)} 家客户"
    options = (Option("待办", "待办", "todo"),)
    return Say("\n".join(lines), options, card=f"outage:{outage.id}", note=note, urgent=is_first)


def alarm(
    outage: Outage,
    loud: Sequence[tuple[Case, Step]],
    tickets: Sequence[int],
    who: Sequence[Member],
    now: datetime,
) -> Say:
    """Return one alarm for the tickets of an outage whose clocks ring.

    Args:
        loud: of each clock that rings the gravest step with its ticket, the gravest first.
        tickets: those whose gravest clock rings now.
        who: whom that step calls.
    """
    case, step = loud[0]
    lines = [
        f"⚠ 疑似共性故障（{len(outage.tickets)} 个工单）· {case.number} {state_words(step, now)}",
        f"请{who_words(case, step.target, who)}现在{TO_DO[step.clock]}：{CLOCK_NAMES[step.clock]}到点的有"
        f" {numbers(tickets)}",
    ]
    lines += [
        f"另外：{one.number} {state_words(other, now)}，请{TO_DO[other.clock]}" for one, other in loud[1:]
    ]
    typed = f"知道了故障 {outage.id} {CLOCK_NAMES[step.clock]}"
    known = Option("知道了", typed, "ack_outage", None, f"{outage.id} {step.clock.value}")
    return Say("\n".join(lines), (Option("待办", "待办", "todo"), known), urgent=True)


def numbers(tickets: Sequence[int]) -> str:
    """Return tickets' numbers as they are said, cut where there are many."""
    return _some([f"T{ticket}" for ticket in tickets], TICKETS_SHOWN)


def _some(words: Sequence[str], most: int) -> str:
    if len(words) <= most:
        return "、".join(words)
    return "、".join(words[:most]) + f" 等共 {len(words)} 个"

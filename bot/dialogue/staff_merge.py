"""Several reports of one fault become one ticket, and a report that joined wrongly becomes its own."""

from __future__ import annotations

import re

from bot.desk.case import Case
from bot.desk.merging import merge_events
from bot.dialogue import notify, replies, splitting
from bot.dialogue.clock_words import say_clock
from bot.dialogue.turn import Turn
from bot.errors import Refused, WrongForm
from bot.messages import Received, Say

_INTO = re.compile(r"^[到入进至\s]*[Tt]?\s*(\d{1,12})\s*$")
_NUMBER = re.compile(r"^(\d{1,2})(?:\s+|$)")


def merge(turn: Turn, case: Case, argument: str) -> None:
    """Merge a ticket into another of the same customer's: each reporter stays informed."""
    match = _INTO.match(argument)
    if match is None:
        raise WrongForm("请写并到哪张工单。")
    target = turn.desk.tickets.get(int(match[1]))
    if target is None:
        raise Refused(f"没有工单 T{int(match[1])}。")
    merged, absorbed = merge_events(case, target, turn.actor, turn.now, turn.office.workdays)
    chats = turn.desk.tickets.watchers(case)
    already = turn.desk.tickets.watchers(target)
    before = target.response
    case = turn.desk.tickets.record(case, merged)
    target = turn.desk.tickets.record(target, absorbed)
    turn.desk.messages.move(case.ticket.id, target.ticket.id)
    turn.desk.tickets.add_concepts(target, case.concepts)
    for chat_id in chats:
        turn.desk.tickets.watch(target, chat_id)
    into = target.number
    text = f"您报的工单 {case.number} 和 {into} 是同一问题，已合并处理，进展都在 {into} 里通知您。"
    status = replies.status_line(target, turn.now)
    for chat_id in chats:
        turn.desk.messages.say(chat_id, Say(f"{text}\n{status}"), ticket=target.ticket.id)
    if before != target.response:
        for chat_id in set(already) - set(chats):
            turn.desk.messages.say(chat_id, Say(status), ticket=target.ticket.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 已并入 {target.number}")
    notify.staff(turn.desk, target, turn.now, f"{case.number} 已并入本单 {target.number}")


def split(turn: Turn, case: Case, argument: str) -> None:
    """Open a ticket of its own for a report that had joined this one; it keeps that report's own time."""
    joined = splitting.joined(turn, case)
    if not joined:
        raise Refused(f"{case.number} 只有一条报修，没有可拆的。")
    match = _NUMBER.match(argument)
    if match and 1 <= int(match[1]) <= len(joined):
        chosen, reason = joined[int(match[1]) - 1], argument[match.end() :].strip()
    elif len(joined) == 1:
        chosen, reason = joined[0], argument
    else:
        raise WrongForm(_which(turn, case, joined))
    splitting.split_off(turn, case, chosen, reason)


def _which(turn: Turn, case: Case, joined: list[Received]) -> str:
    lines = [
        f"{number}. {say_clock(words.at, turn.now)} {replies.shorten(words.text)}"
        for number, words in enumerate(joined, start=1)
    ]
    return "\n".join([f"{case.number} 并进来的有 {len(joined)} 条，请写拆哪一条：", *lines])

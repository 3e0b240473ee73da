"""The customer and the priority (contract 2.1): their view, their consent, their objection."""

from __future__ import annotations

import re

from bot.desk.agreement import Standing
from bot.desk.case import Case, view_event
from bot.desk.terms import Priority
from bot.dialogue import asked, choices, notify, quoting, replies, same_fault
from bot.dialogue.commands import Command
from bot.dialogue.opening import touch
from bot.dialogue.reading import Report
from bot.dialogue.their_ticket import ticket_of
from bot.dialogue.turn import Turn
from bot.errors import Refused

# How people answer 影响多大 in their own words; what is said of a part goes before what is said of all.
_EFFECT_WORDS = (
    (Priority.TWO, re.compile(r"部分|个别|只有|就我|就一个|几个|[一两二三俩]个|一组")),
    (Priority.ONE, re.compile(r"全部|所有|全体|全都|都受影响|都不行|整个|全公司")),
    (Priority.NOT_A_FAULT, re.compile(r"咨询|问一下|问问|不是故障|没有?故障|没有?影响")),
)
_EFFECT_LENGTH = 14
_GRAVER = re.compile(r"[很太更非极真好特].{0,2}(严重|紧急|要紧)|影响(很|太|非常|特别)大")
_NOT_GRAVE = re.compile(r"[不没][^，,。]{0,3}(严重|紧急|要紧|影响)")


def effect(turn: Turn, command: Command) -> None:
    """Record the customer's view: how much is affected (contract 2.1, joint determination)."""
    case = ticket_of(turn, command)
    _view(turn, case, Priority(int(command.argument)), choices.EFFECT_NAMES[Priority(int(command.argument))])


def effect_in_words(turn: Turn) -> Command | None:
    """Return the answer to the open question about the effect, said in a few words; None if it is none.

    It answers the engineer's judgement too: 不同意，全部都受影响.
    """
    if len(turn.text) > _EFFECT_LENGTH or "?" in turn.text or "？" in turn.text:
        return None
    meant = next((view for view, words in _EFFECT_WORDS if words.search(turn.text)), None)
    if meant is None:
        return None
    offered = (option for question in quoting.questions(turn) for option in question)
    asked_for = next((option.ticket for option in offered if option.verb in ("effect", "object")), None)
    return Command("effect", asked_for, str(int(meant))) if asked_for is not None else None


def says_graver(turn: Turn, read: Report) -> Command | None:
    """Return the objection of who calls grave, naming no fault, what holds as a lesser priority."""
    if not _GRAVER.search(turn.text) or _NOT_GRAVE.search(turn.text):
        return None
    if same_fault.specific(turn, read.concepts) or same_fault.effects(turn, read.concepts):
        return None
    live = turn.desk.tickets.live(turn.chat)
    case = same_fault.current_case(turn, live, same_fault.CONVERSATION)
    return Command("object", case.ticket.id) if case and case.ticket.held > Priority.ONE else None


def agree(turn: Turn, command: Command) -> None:
    """Record that the customer shares the engineer's view."""
    case = ticket_of(turn, command, fits=_awaits_consent)
    asked.check_unambiguous(turn, case, command)
    vendor = case.ticket.agreement.vendor
    if vendor is None:
        raise Refused("工程师还没有给出判断，有结果会马上告诉您。")
    if command.argument and int(command.argument) != vendor:
        raise Refused(f"工程师已把判断改为{replies.PRIORITY_NAMES[vendor]}，请看最新的消息。")
    _view(turn, case, vendor, "同意工程师的判断")


def _awaits_consent(case: Case) -> bool:
    agreement = case.ticket.agreement
    return agreement.vendor is not None and agreement.standing is not Standing.AGREED


def object_(turn: Turn, command: Command) -> None:
    """The customer objects to the priority: ask for the effect, which is their view."""
    case = ticket_of(turn, command)
    turn.reply(
        f"明白，您对工单 {case.number} 的优先级有异议（现{replies.timed(case.ticket.held)}）。\n"
        + replies.EFFECT_QUESTION,
        *choices.effect_options(case.ticket.id),
        ticket=case.ticket.id,
    )


def _view(turn: Turn, case: Case, priority: Priority, reason: str) -> None:
    event, before = view_event(case, priority, turn.actor, reason, turn.now, turn.office.workdays), case
    case = turn.desk.tickets.record(case, event)
    text = replies.view_recorded(case, priority, turn.now, turn.office.hotline)
    turn.reply(text, ticket=case.ticket.id)
    touch(turn, case)
    if event.data["held_before"] != event.data["held_after"]:
        notify.customers(turn.desk, case, text, but=turn.chat.id)
    note = f"{case.number} 客户答：{choices.EFFECT_NAMES[priority]}"
    notify.staff(turn.desk, case, turn.now, note + ("（新期限已过）" if event.data["past_due"] else ""))
    notify.dispute(turn.desk, before, case)

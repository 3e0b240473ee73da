"""A fault that came by telephone on the 400 line: support enters it for the customer (contract 2.2.1)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.desk.case import Case, Customer
from bot.desk.events import Kind
from bot.dialogue import moments, notify, reading, replies, same_fault, staff_actions
from bot.dialogue.commands import Command
from bot.dialogue.opening import Finding, opened
from bot.dialogue.reading import Report
from bot.dialogue.turn import Turn
from bot.errors import WrongForm

WORDS_OF_A_NAME = 8
_GAP = re.compile(r"\s+")
_QUOTES = "“”\"「」'"


def report_for(turn: Turn, command: Command) -> None:
    """Open a ticket for a customer who phoned: 代报修 CUSTOMER 14:05 what they said.

    The clock starts at the time that is given, else now. The customer has no chat here: whatever they must
    be told is a telephone call, which support is asked to make.
    """
    customer, rest = _customer(turn, command.argument)
    at, words = moments.past(rest, turn.now)
    if not words:
        raise WrongForm("请写客户说了什么。")
    chat, contact = turn.desk.chats.telephone(customer.id)
    theirs = replace(turn, chat=chat, contact=contact, reported_at=at or turn.reported_at)
    read = reading.of(theirs, words, theirs.reported_at)
    same = same_fault.find_same(theirs, read)
    if same is not None and same.ticket.is_live:
        _add(theirs, same, turn.contact.name)
        turn.reply(f"{customer.name}的这个问题已在工单 {same.number} 中，已补充。", ticket=same.ticket.id)
        return
    case = _open(theirs, read)
    notify.staff(turn.desk, case, turn.now)
    phone = case.reporter.phone or "未登记，请查合同"
    receipt = replies.receipt(case, turn.now, turn.office.hotline, None)
    turn.reply(
        f"已为{customer.name}登记工单 {case.number}。请在电话里（{phone}）告诉客户：\n{receipt}",
        ticket=case.ticket.id,
    )


def _customer(turn: Turn, argument: str) -> tuple[Customer, str]:
    """Return whom the beginning names, and what follows; of names with spaces the longest that fits counts.

    Raises:
        Refused: it names nobody, or several.
    """
    ends = [gap.start() for gap in islice(_GAP.finditer(argument), WORDS_OF_A_NAME)] + [len(argument)]
    for end in reversed(ends[:WORDS_OF_A_NAME]):
        name = " ".join(argument[:end].split()).strip(_QUOTES)
        if name and turn.desk.customers.find(name):
            return staff_actions.one_customer(turn, name), argument[end:].strip()
    return staff_actions.one_customer(turn, argument[: ends[0]].strip(_QUOTES)), ""


def _open(theirs: Turn, read: Report) -> Case:
    since: datetime = theirs.reported_at
    return opened(theirs, Finding.of(theirs, read), since, read.text, read.concepts)


def _add(theirs: Turn, case: Case, who: str) -> None:
    event = theirs.event(Kind.DETAIL, inbox=theirs.inbox_id, chat=theirs.chat.id)
    case = theirs.desk.tickets.record(case, event)
    theirs.desk.messages.assign(case.ticket.id, theirs.inbox_id)
    notify.staff(theirs.desk, case, theirs.now, f"{case.number} 客户来电补充（{who}登记）")

"""A fault that came by telephone on the 400 line: support enters it for the customer (contract 2.2.1)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from bot.desk.case import Case, Customer
from bot.desk.events import Kind
from bot.dialogue import choices, moments, notify, reading, replies, report, same_fault, staff_actions
from bot.dialogue.aloud import aloud, how_to_record
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
    turn.desk.messages.note_call(turn.inbox_id, customer.id, words, theirs.reported_at)
    read = reading.of(theirs, words, theirs.reported_at)
    same = same_fault.find_same(theirs, read)
    if same is not None and same.ticket.is_live:
        case, said, asks = _add(theirs, same, read)
        first = f"{customer.name}的来电已记入工单 {case.number}。"
    else:
        case, said, asks = _open(theirs, read)
        first = f"已为{customer.name}登记工单 {case.number}。"
    phone = case.reporter.phone or "未登记，请查合同"
    options = choices.effect_options(case.ticket.id) if asks else ()
    lines = [f"{first}请在电话里（{phone}）告诉客户：", aloud(said, options)]
    lines += [form] if (form := how_to_record(case.number, options)) else []
    turn.reply("\n".join(lines), ticket=case.ticket.id)


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


def _open(theirs: Turn, read: Report) -> tuple[Case, str, bool]:
    """Open a ticket; return it, what the customer is told, and whether they are asked for the effect."""
    case = opened(theirs, Finding.of(theirs, read), theirs.reported_at, read.text, read.concepts)
    notify.staff(theirs.desk, case, theirs.now)
    return case, replies.receipt(case, theirs.now, theirs.office.hotline, None), True


def _add(theirs: Turn, before: Case, read: Report) -> tuple[Case, str, bool]:
    """Add to an open ticket, which a graver report raises; return what `_open` does."""
    case, _ = report.taken(theirs, before, read, Kind.JOINED)
    report.show(theirs, before, case, is_other=same_fault.may_be_another(theirs, before, read))
    if case.ticket.held == before.ticket.held:
        return case, replies.joined(case, theirs.now, theirs.office.hotline, same_chat=True), False
    said = replies.raised(case, before, theirs.now, theirs.office.hotline)
    if theirs.desk.tickets.watchers(case):
        notify.customers(theirs.desk, case, said, *choices.effect_options(case.ticket.id))
    return case, said, True

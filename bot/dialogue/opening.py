"""Opening a ticket: one way for a report, a part that is split off, a fault that came back, and a rescue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.desk.case import Case
from bot.desk.events import Event, Kind
from bot.desk.terms import Priority
from bot.dialogue import choices, notify, reading, replies
from bot.dialogue.ports import Desk
from bot.dialogue.reading import Report
from bot.dialogue.self_help import self_help
from bot.dialogue.turn import Turn
from bot.messages import Received

SUMMARY_LENGTH = 60
SHOWN = "shown"  # in a chat's state
SHOWN_WINDOW = timedelta(hours=2)  # a picture of so long before still belongs to what is reported


@dataclass(frozen=True, slots=True)
class Finding:
    """What a ticket is opened with: the proposed priority and the rule that found it.

    Attributes:
        version: of the knowledge base.
        certain: whether a rule found a fault; else it is held as priority 1 (contract 2.1, our reading).
    """

    version: str
    priority: Priority = Priority.ONE
    certain: bool = False
    rule: str = "rescue"
    clause: str | None = None
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, turn: Turn, report: Report) -> Finding:
        """Return what the rules found in a report."""
        return cls(
            version=turn.office.classifier.base.version,
            priority=report.priority,
            certain=report.certain,
            rule=report.verdict.rule,
            clause=report.verdict.clause if report.certain else None,
            words=report.words,
        )

    @classmethod
    def again(cls, case: Case) -> Finding:
        """Return what an earlier ticket of the same fault was opened with."""
        ticket = case.ticket
        return cls(
            version=ticket.knowledge_version,
            priority=ticket.agreement.proposed,
            certain=ticket.certain,
            rule=ticket.rule,
            clause=ticket.clause,
            words=ticket.words,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON types, as the events hold them."""
        return {
            "priority": int(self.priority),
            "certain": self.certain,
            "rule": self.rule,
            "clause": self.clause,
            "words": list(self.words),
            "knowledge_version": self.version,
        }


def opened(
    turn: Turn,
    finding: Finding,
    since: datetime,
    summary: str,
    concepts: frozenset[str] = frozenset(),
    refers_to: int | None = None,
) -> Case:
    """Open a ticket by the turn's message, its clock from ``since``; nobody is told yet."""
    data = {
        "inbox": turn.inbox_id,
        "reported_at": since.isoformat(),
        **finding.to_dict(),
        "contract": contract_reference(turn.desk, turn.chat.customer_id, since),
        "refers_to": refers_to,
    }
    event = Event(Kind.REPORTED, turn.now, turn.actor, data)
    case = turn.desk.tickets.open(turn.chat, turn.contact, event, shown(summary), concepts)
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    return case


def open_ticket(turn: Turn, report: Report) -> Case:
    """Open a ticket, give the customer their receipt and support the card."""
    case = opened(turn, Finding.of(turn, report), report.since, report.text, report.concepts)
    gather(turn, case)
    touch(turn, case)
    help_line = None if report.verdict.ask or not report.certain else self_help(turn, report)
    turn.reply(
        replies.receipt(case, turn.now, turn.office.hotline, help_line),
        *choices.effect_options(case.ticket.id),
        ticket=case.ticket.id,
    )
    notify.staff(turn.desk, case, turn.now)
    return case


def open_split(turn: Turn, case: Case, words: Received, reason: str) -> Case:
    """Open a ticket for a report that had joined ``case``: in its own chat, from its own time."""
    chat, contact = turn.desk.messages.sender(words.id)
    theirs = replace(turn, chat=chat, contact=contact, inbox_id=words.id, reported_at=words.at)
    report = reading.of(theirs, words.text, words.at)
    finding, summary = Finding.of(theirs, report), reason or words.text
    own = opened(theirs, finding, words.at, summary, report.concepts, refers_to=case.ticket.id)
    touch(theirs, own)
    text = replies.split_off(case, own, turn.now, turn.office.hotline)
    notify.customers(turn.desk, own, text, *choices.effect_options(own.ticket.id))
    notify.staff(turn.desk, own, turn.now)
    return own


def open_again(turn: Turn, case: Case) -> Case:
    """Open a new ticket for a fault that came back after its ticket was closed for good; it refers to it."""
    finding, number = Finding.again(case), case.ticket.id
    again = opened(turn, finding, turn.reported_at, case.summary, case.concepts, refers_to=number)
    touch(turn, again)
    text = replies.came_back(case, again, turn.now, turn.office.hotline)
    turn.reply(text, *choices.effect_options(again.ticket.id), ticket=again.ticket.id)
    notify.staff(turn.desk, again, turn.now)
    return again


def shown(text: str) -> str:
    """Return in a few words what a ticket is about."""
    return " ".join(text.split())[:SUMMARY_LENGTH] or "（图片或附件）"


def gather(turn: Turn, case: Case) -> None:
    """Give a ticket what its reporter said just before, and showed shortly before, that belongs to none."""
    said = reading.fragment_messages(turn)
    if said or SHOWN in turn.chat.state:
        since = turn.reported_at - SHOWN_WINDOW
        turn.desk.messages.gather(case.ticket.id, turn.inbox_id, said, since)


def note_shown(turn: Turn) -> None:
    """Remember that something was shown that belongs to no ticket: the next one may be about it."""
    if turn.inbound.attachments and turn.desk.messages.ticket_of(turn.inbox_id) is None:
        state = turn.desk.chats.get(turn.chat.id).state  # as the answer has left it
        turn.desk.chats.keep(turn.chat.id, {**state, SHOWN: turn.inbox_id})


def touch(turn: Turn, case: Case) -> None:
    """Remember that this chat has just spoken of the ticket."""
    turn.remember(ticket=case.ticket.id, touched=turn.reported_at.isoformat(), fragments=None, shown=None)


def contract_reference(desk: Desk, customer_id: int | None, at: datetime) -> dict[str, object] | None:
    """Return number and version of the customer's contract at an instant; None where there is none."""
    terms = desk.customers.terms(customer_id, at) if customer_id is not None else None
    return {"number": terms.contract_number, "version": terms.version} if terms else None

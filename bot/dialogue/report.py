"""A fault is reported: open a ticket, or recognise that it belongs to one that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from bot.desk.case import Case
from bot.desk.events import BOT, Event, Kind
from bot.desk.terms import Priority
from bot.desk.ticket import Work
from bot.dialogue import notify, replies
from bot.dialogue.turn import Turn
from bot.messages import Received
from intents import Label, Verdict

GENERIC = frozenset({"agent.people", "platform.system"})
SAME_WINDOW = timedelta(hours=1)  # so long the same part, or the same symptom, means the same fault
FRAGMENT_WINDOW = timedelta(minutes=5)  # people write one report in several messages
SIMILAR = 80  # rapidfuzz's token-set ratio of two reports of the same fault
PRIORITIES = {Label.P1: Priority.ONE, Label.P2: Priority.TWO}
SUMMARY_LENGTH = 60
ASKS_SCOPE = "是否所有"  # in a self-help line: it asks how many are affected
PEOPLE = "agent.people"  # the concept of whom it concerns


@dataclass(frozen=True, slots=True)
class Report:
    """What the customer's words amount to.

    Attributes:
        since: when the report began: the first fragment of it.
    """

    text: str
    verdict: Verdict
    since: datetime

    @property
    def certain(self) -> bool:
        """Whether the rules found a fault in it."""
        return self.verdict.label in PRIORITIES

    @property
    def priority(self) -> Priority:
        """What is proposed; in doubt priority 1 (contract 2.1, our reading)."""
        return PRIORITIES.get(self.verdict.label, Priority.ONE)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that decided, in the order of the sentence, each once; what touches is one."""
        spans: list[tuple[int, int]] = []
        for found in sorted(self.verdict.evidence, key=lambda e: e.start) if self.certain else ():
            if spans and found.start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(found.end, spans[-1][1]))
            else:
                spans.append((found.start, found.end))
        return tuple(dict.fromkeys(self.text[start:end] for start, end in spans))

    @property
    def concepts(self) -> frozenset[str]:
        """What it names, to recognise a repeated report."""
        return frozenset(e.concept for e in self.verdict.evidence)


def of(turn: Turn, text: str, since: datetime) -> Report:
    """Return what ``text`` amounts to, read by itself."""
    return Report(text, turn.office.classifier.classify(text), since)


def read(turn: Turn) -> Report:
    """Read the message together with the fragments just before it; the graver reading counts."""
    alone = of(turn, turn.text, turn.reported_at)
    fragments = recent_fragments(turn)
    if not fragments or not turn.text:
        return alone
    text = "，".join([*(words for words, _ in fragments), turn.text])
    together = of(turn, text, min(fragments[0][1], turn.reported_at))
    return together if _gravity(together) < _gravity(alone) else alone


def _gravity(report: Report) -> tuple[int, bool]:
    return (list(Label).index(report.verdict.label), report.verdict.ask is None)


def recent_fragments(turn: Turn) -> list[tuple[str, datetime]]:
    """Return text and instant of what was said just before and belongs to no ticket yet."""
    kept = [(words, datetime.fromisoformat(at)) for words, at in turn.chat.state.get("fragments", ())]
    return [(words, at) for words, at in kept if turn.reported_at - at <= FRAGMENT_WINDOW]


def keep_fragment(turn: Turn) -> Turn:
    """Remember words that may turn out to be the beginning of a report."""
    fragments = [*recent_fragments(turn), (turn.text, turn.reported_at)][-5:]
    return turn.remember(fragments=[(words, at.isoformat()) for words, at in fragments])


def take(turn: Turn, report: Report) -> None:
    """Open a ticket for the report, or add it to the open one that it belongs to."""
    case = find_same(turn, report)
    if case is None:
        open_ticket(turn, report)
    elif case.ticket.work is Work.RESOLVED:
        reopen(turn, case, report.text)
    else:
        add(turn, case, report)


def open_ticket(turn: Turn, report: Report) -> Case:
    """Open a ticket, give the customer their receipt and support the card."""
    case = _open(turn, report, _summary(report.text))
    help_line = None if report.verdict.ask or not report.certain else self_help(turn, report)
    turn.reply(
        replies.receipt(case, turn.now, turn.office.hotline, help_line),
        *replies.effect_options(case.ticket.id),
        ticket=case.ticket.id,
    )
    notify.staff(turn.desk, case, turn.now)
    return case


def open_split(turn: Turn, case: Case, words: Received, reason: str) -> Case:
    """Open a ticket for a report that had joined ``case``: in its own chat, from its own time."""
    chat, contact = turn.desk.messages.sender(words.id)
    theirs = replace(turn, chat=chat, contact=contact, inbox_id=words.id, reported_at=words.at)
    opened = _open(theirs, of(theirs, words.text, words.at), _summary(reason or words.text), case.ticket.id)
    theirs.reply(replies.split_off(case, opened, turn.now, turn.office.hotline), ticket=opened.ticket.id)
    notify.staff(turn.desk, opened, turn.now)
    return opened


def open_again(turn: Turn, case: Case) -> Case:
    """Open a new ticket for a fault that came back after its ticket was closed for good; it refers to it."""
    ticket = case.ticket
    data = {
        "inbox": turn.inbox_id,
        "reported_at": turn.reported_at.isoformat(),
        "priority": int(ticket.agreement.proposed),
        "certain": ticket.certain,
        "rule": ticket.rule,
        "clause": ticket.clause,
        "words": list(ticket.words),
        "knowledge_version": ticket.knowledge_version,
        "contract": contract_reference(turn, turn.reported_at),
        "refers_to": ticket.id,
    }
    event = Event(Kind.REPORTED, turn.now, turn.actor, data)
    opened = turn.desk.tickets.open(turn.chat, turn.contact, event, case.summary, case.concepts)
    turn.desk.messages.assign(opened.ticket.id, turn.inbox_id)
    _touch(turn, opened)
    text = replies.came_back(case, opened, turn.now, turn.office.hotline)
    turn.reply(text, *replies.effect_options(opened.ticket.id), ticket=opened.ticket.id)
    notify.staff(turn.desk, opened, turn.now)
    return opened


def _summary(text: str) -> str:
    return " ".join(text.split())[:SUMMARY_LENGTH] or "（图片或附件）"


def _open(turn: Turn, report: Report, summary: str, refers_to: int | None = None) -> Case:
    event = Event(
        Kind.REPORTED,
        turn.now,
        turn.actor,
        {
            "inbox": turn.inbox_id,
            "reported_at": report.since.isoformat(),
            "priority": int(report.priority),
            "certain": report.certain,
            "rule": report.verdict.rule,
            "clause": report.verdict.clause if report.certain else None,
            "words": list(report.words),
            "knowledge_version": turn.office.classifier.base.version,
            "contract": contract_reference(turn, report.since),
            "refers_to": refers_to,
        },
    )
    case = turn.desk.tickets.open(turn.chat, turn.contact, event, summary, report.concepts)
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    _touch(turn, case)
    return case


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
        case = turn.desk.tickets.summarise(case, _summary(fuller.text))
    _touch(turn, case)
    _answer_addition(turn, before, case, fuller, is_news=is_news, same_chat=same_chat)


def whole(turn: Turn, case: Case, report: Report) -> Report:
    """Read a ticket's latest words with what was said just before in it; the graver reading counts."""
    earlier = [
        words.text
        for words in turn.desk.messages.reports(case.ticket.id)
        if words.id != turn.inbox_id and words.text and turn.reported_at - words.at <= FRAGMENT_WINDOW
    ]
    if not earlier:
        return report
    text = "，".join([*earlier, report.text])
    together = of(turn, text, report.since)
    return together if _gravity(together) < _gravity(report) else report


def _proposal(turn: Turn, report: Report) -> Event:
    return Event(
        Kind.PROPOSED,
        turn.now,
        BOT,
        {
            "inbox": turn.inbox_id,
            "priority": int(report.priority),
            "certain": True,
            "rule": report.verdict.rule,
            "clause": report.verdict.clause,
            "words": list(report.words),
        },
    )


def _answer_addition(
    turn: Turn, before: Case, case: Case, report: Report, *, is_news: bool, same_chat: bool
) -> None:
    hotline, number = turn.office.hotline, case.ticket.id
    raised = case.ticket.held < before.ticket.held
    if raised:
        text = replies.raised(case, turn.now, hotline)
        turn.reply(text, *replies.effect_options(number), ticket=number)
        notify.customers(turn.desk, case, text, but=turn.chat.id)
    elif is_news:
        help_line = None if report.verdict.ask else self_help(turn, report)
        text = replies.understood(case, turn.now, hotline, help_line)
        turn.reply(text, *replies.effect_options(number), ticket=number)
    else:
        turn.reply(replies.joined(case, turn.now, hotline, same_chat=same_chat), ticket=number)
    who = turn.contact.name
    note = (
        f"{case.number} 已提高为{replies.PRIORITY_NAMES[case.ticket.held]}"
        if raised
        else f"{case.number} {who}有补充"
    )
    notify.staff(turn.desk, case, turn.now, note)


def reopen(turn: Turn, case: Case, reason: str) -> None:
    """Reopen a ticket whose fault is still there; support must answer anew.

    Closed for longer than the set time it becomes a new ticket that refers to it.
    """
    closed_at = case.ticket.closed_at
    if (
        case.ticket.work is Work.CLOSED
        and closed_at
        and turn.now - closed_at > turn.office.rules.reopen_within
    ):
        open_again(turn, case)
        return
    was_no_fault = case.ticket.held is Priority.NOT_A_FAULT
    case = turn.desk.tickets.record(case, turn.event(Kind.REOPENED, reason=reason[:SUMMARY_LENGTH]))
    turn.desk.messages.assign(case.ticket.id, turn.inbox_id)
    _touch(turn, case)
    question = [replies.EFFECT_QUESTION] if was_no_fault else []
    options = replies.effect_options(case.ticket.id) if was_no_fault else ()
    text = "\n".join(
        [
            f"工单 {case.number} 已重开。",
            replies.deadline_line(case, turn.now) + "。",
            "已通知工程师继续处理。",
            *question,
            replies.hotline_line(turn.office.hotline),
        ]
    )
    turn.reply(text, *options, ticket=case.ticket.id)
    notify.customers(turn.desk, case, text, but=turn.chat.id)
    notify.staff(turn.desk, case, turn.now, f"{case.number} 客户说没恢复，已重开")


def find_same(turn: Turn, report: Report) -> Case | None:
    """Return the open ticket that a report belongs to, None for a new fault."""
    cases = turn.desk.tickets.live(turn.chat)
    current = current_case(turn, cases)
    if current and _continues(turn, current, report):
        return current
    asked = next((case for case in cases if case.ticket.work is Work.RESOLVED), None)
    if asked and not specific(turn, report.concepts):
        return asked  # 还是不行: an answer to 恢复了吗
    return next((case for case in cases if _is_same_fault(turn, case, report)), None)


def current_case(turn: Turn, cases: list[Case], window: timedelta = FRAGMENT_WINDOW) -> Case | None:
    """Return the ticket that this chat spoke of within ``window``."""
    number, touched = turn.chat.state.get("ticket"), turn.chat.state.get("touched")
    if number is None or touched is None or turn.reported_at - datetime.fromisoformat(touched) > window:
        return None
    return next((case for case in cases if case.ticket.id == number), None)


def _continues(turn: Turn, case: Case, report: Report) -> bool:
    """Whether a message shortly after a report goes on with it: it completes it, or names nothing else."""
    if not case.ticket.certain or not report.certain:
        return True
    named, known = specific(turn, report.concepts), specific(turn, case.concepts)
    return not named or not known or bool(named & known) or _is_same_fault(turn, case, report)


def _is_same_fault(turn: Turn, case: Case, report: Report) -> bool:
    named, known = specific(turn, report.concepts), specific(turn, case.concepts)
    if named and named <= known and not report.certain:
        return True  # 'the IVR again', without saying what of it
    recent = turn.reported_at - case.ticket.clock_from <= SAME_WINDOW
    if named and named == known and recent:
        return True  # the same part, in other words; support can split what should not have been joined
    if named == known or (recent and (not named or not known)):
        symptoms = _of_kind(turn, report.concepts, "symptom") & _of_kind(turn, case.concepts, "symptom")
        if symptoms:
            return True
    return bool(report.text) and fuzz.token_set_ratio(report.text, case.summary) >= SIMILAR


def specific(turn: Turn, concepts: frozenset[str]) -> frozenset[str]:
    """Return the parts of the platform that are named; 'agents' and 'the system' tell no faults apart."""
    return _of_kind(turn, concepts, "component") - GENERIC


def _of_kind(turn: Turn, concepts: frozenset[str], kind: str) -> frozenset[str]:
    known = turn.office.classifier.base.concepts
    return frozenset(c for c in concepts if c in known and known[c].kind == kind)


def self_help(turn: Turn, report: Report) -> str | None:
    """Return one thing that the customer can try or collect while they wait (contract 2.2.2).

    What was seen goes before where, and where before who: that they have said already.
    """
    base = turn.office.classifier.base
    named = dict.fromkeys(e.concept for e in sorted(report.verdict.evidence, key=lambda e: e.start))
    kinds = ("symptom", "component")
    ranked = sorted(named, key=lambda c: kinds.index(k) if (k := _kind(turn, c)) in kinds else len(kinds))
    told = [concept for concept in ranked if concept != PEOPLE] + [PEOPLE] * (PEOPLE in named)
    is_told = any(concept.startswith("scope.") for concept in named)  # how many: they have said that too
    lines = (line for concept in told for line in base.self_help(concept))
    first = next((line for line in lines if not (is_told and ASKS_SCOPE in line)), None)
    return f"等待时{first}" if first else None


def _kind(turn: Turn, concept: str) -> str:
    known = turn.office.classifier.base.concepts.get(concept)
    return known.kind if known else ""


def _touch(turn: Turn, case: Case) -> None:
    turn.remember(ticket=case.ticket.id, touched=turn.reported_at.isoformat(), fragments=None)


def contract_reference(turn: Turn, at: datetime) -> dict[str, object] | None:
    """Return number and version of the customer's contract at an instant, None for an unbound chat."""
    if turn.chat.customer_id is None:
        return None
    terms = turn.desk.customers.terms(turn.chat.customer_id, at)
    return {"number": terms.contract_number, "version": terms.version} if terms else None

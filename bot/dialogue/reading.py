"""A customer's words as a report: what the rules find in them, read with the fragments just before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.case import Case
from bot.desk.terms import Priority
from bot.dialogue.turn import Turn
from intents import Label, Verdict
from knowledge import Concept

FRAGMENT_WINDOW = timedelta(minutes=5)  # people write one report in several messages
COMPONENT, SYMPTOM = "component", "symptom"  # kinds of concepts
_NOT_OF_THE_PLATFORM = frozenset({"admin", "foreign", "own", "person"})  # spheres
PRIORITIES = {Label.P1: Priority.ONE, Label.P2: Priority.TWO}


@dataclass(frozen=True, slots=True)
class Report:
    """What the customer's words amount to.

    Attributes:
        since: when the report began: the first fragment of it.
        within: parts of the platform that only the words of a symptom name: 录音 in 听不到录音.
    """

    text: str
    verdict: Verdict
    since: datetime
    within: frozenset[str] = frozenset()

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
        return self.within.union(e.concept for e in self.verdict.evidence)


def of(turn: Turn, text: str, since: datetime) -> Report:
    """Return what ``text`` amounts to, read by itself."""
    verdict = turn.office.classifier.classify(text)
    return Report(text, verdict, since, frozenset(_within(turn.office.classifier.base.concepts, verdict)))


def _within(known: Mapping[str, Concept], verdict: Verdict) -> Iterator[str]:
    """Yield the parts that stand within a symptom's words, where the message names no part beside them."""
    found = [(known[e.concept], e.text) for e in verdict.evidence if e.concept in known]
    if any(concept.kind == COMPONENT and _is_a_part(concept) for concept, _ in found):
        return
    parts = [one for one in known.values() if one.kind == COMPONENT and _is_of_the_platform(one)]
    for concept, words in found:
        if concept.kind == SYMPTOM:
            yield from (part.id for part in parts if any(alias in words for alias in part.aliases))


def _is_a_part(concept: Concept) -> bool:
    """Return whether it says what failed: 电话 is said of many a part."""
    return _is_of_the_platform(concept) and concept.traits.get("wide") is None


def _is_of_the_platform(part: Concept) -> bool:
    return "yields" not in part.traits and part.traits.get("sphere") not in _NOT_OF_THE_PLATFORM


def read(turn: Turn) -> Report:
    """Read the message together with the fragments just before it; the graver reading counts."""
    alone = of(turn, turn.text, turn.reported_at)
    fragments = recent_fragments(turn)
    if not fragments or not turn.text:
        return alone
    text = "，".join([*(words for words, _ in fragments), turn.text])
    together = of(turn, text, min(fragments[0][1], turn.reported_at))
    return together if _gravity(together) < _gravity(alone) else alone


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


def _gravity(report: Report) -> tuple[int, bool]:
    return (list(Label).index(report.verdict.label), report.verdict.ask is None)


def recent_fragments(turn: Turn) -> list[tuple[str, datetime]]:
    """Return text and instant of what was said just before and belongs to no ticket yet."""
    return [(words, at) for words, at, _ in _fragments(turn)]


def fragment_messages(turn: Turn) -> list[int]:
    """Return the messages in which that was said."""
    return [inbox_id for _, _, inbox_id in _fragments(turn) if inbox_id is not None]


def _fragments(turn: Turn) -> list[tuple[str, datetime, int | None]]:
    kept = turn.chat.state.get("fragments", ())  # an older program kept no message with them
    read = [(words, datetime.fromisoformat(at), next(iter(message), None)) for words, at, *message in kept]
    return [one for one in read if turn.reported_at - one[1] <= FRAGMENT_WINDOW]


def keep_fragment(turn: Turn) -> Turn:
    """Remember words that may turn out to be the beginning of a report."""
    fragments = [*_fragments(turn), (turn.text, turn.reported_at, turn.inbox_id)][-5:]
    return turn.remember(fragments=[(words, at.isoformat(), message) for words, at, message in fragments])

"""The classifier: one message in, one verdict out, with the words that decided it."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import Final

from intents import automaton
from intents.analysis import Analysis
from intents.automaton import Hit
from intents.evidence import evidence_of
from intents.explain import Explanation, explain
from intents.features import Features
from intents.fuzzy import Fuzzy
from intents.handlers import Steps, read
from intents.hits import cuts, merge
from intents.homophone import Homophones
from intents.judge import Case
from intents.lexicon import Lexicon
from intents.marks import LATIN, UNUSUAL, marks_of
from intents.outcomes import Outcomes
from intents.reading import Finding, Reading, Span
from intents.rules import Judge
from intents.segment import Segmenter
from intents.tables import normalise
from intents.telling import Above, Scales
from intents.terms import Kind, Term
from intents.verdict import Evidence, Label, Verdict
from intents.wishing import Wishes
from knowledge import KnowledgeBase, Rule

HANZI: Final = re.compile("[\u4e00-\u9fd5]+")
#: Cues that leave no doubt what a message is about, when it names no part of the platform.
OTHER_MATTERS: Final = frozenset(
    [
        *("fee", "level", "training", "inspection", "upgrade", "backup", "ivr_change", "hardware_change"),
        *("complaint", "status", "human", "object", "supplement", "speech", "well", "recovered", "own"),
        "announce",
    ]
)
#: P1 and P2 lie so far below none where the telling leaves no doubt that no fault is told: no need to guess.
NO_FAULT: Final = -0.75
_MINOR: Final = Label.P2.value
#: Named tuples are made as plain ones are: half the cost of their own constructor, and there are many.
_new: Final = tuple.__new__
_start: Final = itemgetter(1)  # of a span

_OVER: Final = frozenset(["recovered", "thanks"])
#: What a sign that decided is evidence of.
_TOLD: Final = Term("", Kind.IGNORE, "telling")


class Classifier:
    """Rules of one base, compiled; safe to share between threads.

    Args:
        accelerate: use the ``fast`` extra where it is installed; verdicts are the same without it.

    Raises:
        KnowledgeError: the base is inconsistent; names file and line.
    """

    def __init__(self, base: KnowledgeBase, *, accelerate: bool = True) -> None:
        self.base = base
        self.features = Features(base.concepts.values())
        self.terms = Lexicon(base, self.features)
        self.judge = Judge(base, self.features)
        self.scales = Scales(base.telling, self.terms)
        self.wishes = Wishes(base.wishing, self.terms)
        self.outcomes = Outcomes(base)
        self._match = automaton.build(self.terms.texts, accelerate=accelerate)
        self.accelerate = accelerate
        self._other_matters = sum(
            self.features.bits[f"cue.{cue}"] for cue in OTHER_MATTERS & self.features.cues
        )
        self._steps = Steps(self.terms)
        # made when a message first needs them
        self._segment: Segmenter | None = None
        self._homophones: Homophones | None = None
        self._fuzzy: Fuzzy | None = None

    @property
    def segment(self) -> Segmenter:
        """Cuts normalised text into words, those of the base whole."""
        if self._segment is None:
            words = [word for word in self._guessable() if HANZI.fullmatch(word)]
            self._segment = Segmenter(words, accelerate=self.accelerate)
        return self._segment

    def _guessable(self) -> list[str]:
        return [self.terms.texts[index] for index in self.terms.guessable]

    def classify(self, text: str) -> Verdict:
        """Return the verdict on one message, read alone; any string gets one."""
        return self.verdict(text, self.analyse(text))

    def explain(self, text: str) -> Explanation:
        """Return the verdict and everything that led to it."""
        return explain(self, text)

    def analyse(self, text: str) -> Analysis:
        """Return the settled reading, and the rule that won."""
        norm, seen = text, marks_of(text)
        if seen & UNUSUAL:
            norm = normalise(text)
            seen = marks_of(norm)
        latin = seen & LATIN != 0
        hits = self._match(norm)
        if latin:
            hits = self._whole(norm, hits)
        case = self._case(norm, hits, seen)
        above = self.scales.above_none(norm, hits)
        if (
            not case.reading.findings
            and not self._clear(case.reading, above, latin=latin)
            and (better := self._guess(norm, hits))
        ):
            hits = better
            case = self._case(norm, hits, seen)
            above = self.scales.above_none(norm, hits)
        return self._gravest(case, hits, above)

    def _clear(self, reading: Reading, above: Above | None, *, latin: bool) -> bool:
        """Return whether guessing gains nothing though no failure was read: it is plainly another matter."""
        if above and max(above) < NO_FAULT:
            return True
        return bool(reading.cues & self._other_matters) and not reading.first and not latin

    def _whole(self, norm: str, hits: list[Hit]) -> list[Hit]:
        """Drop Latin terms that are only a part of a longer word: oa in download."""
        latin = self.terms.latin
        return [hit for hit in hits if hit[0] not in latin or not cuts(norm, hit[1], hit[2])]

    def _case(self, norm: str, hits: list[Hit], marks: int) -> Case:
        return Case(read(hits, self._steps, self.features, len(norm)), norm, marks)

    def _guess(self, norm: str, hits: list[Hit]) -> list[Hit] | None:
        """Return the hits with mistyped terms added, by sound, then by one slip; None when there are none."""
        single = self.terms.single
        if sum([end - start for index, start, end in hits if index not in single]) == len(norm):
            return None  # every word is known: nothing is mistyped
        for find in (self._by_sound, self._by_slip):
            if found := find(norm):
                return merge(hits, [(self.terms.guessable[index], start, end) for index, start, end in found])
        return None

    def _by_sound(self, norm: str) -> list[Hit]:
        if self._homophones is None:
            self._homophones = Homophones(self._guessable(), accelerate=self.accelerate)
        return self._homophones.find(norm, self.segment)

    def _by_slip(self, norm: str) -> list[Hit]:
        if self._fuzzy is None:
            self._fuzzy = Fuzzy(self._guessable(), accelerate=self.accelerate)
        return self._fuzzy.find(norm)

    def _gravest(self, case: Case, hits: list[Hit], above: Above | None) -> Analysis:
        judge = self.judge
        best: Rule | None = None
        chosen: Finding | None = None
        for finding in case.live:
            rule = judge.decide(case.seen(finding))
            if best is None or rule.label < best.label:
                best, chosen = rule, finding
        if best is None:
            best = judge.decide(case.seen_empty())
        label, favoured = self.scales.opinions(above, best)
        apart: Above | None = None
        if best.label < label == _MINOR and chosen is not None and case.told_apart(chosen):
            # of two faults the graver counts: how the lesser is told says nothing of it
            apart = self._by_itself(case, chosen, hits)
            label = min(label, self.scales.opinions(apart, best)[0])
        rule = best if label == best.label else self._told(case, label, best)
        analysis = Analysis(case, best, chosen, hits, rule, favoured)
        analysis.apart = apart
        if rule.label == "none":
            self._wish(analysis)
        return analysis

    def _wish(self, analysis: Analysis) -> None:
        """Settle what a message that is none wants."""
        rule, wished = analysis.rule, self.judge.wished
        if analysis.told and rule.intent in _OVER:
            rule = wished.get("other", rule)  # a failure was found: that it is over, no rule knows
        intent = self.wishes.intent(analysis.case.norm, analysis.hits, rule)
        analysis.wish = rule
        analysis.rule = rule if intent == rule.intent else wished.get(intent, rule)

    def _by_itself(self, case: Case, finding: Finding, hits: list[Hit]) -> Above | None:
        """Return what the clause of a finding weighs without the rest of the message."""
        clauses, clause = case.reading.clauses, finding.clause
        start = clause.start
        end = clauses[clause.index + 1].start if clause.index + 1 < len(clauses) else len(case.norm)
        inside = [(index, first - start, last - start) for index, first, last in hits if start <= first < end]
        return self.scales.above_none(case.norm[start:end], inside)

    def _told(self, case: Case, label: str, found: Rule) -> Rule:
        """Return the rule that stands where the telling decides; a message that is none keeps its intent."""
        if label == "none":
            rule = self.judge.decide(case.seen_empty())
            return rule if rule.label == label else found
        return self.judge.told.get(label, found)

    def verdict(self, text: str, analysis: Analysis) -> Verdict:
        """Return the verdict with its evidence in the original text."""
        o = self.outcomes.of(analysis)
        evidence = tuple(
            [
                _new(Evidence, (text[start:end], start, end, term.concept))
                for term, start, end in self.evidence(analysis)
            ]
        )
        return _new(Verdict, (text, o.label, o.intent, o.rule, o.clause, evidence, o.confidence, o.ask))

    def evidence(self, analysis: Analysis) -> list[Span]:
        """Return the spans that counted, in order."""
        spans = evidence_of(analysis.case, analysis.finding)
        return self._and_signs(spans, analysis) if analysis.told or analysis.wished else spans

    def _and_signs(self, spans: list[Span], analysis: Analysis) -> list[Span]:
        """Return the evidence with the signs that decided, where they lie outside it."""
        found = analysis.case.norm, analysis.hits
        rule = analysis.rule
        for start, end in (
            self.wishes.evidence(*found, rule.intent)
            if analysis.wished
            else self.scales.evidence(*found, rule.label)
        ):
            if all(end <= span[1] or span[2] <= start for span in spans):
                spans.append((_TOLD, start, end))
        spans.sort(key=_start)
        return spans

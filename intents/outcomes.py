"""What a verdict says beside its evidence: label, intent, rule, clause, confidence, question."""

from __future__ import annotations

from typing import Final

from intents.analysis import Analysis
from intents.verdict import Label
from knowledge import KnowledgeBase, Rule

_LABELS: Final = {label.value: label for label in Label}


class Outcome:
    """All of a verdict but text and evidence. There are few of them, and each is made once."""

    __slots__ = ("ask", "clause", "confidence", "intent", "label", "rule")

    def __init__(self, label: Label, rule: Rule, confidence: float, ask: str | None) -> None:
        self.label = label
        self.intent = rule.intent
        self.rule = rule.id
        self.clause = rule.clause
        self.confidence = confidence
        self.ask = ask


class Outcomes:
    """The outcomes of one base; safe to share between threads."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._shares = base.calibration
        self._questions = base.questions
        self._made: dict[tuple[str, str, str], Outcome] = {}

    def of(self, analysis: Analysis) -> Outcome:
        """Return what the verdict on a message says."""
        key = analysis.found.id, analysis.rule.id, analysis.favoured
        outcome = self._made.get(key)
        if outcome is None:
            rule = analysis.rule
            outcome = Outcome(_LABELS[rule.label], rule, self._confidence(analysis), self._ask(analysis))
            self._made[key] = outcome
        return outcome

    def _confidence(self, analysis: Analysis) -> float:
        """Return the share of such verdicts that are right; what is found and how it is told may differ."""
        return self._shares.get(analysis.level, self._shares[analysis.found.level])

    def _ask(self, analysis: Analysis) -> str | None:
        """Return the question that would decide it: the rule's, or where it is doubted the doubt's."""
        rule, questions = analysis.rule, self._questions
        if rule.label == "none":
            is_open = rule.intent == "other" and (analysis.doubted or analysis.found.label != "none")
            return questions.get("what", rule.ask) if is_open else rule.ask
        if not analysis.doubted:
            between = analysis.told and analysis.found.label != "none"  # what it is has been said
            return questions.get("priority", rule.ask) if between else rule.ask
        return questions.get("present" if analysis.favoured == "none" else "priority", rule.ask)

"""Does a base keep its promises: every rule's examples, no rule that can never fire, and what covers what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from intents.classifier import Classifier
from knowledge import KnowledgeError, Rule


@dataclass(slots=True)
class Report:
    """What the rules' own examples show.

    Attributes:
        failures: ``(file:line, sentence)`` of everything that is wrong.
        fired: rule → how many examples of the base it decided.
        overlaps: pairs of rules of which both match one example, with how many examples.
        unused: concepts that no example touches.
    """

    examples: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    overlaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    unused: list[str] = field(default_factory=list)


def inspect(classifier: Classifier) -> Report:
    """Run every example of the base and return what came of it."""
    report = Report()
    touched: set[str] = set()
    for rule, example, must in _examples(classifier.base.rules):
        report.examples += 1
        try:
            analysis = classifier.analyse(example)
        except KnowledgeError as error:
            report.failures.append((rule.where, f"规则 {rule.id} 的例句“{example}”：{error}"))
            continue
        winner = analysis.rule.id if not analysis.told or rule is analysis.rule else analysis.found.id
        report.fired[winner] += 1
        touched |= {classifier.terms[index].concept for index, _, _ in analysis.hits}
        for other, lost in classifier.judge.considered(analysis.mask):
            if lost:
                report.overlaps[(winner, other.id)] += 1
        if (winner == rule.id) is not must:
            said = f"应由它判，却是 {winner} 判的" if must else "不该由它判"
            report.failures.append((rule.where, f"规则 {rule.id} 的例句“{example}”{said}"))
    for rule in classifier.base.rules:
        if not report.fired[rule.id]:
            report.failures.append((rule.where, f"规则 {rule.id} 从不生效：没有例句由它判"))
    report.unused = [concept for concept in classifier.base.concepts if concept not in touched]
    return report


def _examples(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, str, bool]]:
    for rule in rules:
        for example in rule.hit:
            yield rule, example, True
        for example in rule.miss:
            yield rule, example, False


def verify(classifier: Classifier) -> None:
    """Refuse a base whose examples fail.

    Raises:
        KnowledgeError: names file and line of the first failure, and how many more there are.
    """
    failures = inspect(classifier).failures
    if failures:
        where, what = failures[0]
        more = f"（另有 {len(failures) - 1} 处）" if len(failures) > 1 else ""
        raise KnowledgeError(where, what + more)

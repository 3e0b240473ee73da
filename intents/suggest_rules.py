"""New rules from what staff corrected: what wrongly judged messages share, tried against every example."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from intents.classifier import Analysis, Classifier
from intents.suggest import SUPPORT
from intents.verify import inspect
from knowledge import Correction, KnowledgeError, Rule

#: More conditions than these would be made for single messages.
CONDITIONS = 2
#: What says nothing by itself.
_IDLE = ("found.", "note.short", "scope.unknown", "sphere.unknown", "note.joined")
_CLAUSES = {"P1": "2.1 P1 (D)", "P2": "2.1 P2 (B)", "none": None}


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """One rule that would mend the messages, and the rule that decides them now."""

    rule: Rule
    instead_of: str
    messages: tuple[str, ...]


def suggest_rules(
    classifier: Classifier, corrections: Iterable[Correction], *, support: int = SUPPORT
) -> list[RuleProposal]:
    """Return rules that would mend at least ``support`` corrected messages and break nothing.

    Each one is tried in a base of its own: every example of every rule must hold, and no corrected message
    that is right already may turn wrong. Its clause and its name are for a person to check.
    """
    known = [(one, classifier.analyse(one.text)) for one in corrections]
    right = [one for one, analysis in known if analysis.found.label == one.decided]
    groups: dict[tuple[str, str], list[tuple[Correction, Analysis]]] = defaultdict(list)
    for one, analysis in known:
        if analysis.found.label != one.decided:
            groups[analysis.found.id, one.decided].append((one, analysis))
    found = (_first(classifier, group, right, support) for group in groups.values() if len(group) >= support)
    return [proposal for proposal in found if proposal]


def _first(
    classifier: Classifier, group: list[tuple[Correction, Analysis]], right: list[Correction], support: int
) -> RuleProposal | None:
    """Return the rule of fewest conditions that stands every trial."""
    for rule in _candidates(classifier, group):
        mended = _tried(classifier, rule, [one for one, _ in group], right)
        if len(mended) >= support:
            return RuleProposal(replace(rule, hit=mended), group[0][1].found.id, mended)
    return None


def _candidates(classifier: Classifier, group: list[tuple[Correction, Analysis]]) -> Iterator[Rule]:
    shared, lost = group[0][1].mask, set[str]()
    for _, analysis in group:
        shared &= analysis.mask
        lost |= {rule.id for rule, _ in classifier.judge.considered(analysis.mask)}
    names = [name for name in classifier.features.names(shared) if not name.startswith(_IDLE)]
    decided = group[0][0].decided
    live = group[0][1].finding is not None
    for size in range(1, CONDITIONS + 1):
        for chosen in combinations(names, size):
            pairs = [name.split(".", 1) for name in chosen]
            if len({feature for feature, _ in pairs}) < size:
                continue
            when: dict[str, tuple[str, ...]] = {feature: (value,) for feature, value in pairs}
            when["found"] = ("live",) if live else ("none", "dead")
            yield Rule(
                f"{decided.lower()}.{'-'.join(value for _, value in pairs)}", decided,
                "other" if decided == "none" else "fault", _CLAUSES[decided], when, {},
                tuple(sorted(lost)), "guess", None, (group[0][0].text,), (), "proposed",
            )  # fmt: skip


def _tried(
    classifier: Classifier, rule: Rule, wrong: list[Correction], right: list[Correction]
) -> tuple[str, ...]:
    """Return the messages that the rule mends; none when it breaks an example or a right message."""
    base = classifier.base
    if any(known.id == rule.id for known in base.rules):
        return ()
    try:
        changed = Classifier(replace(base, rules=(*base.rules, rule)), accelerate=classifier.accelerate)
        mended = tuple(one.text for one in wrong if changed.analyse(one.text).found.label == one.decided)
        if any(changed.analyse(one.text).found.label != one.decided for one in right):
            return ()
        return () if inspect(changed).failures else mended
    except KnowledgeError:
        return ()

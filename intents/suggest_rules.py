"""New rules from what staff corrected: what wrongly judged messages share, tried against every example."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from intents.analysis import Analysis
from intents.classifier import Classifier
from intents.suggest import SUPPORT
from intents.trial import Trial
from knowledge import Correction, Rule

#: More conditions than these would be made for single messages.
CONDITIONS = 2
#: What says nothing by itself.
_IDLE = ("found.", "note.short", "scope.unknown", "sphere.unknown", "note.joined")
_CLAUSES = {"P1": "2.1 P1 (D)", "P2": "2.1 P2 (B)", "none": None}


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """One rule that would mend the messages, and the rule behind which it was tried: it decides them now."""

    rule: Rule
    instead_of: Rule
    messages: tuple[str, ...]


def suggest_rules(trial: Trial, *, support: int = SUPPORT) -> list[RuleProposal]:
    """Return rules that would mend at least ``support`` corrected messages and break nothing.

    Each one is tried in a base of its own (`Trial`). Its clause and its name are for a person to check.
    """
    groups: dict[tuple[str, str], list[Correction]] = defaultdict(list)
    for one in trial.asking:
        groups[trial.classifier.analyse(one.text).found.id, one.decided].append(one)
    found = (_first(trial, group, support) for group in groups.values() if len(group) >= support)
    return [proposal for proposal in found if proposal]


def _first(trial: Trial, group: list[Correction], support: int) -> RuleProposal | None:
    """Return the rule of fewest conditions that stands every trial."""
    analyses = [trial.classifier.analyse(one.text) for one in group]
    base = trial.classifier.base
    instead_of = analyses[0].found
    at = base.rules.index(instead_of) + 1
    for rule in _candidates(trial.classifier, group[0], analyses):
        if any(known.id == rule.id for known in base.rules):
            continue
        grown = replace(base, rules=(*base.rules[:at], rule, *base.rules[at:]))
        if mended := trial.mended(grown, group, support):
            return RuleProposal(replace(rule, hit=mended), instead_of, mended)
    return None


def _candidates(classifier: Classifier, first: Correction, analyses: list[Analysis]) -> Iterator[Rule]:
    shared, lost = analyses[0].mask, set[str]()
    for analysis in analyses:
        shared &= analysis.mask
        lost |= {rule.id for rule, _ in classifier.judge.considered(analysis.mask)}
    names = [name for name in classifier.features.names(shared) if not name.startswith(_IDLE)]
    decided = first.decided
    live = analyses[0].finding is not None
    missed = analyses[0].found.hit[:1]  # that rule still decides its own example: what the new one must miss
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
                tuple(sorted(lost)), "guess", None, (first.text,), missed, "proposed",
            )  # fmt: skip

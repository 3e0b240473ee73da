"""The rules of one base over feature masks: which hold, and which of them wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from intents.features import Features
from knowledge import KnowledgeBase, KnowledgeError, Rule

_RANK: Final = {"P1": 0, "P2": 1, "none": 2}
#: How many decisions are kept: far more than a base can tell apart in practice.
TABLED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule whose conditions are masks."""

    rule: Rule
    when: tuple[int, ...]
    unless: int
    when_found: int

    def holds(self, mask: int) -> bool:
        """Return whether the features hold the condition."""
        if mask & self.unless:
            return False
        for wanted in self.when:  # noqa: SIM110 - compiled, a loop is faster than all() over a generator
            if not mask & wanted:
                return False
        return True

    @property
    def asked(self) -> int:
        """All bits that the condition asks for."""
        return self.unless | _union(self.when)


def _union(masks: Iterable[int]) -> int:
    bits = 0
    for mask in masks:
        bits |= mask
    return bits


class Judge:
    """The rules of one base; decisions are tabled as they come up. Safe to share between threads."""

    def __init__(self, base: KnowledgeBase, features: Features) -> None:
        self.features = features
        rules = [self._compile(rule) for rule in base.rules]
        self._live = features.bits["found.live"]
        told = features.bits["found.told"]
        #: label → the rule that stands for it where the telling has decided
        self.told = {one.rule.label: one.rule for one in rules if one.when_found == told}
        #: intent → the rule that stands for it where how the message is put has decided
        self.wished = {
            one.rule.intent: one.rule for one in rules if one.when_found == told and one.rule.label == "none"
        }
        self._of_live = [one for one in rules if one.when_found & self._live]
        self._of_none = [one for one in rules if one.when_found & ~self._live & ~told]
        # bits that no rule of the same half asks for would only split the tables
        self._asked_live = _union(one.asked for one in self._of_live) | self._live
        self._asked_none = _union(one.asked for one in self._of_none) | features.mask("found")
        self._table: dict[int, Rule] = {}

    def _compile(self, rule: Rule) -> Compiled:
        when = dict(rule.when)
        when.setdefault("found", ("live",) if rule.label != "none" else ("none", "dead"))
        for group in (*when, *rule.unless):
            if group not in self.features.groups:
                raise KnowledgeError(rule.where, f"规则 {rule.id} 用了没有的特征“{group}”")
        return Compiled(
            rule,
            when=self.features.masks(when, rule.where),
            unless=_union(self.features.masks(rule.unless, rule.where)),
            when_found=self.features.masks({"found": when["found"]}, rule.where)[0],
        )

    def _holding(self, mask: int) -> list[Rule]:
        of = self._of_live if mask & self._live else self._of_none
        return [one.rule for one in of if one.holds(mask)]

    def considered(self, mask: int) -> list[tuple[Rule, str]]:
        """Return every rule that matches, the winner first, each with why it lost ('' for the winner)."""
        found = self._holding(mask)
        beaten = {loser: rule.id for rule in found for loser in rule.overrides}
        standing = sorted(
            (rule for rule in found if rule.id not in beaten), key=lambda rule: _RANK[rule.label]
        )
        lost = [(rule, f"overridden by {beaten[rule.id]}") for rule in found if rule.id in beaten]
        reasons = ["", *(f"{standing[0].id} comes first" for _ in standing[1:])][: len(standing)]
        return [*zip(standing, reasons, strict=True), *lost]

    def decide(self, mask: int) -> Rule:
        """Return the rule that wins for these features.

        Raises:
            KnowledgeError: no rule matches: the base lacks its last resort.
        """
        mask &= self._asked_live if mask & self._live else self._asked_none
        rule = self._table.get(mask)
        if rule is None:
            rule = _winner(self._holding(mask))
            if rule is None:
                raise KnowledgeError("", f"没有规则适用于：{'、'.join(self.features.names(mask))}")
            if len(self._table) < TABLED:
                self._table[mask] = rule
        return rule


def _winner(found: list[Rule]) -> Rule | None:
    """Return the gravest of the rules that no other one overrides, and of those the first."""
    if len(found) < 2:
        return found[0] if found else None
    beaten = {loser for rule in found for loser in rule.overrides}
    standing = [rule for rule in found if rule.id not in beaten] or found
    return min(standing, key=lambda rule: _RANK[rule.label])

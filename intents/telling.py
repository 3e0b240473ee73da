"""How a message is told: its characters and pairs of characters, each with points for P1, P2 and none.

Rules judge what a message names; this judges how people tell such things, by points that were learnt from
labelled messages (``knowledge/telling.tsv``, ``hotline knowledge learn``). The two opinions are added up: the
rule that won counts as much as its level is trusted, and the label with the highest sum holds. So a message
whose words no rule knows still gets the likelier label, and every sum can be shown.
"""

from __future__ import annotations

from math import sqrt
from operator import add
from typing import NamedTuple

from knowledge import Rule, Telling

LABELS = ("P1", "P2", "none")
#: The points of one sign are kept in one number, a field a label, so that one sum adds up all.
_BITS = 24
_FIELD = 1 << _BITS
_MASK = _FIELD - 1
_HALF = _FIELD // 2
#: Added to a sum so that no field is negative.
_BIAS = _HALF * (1 + _FIELD + _FIELD * _FIELD)
_SHORTEST = 4  # signs: of a shorter text little is said by how it is told
_SHOWN = 6  # signs in an explanation
_EVIDENCE = 3  # signs that stand as evidence, when they decided


class Sign(NamedTuple):
    """One sign of a message: a character or a pair, with what it adds for each of `LABELS`."""

    text: str
    start: int
    adds: tuple[float, float, float]


class Scales:
    """Weighs how messages are told; safe to share between threads."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._trust: dict[tuple[str, str], float] = {}  # label and level → what such a rule's opinion counts
        self._packed = {
            sign: p1 + _FIELD * (p2 + _FIELD * (none + _FIELD * rarity * rarity))
            for sign, (p1, p2, none, rarity) in telling.signs.items()
        }
        self._unknown = max((rarity for *_, rarity in telling.signs.values()), default=0) ** 2
        self._least = _SHORTEST * self._unknown

    def weigh(self, norm: str) -> tuple[float, float, float]:
        """Return what the normalised text adds for each of `LABELS`; all 0 where nothing is known of it.

        The sums are divided by the text's length, in which what is rare, or unknown, counts more: the less is
        known of a text, the less is said of it.
        """
        signs = signs_of(norm)
        known = list(filter(None, map(self._packed.get, signs)))
        if not known:
            return 0.0, 0.0, 0.0
        total = sum(known) + _BIAS
        p1 = (total & _MASK) - _HALF
        p2 = (total >> _BITS & _MASK) - _HALF
        none = (total >> 2 * _BITS & _MASK) - _HALF
        length = self._length(total >> 3 * _BITS, len(signs) - len(known))
        base = self._telling.base
        return base[0] + p1 / length, base[1] + p2 / length, base[2] + none / length

    def _length(self, rarity: int, unknown: int) -> float:
        return sqrt(max(rarity + unknown * self._unknown, self._least))

    def label(self, norm: str, rule: Rule) -> str:
        """Return the label that holds when the rule's opinion is added."""
        return self.opinions(norm, rule)[0]

    def opinions(self, norm: str, rule: Rule) -> tuple[str, str]:
        """Return the label that holds when the rule's opinion is added, and the telling's own."""
        kind = rule.label, rule.level
        trust = self._trust.get(kind)
        if trust is None:
            trust = self._trust[kind] = self._trusted(rule)
        if not trust:
            return rule.label, rule.label
        sums = self.weigh(norm)
        ruled = sums[LABELS.index(rule.label)] + trust
        highest = max(sums)
        favoured = LABELS[sums.index(highest)] if any(sums) else rule.label
        return (rule.label if ruled >= highest else favoured), favoured

    def _trusted(self, rule: Rule) -> float:
        trust = self._telling.trust
        return trust.get(f"{rule.label}.{rule.level}", trust.get(rule.level, 0.0))

    def signs(self, norm: str) -> list[Sign]:
        """Return the signs of the text where they first stand, those that move most first."""
        signs = signs_of(norm)
        known = {sign: self._telling.signs[sign] for sign in signs if sign in self._telling.signs}
        rarity = sum(rarity * rarity for *_, rarity in known.values())
        length = self._length(rarity, len(signs) - len(known)) or 1.0
        found = [
            Sign(sign, norm.index(sign), (p1 / length, p2 / length, none / length))
            for sign, (p1, p2, none, _) in known.items()
        ]
        # the text breaks ties: signs come from a set, and a pair starts where its first character does
        return sorted(found, key=lambda sign: (-max(map(abs, sign.adds)), sign.start, sign.text))[:_SHOWN]

    def evidence(self, norm: str, label: str) -> list[tuple[int, int]]:
        """Return the spans of the signs that speak most for a label."""
        at = LABELS.index(label)
        speaking = [sign for sign in self.signs(norm) if sign.adds[at] > 0]
        best = sorted(speaking, key=lambda sign: -sign.adds[at])[:_EVIDENCE]
        return sorted((sign.start, sign.start + len(sign.text)) for sign in best)


def signs_of(norm: str) -> set[str]:
    """Return the characters and pairs of characters of a normalised text."""
    return {*norm, *map(add, norm, norm[1:])}

"""How a message is told: its characters, words and concepts, alone and together, each with points.

Rules judge how what a message names hangs together; this judges how people tell such things, by points that
were learnt from labelled messages (``knowledge/telling.tsv``, ``hotline knowledge learn``). The two opinions
are added up: the rule that won adds what its level is trusted with, and the label with the highest sum
holds. So a message that no rule understands still gets the likelier label, and every sum can be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from intents.automaton import Hit
from intents.pairs import Pairs
from intents.signs import pairs_of, signs_of, signs_of_term
from intents.terms import Term
from knowledge import Rule, Telling

LABELS: Final = ("P1", "P2", "none")
#: What a sign speaks for P1 and for P2, against none, and its rarity squared are kept in one number, a field
#: each, so that one sum adds up all; it stays a machine word up to some hundreds of characters.
_BITS: Final = 20
_FIELD: Final = 1 << _BITS
_MASK: Final = _FIELD - 1
_HALF: Final = _FIELD // 2
#: From this code point on there are few characters with points, emoji most of them.
_RARE: Final = 0x10000
#: Added to a sum so that no field is negative.
_BIAS: Final = _HALF * (1 + _FIELD)
_BOTH: Final = _FIELD * _FIELD - 1
SHORTEST: Final = 4  # signs: of a shorter text little is said by how it is told
_LONG: Final = 600  # of a longer text each sign is looked at by itself: what is packed is for messages
_SHOWN: Final = 6  # signs in an explanation
_EVIDENCE: Final = 3  # signs that stand as evidence, when they decided
_NARROW: Final = 8  # characters: two concepts farther apart are no evidence that one can point at

#: By how much P1 and P2 lie above none.
Above = tuple[float, float]


class Sign(NamedTuple):
    """One sign of a message with what it adds for each of `LABELS`: a character, a word or a concept."""

    text: str
    start: int
    end: int
    adds: tuple[float, float, float]


class Scales:
    """Weighs how messages are told; safe to share between threads.

    Args:
        telling: the points of a base.
        terms: what the hits of its automaton count in.
    """

    def __init__(self, telling: Telling, terms: Sequence[Term]) -> None:
        self._telling = telling
        self._terms = terms
        self._trust: dict[str, tuple[float, float] | None] = {}  # id of a rule → what its opinion adds
        self._rarest = max((rarity for *_, rarity in telling.signs.values()), default=0) ** 2
        self._least = SHORTEST * self._rarest
        self._unknown = _FIELD * _FIELD * self._rarest
        chars = {ord(sign): self._packed(sign) for sign in telling.signs if len(sign) == 1}
        self._of_rare = {code: points for code, points in chars.items() if code >= _RARE}
        self._of_char = [chars.get(code, self._unknown) for code in range(_RARE)]
        self._of_term: list[int | None] = [None] * len(terms)  # worked out on its first hit
        self._pairs = Pairs(telling.signs, terms)
        self._of_place = [_both(row) for row in self._pairs.rows]
        largest = max((max(row[:3]) - min(row[:3]) for row in telling.signs.values()), default=0)
        #: so many characters and words fit into a field with what stands beside them, whatever they are
        self._fits = min((_HALF - 1) // (3 * largest) if largest else _HALF, _LONG)
        base = telling.base
        self._starts = base[0] - base[2], base[1] - base[2]

    def _packed(self, sign: str) -> int:
        row = self._telling.signs.get(sign)
        if row is None:
            return self._unknown
        return _both(row) + _FIELD * _FIELD * row[3] ** 2

    def packed(self, index: int) -> int:
        """Return the points of a term's signs, packed."""
        return sum(map(self._packed, signs_of_term(self._terms[index])))

    def above_none(self, norm: str, hits: Sequence[Hit]) -> Above | None:
        """Return by how much P1 and P2 lie above none in `weigh`; None where nothing is known of the text."""
        if len(norm) + 2 * len(hits) > self._fits:
            sums = self.weigh(norm, hits)
            return (sums[0] - sums[2], sums[1] - sums[2]) if any(sums) else None
        total = self._chars(norm) + self._met(hits)
        if total & _BOTH == _BIAS:
            return None
        total += self._together(norm, hits)
        rarity = total >> 2 * _BITS
        length = sqrt(rarity if rarity > self._least else self._least)
        p1, p2 = (total & _MASK) - _HALF, (total >> _BITS & _MASK) - _HALF
        return self._starts[0] + p1 / length, self._starts[1] + p2 / length

    def _chars(self, norm: str) -> int:
        """Return the packed points of the text's characters, each counted once."""
        of_char = self._of_char
        total: int = _BIAS
        seen = 0  # a bit for each 60th character: most that come again are none that could
        for at in range(len(norm)):
            code = ord(norm[at])
            bit = 1 << code % 60
            if seen & bit and norm.find(norm[at]) < at:
                continue
            seen |= bit
            total += of_char[code] if code < _RARE else self._of_rare.get(code, self._unknown)
        return total

    def _met(self, hits: Sequence[Hit]) -> int:
        """Return the packed points of the terms that were hit, each counted once."""
        of_term = self._of_term
        total = 0
        seen = 0
        met: list[int] = []
        for index, _, _ in hits:
            bit = 1 << index % 60
            if seen & bit and index in met:
                continue
            seen |= bit
            met.append(index)
            points = of_term[index]
            if points is None:
                points = of_term[index] = self.packed(index)
            total += points
        return total

    def _together(self, norm: str, hits: Sequence[Hit]) -> int:
        """Return the packed points of what stands together, each counted once; it adds no length."""
        of_place = self._of_place
        total = 0
        for place in self._pairs.beside(norm):
            total += of_place[place]
        for place in self._pairs.following(hits):
            total += of_place[place]
        return total

    def weigh(self, norm: str, hits: Sequence[Hit]) -> tuple[float, float, float]:
        """Return what the normalised text adds for each of `LABELS`; all 0 where nothing is known of it.

        The sums are divided by the text's length, in which what is rare, or unknown, counts more: the less is
        known of a text, the less is said of it.
        """
        signs = [sign for sign, _, _ in signs_of(norm, hits, self._terms)]
        rows = self._telling.signs
        if not any(any(rows[sign]) for sign in signs if sign in rows):
            return 0.0, 0.0, 0.0
        length = self._length(signs)
        signs += [sign for sign, _, _ in pairs_of(norm, hits, self._terms)]
        known = [rows[sign] for sign in signs if sign in rows]
        p1, p2, none, _ = map(sum, zip(*known, strict=True))
        base = self._telling.base
        return base[0] + p1 / length, base[1] + p2 / length, base[2] + none / length

    def _length(self, signs: Sequence[str]) -> float:
        known = self._telling.signs
        rarity = sum(known[sign][3] ** 2 if sign in known else self._rarest for sign in signs)
        return sqrt(max(rarity, self._least)) or 1.0

    def opinions(self, above: Above | None, rule: Rule) -> tuple[str, str]:
        """Return the label that holds when the rule's opinion is added, and the telling's own.

        Args:
            above: of the text, what `above_none` says.
        """
        if rule.id not in self._trust:
            self._trust[rule.id] = self._telling.trust.get(f"{rule.label}.{rule.level}")
        trust = self._trust[rule.id]
        if above is None or trust is None:
            return rule.label, rule.label
        p1, p2 = above
        favoured = "none" if p1 < 0.0 > p2 else "P1" if p1 >= p2 else "P2"
        p1 += trust[0]
        p2 += trust[1]
        return ("none" if p1 < 0.0 > p2 else "P1" if p1 >= p2 else "P2"), favoured

    def signs(self, norm: str, hits: Sequence[Hit]) -> list[Sign]:
        """Return the known signs of the text where they first stand, those that move most first."""
        signs = signs_of(norm, hits, self._terms)
        length = self._length([sign for sign, _, _ in signs])
        signs += pairs_of(norm, hits, self._terms)
        first = {sign: (start, end) for sign, start, end in reversed(signs) if sign in self._telling.signs}
        found = []
        for sign, (start, end) in first.items():
            p1, p2, none, _ = self._telling.signs[sign]
            found.append(Sign(sign, start, end, (p1 / length, p2 / length, none / length)))
        return sorted(found, key=lambda sign: (-max(map(abs, sign.adds)), sign.start, sign.text))[:_SHOWN]

    def evidence(self, norm: str, hits: Sequence[Hit], label: str) -> list[tuple[int, int]]:
        """Return the spans of the signs that speak most for a label, each where it first stands."""
        at = LABELS.index(label)
        rows, pairs = self._telling.signs, self._pairs
        speaking: dict[tuple[int, int], int] = {}
        for sign, start, end in signs_of(norm, hits, self._terms):
            if row := rows.get(sign):
                _say(speaking, start, end, row[at])
        for place, end in pairs.beside(norm).items():
            _say(speaking, end - pairs.width(place), end, pairs.rows[place][at])
        for place, (start, end) in pairs.following(hits).items():
            _say(speaking, start, end, pairs.rows[place][at])
        kept: list[tuple[int, int]] = []
        for start, end in sorted(speaking, key=speaking.__getitem__, reverse=True):
            if all(end <= first or last <= start for first, last in kept):
                kept.append((start, end))
                if len(kept) == _EVIDENCE:
                    break
        return sorted(kept)


def _both(row: tuple[int, int, int, int]) -> int:
    """Return a sign's points for P1 and P2 packed, without its rarity: pairs do not count for the length."""
    p1, p2, none, _ = row
    return (p1 - none) + _FIELD * (p2 - none)


def _say(speaking: dict[tuple[int, int], int], start: int, end: int, points: int) -> None:
    """Add what a sign says for a label to what its span says, if it is something one can point at."""
    if points > 0 and end - start <= _NARROW:
        speaking[start, end] = speaking.get((start, end), 0) + points

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

from librt.vecs import append, vec
from mypy_extensions import i64

from intents.automaton import Hit
from intents.points import APART, BEHIND, BESIDE, CODE, ENDS, STARTS, Table, apart, loudest, say
from intents.signs import (
    CONCEPT,
    DIGITS,
    FIRST,
    GAP,
    LAST,
    PAIR,
    THEN,
    ends_of,
    pairs_of,
    signs_of,
    signs_of_term,
)
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
_OPEN: Final = -1  # not worked out yet
_NARROW: Final = 8  # characters: two concepts farther apart are no evidence that one can point at

#: A centre that is down and not heard waits unseen; one that is heard by mistake costs a question. So none
#: holds only where P1 and P2 lie so far below it: two in five fewer are missed, and as many verdicts are
#: right (on messages by authors who were left out).
CAUTION_P1: Final = 0.6
CAUTION_P2: Final = 0.3

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
        chars |= dict.fromkeys(map(ord, DIGITS), 0)
        self._of_char = vec[i64]([chars.get(code, self._unknown) for code in range(_RARE)])
        self._of_term = vec[i64]([_OPEN] * len(terms))  # worked out on a term's first hit
        self._concepts: dict[str, int] = {}  # their numbers in keys, from 1
        self._number = vec[i64]([_OPEN] * len(terms))
        self._together = Table(
            {key: _both(row) for sign, row in telling.signs.items() if (key := self._key(sign))}
        )
        largest = max((max(row[:3]) - min(row[:3]) for row in telling.signs.values()), default=0)
        #: so many characters and words fit into a field with what stands beside them, whatever they are
        self._fits = min((_HALF - 1) // (3 * largest) - 1 if largest else _HALF, _LONG)  # and both ends
        if self._rarest:
            self._fits = min(self._fits, (1 << 63 - 2 * _BITS) // (2 * self._rarest))
        base = telling.base
        self._starts = base[0] - base[2], base[1] - base[2]

    def _packed(self, sign: str) -> int:
        row = self._telling.signs.get(sign)
        if row is None:
            return self._unknown
        return _both(row) + _FIELD * _FIELD * row[3] ** 2

    def _key(self, sign: str) -> int:
        """Return the key of a sign of two that stand together, or of one at an end, else 0."""
        kind = sign[0]
        if kind != CONCEPT and not DIGITS.isdisjoint(sign):
            return 0  # digits say nothing, whoever wrote the table
        if len(sign) == 2 and kind in (FIRST, LAST):
            return (STARTS if kind == FIRST else ENDS) | ord(sign[1])
        if len(sign) == 3 and kind in (PAIR, GAP):
            return (BESIDE if kind == PAIR else APART) | ord(sign[1]) << CODE | ord(sign[2])
        first, then, second = sign[1:].partition(THEN)
        if not then or kind != CONCEPT:
            return 0
        numbers = self._concepts
        one = numbers.setdefault(first, len(numbers) + 1)
        return BEHIND | one << CODE | numbers.setdefault(second, len(numbers) + 1)

    def above_none(self, norm: str, hits: Sequence[Hit]) -> Above | None:
        """Return by how much P1 and P2 lie above none in `weigh`; None where nothing is known of the text."""
        if len(norm) + 2 * len(hits) > self._fits:
            sums = self.weigh(norm, hits)
            return (sums[0] - sums[2], sums[1] - sums[2]) if any(sums) else None
        total = _BIAS + self._chars(norm) + self._met(hits)
        if total & _BOTH == _BIAS:
            return None
        table = self._together
        total += table.total(apart(norm, 1, BESIDE)) + table.total(apart(norm, 2, APART))
        first, last = ends_of(norm)
        if first >= 0:
            total += table.get(STARTS | ord(norm[first])) + table.get(ENDS | ord(norm[last]))
        total += self._following(hits)
        rarity = total >> 2 * _BITS
        length = sqrt(rarity if rarity > self._least else self._least)
        p1, p2 = (total & _MASK) - _HALF, (total >> _BITS & _MASK) - _HALF
        return self._starts[0] + float(p1) / length, self._starts[1] + float(p2) / length

    def _chars(self, norm: str) -> i64:
        """Return the packed points of the text's characters, each counted once."""
        of_char = self._of_char
        total: i64 = 0
        met = vec[i64]()
        seen: i64 = 0  # a bit for each 64th character: what comes for the first time mostly meets none
        size: i64 = len(norm)
        for at in range(size):
            code: i64 = ord(norm[at])
            bit: i64 = 1 << (code & 63)
            if seen & bit and code in met:
                continue
            seen |= bit
            met = append(met, code)
            if code < _RARE:
                total += of_char[code]
            else:
                total += self._of_rare.get(code, self._unknown)
        return total

    def _met(self, hits: Sequence[Hit]) -> i64:
        """Return the packed points of the terms that were hit, each counted once."""
        total: i64 = 0
        met = vec[i64]()
        for hit in hits:
            index: i64 = hit[0]
            if index in met:
                continue
            met = append(met, index)
            total += self._term(index)
        return total

    def _following(self, hits: Sequence[Hit]) -> i64:
        """Return the packed points of concepts that follow each other, each two counted once."""
        keys = vec[i64]()
        last: i64 = 0
        for hit in hits:
            number = self._concept(hit[0])
            if number:
                keys = append(keys, BEHIND | last << CODE | number)
                last = number
        return self._together.total(keys)

    def _term(self, index: i64) -> i64:
        """Return the packed points of a term's signs, worked out when it is first met."""
        points = self._of_term[index]
        if points == _OPEN:
            points = sum(map(self._packed, signs_of_term(self._terms[index])))
            self._of_term[index] = points
        return points

    def _concept(self, index: i64) -> i64:
        """Return the number of a term's concept: 0 for marks that end clauses, an idle one if it has none."""
        number = self._number[index]
        if number == _OPEN:
            concept = self._terms[index].concept
            number = self._concepts.get(concept, len(self._concepts) + 1) if concept else 0
            self._number[index] = number
        return number

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
            self._trust[rule.id] = self._telling.trusted(rule)
        trust = self._trust[rule.id]
        if above is None or trust is None:
            return rule.label, rule.label
        p1, p2 = above
        favoured = "none" if p1 < 0.0 > p2 else "P1" if p1 >= p2 else "P2"
        p1 += trust[0]
        p2 += trust[1]
        margin = caution(rule)
        none = p1 < -margin[0] and p2 < -margin[1]
        return ("none" if none else "P1" if p1 >= p2 else "P2"), favoured

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
        """Return the spans of the signs that speak most for a label, more than for any other."""
        at: i64 = LABELS.index(label)
        table = self._together
        said: dict[int, int] = {}  # by span, a number each
        one: i64 = 0  # the last character but one
        two: i64 = 0  # the last
        size: i64 = len(norm)
        end: i64
        for end in range(1, size + 1):
            code: i64 = ord(norm[end - 1])
            _say(said, end, 1, _lift(self._of_char[code] if code < _RARE else self._of_rare.get(code, 0), at))
            _say(said, end, 2, _lift(table.get(BESIDE | two << CODE | code), at))
            _say(said, end, 3, _lift(table.get(APART | one << CODE | code), at))
            one = two
            two = code
        head, tail = ends_of(norm)
        if head >= 0:
            _say(said, head + 1, 1, _lift(table.get(STARTS | ord(norm[head])), at))
            _say(said, tail + 1, 1, _lift(table.get(ENDS | ord(norm[tail])), at))
        since: i64 = 0  # where the last concept began
        last: i64 = 0
        for index, start, stop in hits:
            _say(said, stop, stop - start, _lift(self._term(index), at))
            if number := self._concept(index):
                _say(said, stop, stop - since, _lift(table.get(BEHIND | last << CODE | number), at))
                last = number
                since = start
        return loudest(said)


def caution(rule: Rule) -> tuple[float, float]:
    """Return how far P1 and P2 must lie below none for it to hold; 0 where a rule knows what else it is."""
    if rule.label == "none" and rule.level != "guess":
        return 0.0, 0.0
    return CAUTION_P1, CAUTION_P2


def _both(row: tuple[int, int, int, int]) -> int:
    """Return a sign's points for P1 and P2 packed, without its rarity: pairs do not count for the length."""
    p1, p2, none, _ = row
    return (p1 - none) + _FIELD * (p2 - none)


def _lift(packed: i64, at: i64) -> i64:
    """Return by how much packed points lift one of `LABELS` above the others."""
    packed += _BIAS
    p1 = (packed & _MASK) - _HALF
    p2 = (packed >> _BITS & _MASK) - _HALF
    best, other = (p1, p2) if at == 0 else (p2, p1)
    if at == 2:
        return -max(p1, p2)
    return best - max(other, 0)


def _say(said: dict[int, int], end: i64, width: i64, points: i64) -> None:
    """Add what a sign says to what its span says, if it is something one can point at."""
    if width <= _NARROW:
        say(said, end - width, width, points)

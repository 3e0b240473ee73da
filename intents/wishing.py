"""What a message wants that reports no fault: its characters, words and concepts, each with points by intent.

As with priorities (`intents.telling`), two opinions are added up: the rule that won adds to its intent what
rules of its level are trusted with, each sign of the message adds points that were learnt from labelled ones
(``knowledge/wishing.tsv``), and the intent with the highest sum holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from intents.automaton import Hit
from intents.points import Table, loudest, say
from intents.signs import SILENT, signs_of_term
from intents.terms import Term
from knowledge import WANTED, Rule, Wishing

_SIZE: Final = len(WANTED)
#: The points for three intents are kept in one number, a field each: a sign's row is one line of memory.
_FIELDS: Final = 3
_BITS: Final = 21
_MASK: Final = (1 << _BITS) - 1
_HALF: Final = 1 << _BITS - 1
#: Added to a sum so that no field is negative.
_BIAS: Final = _HALF * (1 + (1 << _BITS) + (1 << 2 * _BITS))
_WORDS: Final = 7  # enough for 21 intents
_MOST: Final = 1000  # characters and words: of more a field could not hold the sum
#: Signs: of a shorter text little is said by how it is put.
SHORTEST: Final = 2
#: What lies below speaks for too little to take the place of what a rule says; of a rule that asks, or that
#: stands where a failure was found, more is needed. Chosen on messages that were left out of the learning.
UNSURE: Final = -0.4
PLAIN: Final = 0.0
TOLD: Final = "told"
_OPEN: Final = -1  # not worked out yet
_ASCII: Final = 128


class Wishes:
    """Weighs what messages want; safe to share between threads.

    Args:
        wishing: the points of a base.
        terms: what the hits of its automaton count in.
    """

    def __init__(self, wishing: Wishing, terms: Sequence[Term]) -> None:
        self._wishing = wishing
        self._terms = terms
        rarest = max((rarity for rarity, _ in wishing.signs.values()), default=0)
        self._rarest = rarest**2
        self._base = [wishing.base.get(intent, 0.0) for intent in WANTED]
        # a row for each sign: points by intent, then its rarity squared; row 0 is of what is unknown
        rows = [0] * _WORDS + [self._rarest]
        places: dict[str, int] = {}
        for sign, (rarity, points) in wishing.signs.items():
            places[sign] = len(rows)
            rows += [*_packed([points.get(intent, 0) for intent in WANTED]), rarity**2]
        self._rows = vec[i64](rows)
        self._places = places
        self._of_char = Table({ord(sign): at for sign, at in places.items() if len(sign) == 1})
        self._silent = bytes(chr(code) in SILENT for code in range(_ASCII))
        # the rows of a term's concept and of its word, worked out on its first hit
        self._concept = vec[i64]([_OPEN] * len(terms))
        self._word = vec[i64]([_OPEN] * len(terms))

    def intent(self, norm: str, hits: Sequence[Hit], rule: Rule) -> str:
        """Return what a message wants, by the rule that won and by how it is put.

        A rule that asks, or that stands where a failure was found, gives way only to what is plain.
        """
        trust = self._wishing.trust.get(rule.level)
        if trust is None or not self._places:
            return rule.intent
        weights = self.weigh(norm, hits)
        weights[WANTED.index(rule.intent)] += trust
        most = max(weights)
        plain = most > (PLAIN if rule.ask or rule.level == TOLD else UNSURE)
        return WANTED[weights.index(most)] if plain else rule.intent

    def weigh(self, norm: str, hits: Sequence[Hit]) -> list[float]:
        """Return what the normalised text adds for each of ``WANTED``."""
        sums = self._sums(norm, hits)
        rarity: i64 = sums[_WORDS]
        least: i64 = SHORTEST * self._rarest
        length = sqrt(rarity if rarity > least else least) or 1.0
        return [self._base[at] + float(_field(sums[at // _FIELDS], at)) / length for at in range(_SIZE)]

    def _sums(self, norm: str, hits: Sequence[Hit]) -> vec[i64]:
        """Return the points by intent of the characters, words and concepts, each time, and their rarity."""
        rows = self._rows
        one: i64 = _BIAS  # unrolled: half of what a message without a fault costs here would be the loop
        two: i64 = _BIAS
        three: i64 = _BIAS
        four: i64 = _BIAS
        five: i64 = _BIAS
        six: i64 = _BIAS
        seven: i64 = _BIAS
        rarity: i64 = 0
        for place in self._places_of(norm, hits):
            one += rows[place]
            two += rows[place + 1]
            three += rows[place + 2]
            four += rows[place + 3]
            five += rows[place + 4]
            six += rows[place + 5]
            seven += rows[place + 6]
            rarity += rows[place + 7]
        return vec[i64]([one, two, three, four, five, six, seven, rarity])

    def _places_of(self, norm: str, hits: Sequence[Hit]) -> vec[i64]:
        """Return where the rows of the characters, words and concepts begin, as often as they stand."""
        places = vec[i64]()
        size: i64 = min(len(norm), _MOST)
        for at in range(size):
            code: i64 = ord(norm[at])
            if code >= _ASCII or not self._silent[code]:
                places = append(places, self._of_char.get(code))
        for hit in hits[:_MOST]:
            index: i64 = hit[0]
            if self._concept[index] == _OPEN:
                self._work_out(index)
            if self._concept[index] >= 0:
                places = append(places, self._concept[index])
            if self._word[index] >= 0:
                places = append(places, self._word[index])
        return places

    def _work_out(self, index: i64) -> None:
        """Note the rows of a term's signs: -2 for one that it has not."""
        signs = signs_of_term(self._terms[index])
        found = [self._places.get(sign, 0) for sign in signs] + [-2, -2]
        self._word[index] = found[1]
        self._concept[index] = found[0]

    def evidence(self, norm: str, hits: Sequence[Hit], intent: str) -> list[tuple[int, int]]:
        """Return the spans of the signs that speak most for an intent, none of which overlap."""
        which: i64 = WANTED.index(intent)
        said: dict[int, int] = {}  # by span, a number each
        size: i64 = len(norm)
        at: i64
        for at in range(size):
            self._say(said, at, 1, self._of_char.get(ord(norm[at])), which)
        for index, start, end in hits:
            if self._concept[index] == _OPEN:
                self._work_out(index)
            self._say(said, start, end - start, self._concept[index], which)
            self._say(said, start, end - start, self._word[index], which)
        return loudest(said)

    def _say(self, said: dict[int, int], start: i64, width: i64, place: i64, which: i64) -> None:
        """Add what a row says for an intent to what its span says."""
        if place > 0:
            say(said, start, width, _field(self._rows[place + which // _FIELDS] + _BIAS, which))


def _packed(points: list[int]) -> list[int]:
    """Return points by intent, three in a number."""
    points = points + [0] * (_WORDS * _FIELDS - len(points))
    return [
        sum(points[at + field] << field * _BITS for field in range(_FIELDS))
        for at in range(0, len(points), _FIELDS)
    ]


def _field(word: i64, which: i64) -> i64:
    """Return the points of one intent in a number to which `_BIAS` was added."""
    return (word >> which % _FIELDS * _BITS & _MASK) - _HALF

"""What stands together in a text, found fast: pairs of characters, and concepts that follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from intents.automaton import Hit
from intents.signs import CONCEPT, GAP, PAIR, THEN
from intents.terms import Term

if TYPE_CHECKING:
    from mypy_extensions import i64  # compiled: a machine word; in plain Python, where it is not read, an int

#: Two code points make one key: no code point has more bits.
_CODE: Final = 21
_POINT: Final = (1 << _CODE) - 1
#: Spreads the first code point of a key over the table.
_SPREAD: Final = 40503
#: Of so many slots one is taken: most look-ups end at the first.
_ROOM: Final = 8

Row = tuple[int, int, int, int]


class Table:
    """Places of pairs of code points; a look-up makes no object, as one in a dictionary would.

    Args:
        places: from 1, by key.
    """

    def __init__(self, places: Mapping[int, int]) -> None:
        size = 1 << (_ROOM * len(places) | 1).bit_length()
        self._mask: i64 = size - 1
        self._keys = [-1] * size
        self._places = [0] * size
        taken = bytearray(size)
        for key, place in places.items():
            slot = self._first(key)
            while taken[slot]:
                slot = slot + 1 & self._mask
            self._keys[slot], self._places[slot], taken[slot] = key, place, 1
        self._taken = bytes(taken)

    def _first(self, key: i64) -> i64:
        return (key >> _CODE) * _SPREAD + (key & _POINT) & self._mask

    def place(self, key: i64) -> i64:
        """Return the place of a key; 0 where it has none."""
        slot = self._first(key)
        while self._taken[slot]:
            if self._keys[slot] == key:
                return self._places[slot]
            slot = slot + 1 & self._mask
        return 0

    def find(self, norm: str, step: i64, found: list[int], ends: list[int]) -> None:
        """Add the places of characters so many steps apart, each once, and where they end."""
        seen: i64 = 0  # a bit for each 60th place: most that come again are none that could
        bit: i64
        at: i64
        size: i64 = len(norm)
        for at in range(step, size):
            first: i64 = ord(norm[at - step])
            place = self.place(first << _CODE | ord(norm[at]))
            if place:
                bit = 1 << place % 60
                if not seen & bit or not _holds(found, place):
                    seen |= bit
                    found.append(place)
                    ends.append(at + 1)


class Pairs:
    """The pairs that have points; safe to share between threads.

    Args:
        signs: rows of points by sign.
        terms: what the hits of the automaton count in.

    Attributes:
        rows: the points by place; that of place 0 adds nothing.
    """

    def __init__(self, signs: Mapping[str, Row], terms: Sequence[Term]) -> None:
        self._terms = terms
        self.rows: list[Row] = [(0, 0, 0, 0)]
        self._pairs = self._table(signs, PAIR)
        self._narrow = len(self.rows)  # places from here on are of pairs with a gap
        self._gaps = self._table(signs, GAP)
        self._numbers: dict[str, int] = {}  # of concepts, from 1
        following: dict[int, int] = {}
        for sign, row in signs.items():
            first, then, second = sign[1:].partition(THEN)
            if then and sign[0] == CONCEPT:
                following[self._number(first) << _CODE | self._number(second)] = len(self.rows)
                self.rows.append(row)
        self._following = Table(following)
        self._of_term = [-1] * len(terms)  # the number of its concept, looked up on its first hit

    def _table(self, signs: Mapping[str, Row], kind: str) -> Table:
        places: dict[int, int] = {}
        for sign, row in signs.items():
            if len(sign) == 3 and sign[0] == kind:
                places[ord(sign[1]) << _CODE | ord(sign[2])] = len(self.rows)
                self.rows.append(row)
        return Table(places)

    def _number(self, concept: str) -> int:
        return self._numbers.setdefault(concept, len(self._numbers) + 1)

    def beside(self, norm: str) -> tuple[list[int], list[int]]:
        """Return the places of the pairs of characters, each once, and where each first ends."""
        found: list[int] = []
        ends: list[int] = []
        self._pairs.find(norm, 1, found, ends)
        self._gaps.find(norm, 2, found, ends)
        return found, ends

    def width(self, place: int) -> int:
        """Return over how many characters a pair of characters goes."""
        return 2 if place < self._narrow else 3

    def following(self, hits: Sequence[Hit]) -> list[tuple[int, int, int]]:
        """Return places and spans of the concepts that follow each other, each two once."""
        found: list[int] = []
        spans: list[tuple[int, int, int]] = []
        last: i64 = 0
        since = 0
        for index, start, end in hits:
            number: i64 = self._of_term[index]
            if number < 0:
                number = self._of_term[index] = self._of(self._terms[index].concept)
            if number:
                place = self._following.place(last << _CODE | number)
                if place and not _holds(found, place):
                    found.append(place)
                    spans.append((place, since, end))
                last = number
                since = start
        return spans

    def _of(self, concept: str) -> int:
        """Return the number of a concept: 0 for marks that end clauses, an idle one for what no pair has."""
        return self._numbers.get(concept, len(self._numbers) + 1) if concept else 0


def _holds(found: list[int], place: i64) -> bool:
    """Return whether a place is among those found; compiled, no object is compared."""
    at: i64
    for at in range(len(found)):  # noqa: SIM110 - a generator would make objects
        if found[at] == place:
            return True
    return False

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
#: Spreads a pair over the flags; so many flags there are for each pair, so that most others meet none.
_SPREAD: Final = 40503
_FLAGS: Final = 8

Row = tuple[int, int, int, int]


class Table:
    """Places of pairs of characters, from 1; flags tell most that have none without asking the dictionary.

    Args:
        places: by key.
    """

    def __init__(self, places: dict[int, int]) -> None:
        self._places = places
        self._mask = (1 << (_FLAGS * len(places)).bit_length()) - 1
        flags = bytearray(self._mask + 1)
        for key in places:
            before, code = divmod(key, 1 << _CODE)
            flags[before * _SPREAD + code & self._mask] = 1
        self._flags = bytes(flags)

    def find(self, norm: str, step: int, found: dict[int, int]) -> None:
        """Add the places of characters so many steps apart, with where each first ends."""
        places, flags = self._places, self._flags
        mask: i64 = self._mask
        code: i64
        before: i64
        at: i64
        size: i64 = len(norm)
        for at in range(step, size):
            before = ord(norm[at - step])
            code = ord(norm[at])
            if flags[before * _SPREAD + code & mask] and (place := places.get(before << _CODE | code)):
                found.setdefault(place, at + 1)


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
        self._following: dict[int, int] = {}
        for sign, row in signs.items():
            first, then, second = sign[1:].partition(THEN)
            if then and sign[0] == CONCEPT:
                self._following[self._number(first) << _CODE | self._number(second)] = len(self.rows)
                self.rows.append(row)
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

    def beside(self, norm: str) -> dict[int, int]:
        """Return the places of the pairs of characters, with where each first ends."""
        found: dict[int, int] = {}
        self._pairs.find(norm, 1, found)
        self._gaps.find(norm, 2, found)
        return found

    def width(self, place: int) -> int:
        """Return over how many characters a pair of characters goes."""
        return 2 if place < self._narrow else 3

    def following(self, hits: Sequence[Hit]) -> dict[int, tuple[int, int]]:
        """Return the places of concepts that follow each other, with the span where each two first stand."""
        found: dict[int, tuple[int, int]] = {}
        last = since = 0
        for index, start, end in hits:
            number = self._of_term[index]
            if number < 0:
                number = self._of_term[index] = self._of(self._terms[index].concept)
            if number:
                if place := self._following.get(last << _CODE | number):
                    found.setdefault(place, (since, end))
                last, since = number, start
        return found

    def _of(self, concept: str) -> int:
        """Return the number of a concept: 0 for marks that end clauses, an idle one for what no pair has."""
        return self._numbers.get(concept, len(self._numbers) + 1) if concept else 0

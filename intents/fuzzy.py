"""One slip in a longer term: 无法登彔 for 无法登录, by rapidfuzz (OSA distance 1, five characters up).

Shorter terms are never guessed: 司机 and 死机 are one edit apart and mean other things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

from intents import automaton
from intents.automaton import Hit
from intents.tables import readings

#: Distance 1 is safe from here on; at four characters 业务受理 would still be read as 业务受阻.
LENGTH: Final = 5
#: A half that opens more terms than this says too little.
_CROWD: Final = 12
#: A slip never makes or takes away one of these: 没人能 is not 没人接.
_DECISIVE: Final = frozenset("不没无未能有全都各每")


class Fuzzy:
    """Terms of five characters and more: one wrong character leaves the first or the last half whole."""

    def __init__(self, terms: Sequence[str], *, accelerate: bool) -> None:
        self.terms = terms
        halves: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, term in enumerate(terms):
            if len(term) >= LENGTH and not term.isascii():
                middle = len(term) // 2
                halves[term[:middle]].append((index, 0))
                halves[term[middle:]].append((index, middle))
        kept = {half: places for half, places in halves.items() if len(places) <= _CROWD}
        self._places = list(kept.values())
        self._match = automaton.build_overlapping(list(kept), accelerate=accelerate)

    def find(self, text: str) -> list[Hit]:
        """Return terms that stand in the text with one character wrong, swapped or doubled."""
        found: dict[tuple[int, int], int] = {}
        for half, at, _ in self._match(text):
            for index, offset in self._places[half]:
                for start in (at - offset, at - offset - 1) if offset else (at,):
                    if start >= 0:
                        self._try(text, index, start, found)
        return [(index, start, end) for (start, end), index in sorted(found.items())]

    def _try(self, text: str, index: int, start: int, found: dict[tuple[int, int], int]) -> None:
        term = self.terms[index]
        for size in (len(term), len(term) + 1):
            window = text[start : start + size]
            if len(window) < size or OSA.distance(term, window, score_cutoff=1) > 1:
                continue
            if not _slip(term, window):
                continue
            if _decisive(window) == _decisive(term):
                known = found.setdefault((start, start + size), index)
                found[(start, start + size)] = min(known, index)
                return


def _decisive(text: str) -> list[str]:
    return [char for char in text if char in _DECISIVE]


def _slip(term: str, window: str) -> bool:
    """Return whether it is a slip: a doubled character, a swap, or one that sounds nearly alike."""
    if len(window) > len(term):
        return any(
            a == b and window[:at] + window[at + 1 :] == term for at, (a, b) in enumerate(pairwise(window))
        )
    pairs = [(a, b) for a, b in zip(term, window, strict=True) if a != b]
    if len(pairs) != 1:
        return True
    table = readings()
    a, b = (table.get(char, char) for char in pairs[0])
    return a[:1] == b[:1] or a[-2:] == b[-2:]

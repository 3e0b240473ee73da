"""One slip in a longer term: 无法登彔 for 无法登录, by rapidfuzz (OSA distance 1, five characters up).

Shorter terms are never guessed: 司机 and 死机 are one edit apart and mean other things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from intents.automaton import Hit
from intents.tables import readings

#: Distance 1 is safe from here on; at four characters 业务受理 would still be read as 业务受阻.
LENGTH = 5
#: A pair of characters that opens more terms than this says too little.
_CROWD = 60
#: A slip never makes or takes away one of these: 没人能 is not 没人接.
_DECISIVE = frozenset("不没无未能有全都各每")


class Fuzzy:
    """Terms of five characters and more, found by the pairs of characters that they share with a text."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = terms
        pairs: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, term in enumerate(terms):
            if len(term) >= LENGTH and not term.isascii():
                for at in range(len(term) - 1):
                    pairs[term[at : at + 2]].append((index, at))
        self._pairs = {pair: places for pair, places in pairs.items() if len(places) <= _CROWD}

    def find(self, text: str) -> list[Hit]:
        """Return terms that stand in the text with one character wrong, swapped or doubled."""
        found: dict[tuple[int, int], int] = {}
        tried: set[tuple[int, int]] = set()
        for at in range(len(text) - 1):
            for index, offset in self._pairs.get(text[at : at + 2], ()):
                start = at - offset
                if start < 0 or (index, start) in tried:
                    continue
                tried.add((index, start))
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
            if [char for char in window if char in _DECISIVE] == [char for char in term if char in _DECISIVE]:
                found.setdefault((start, start + size), index)
                return


def _slip(term: str, window: str) -> bool:
    """Return whether the difference is a slip: a doubled character, a swap, or one that sounds nearly alike."""
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

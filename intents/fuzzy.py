"""One slip in a longer term: 无法登彔 for 无法登录, by rapidfuzz (OSA distance 1, four characters up).

Shorter terms are never guessed: 司机 and 死机 are one edit apart and mean other things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from intents.automaton import Hit

#: Distance 1 is safe from here on: 8 false hits in 26,559 sentences at four characters, 688 at three.
LENGTH = 4
#: A pair of characters that opens more terms than this says too little.
_CROWD = 60


class Fuzzy:
    """Terms of four characters and more, found by the pairs of characters that they share with a text."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = terms
        pairs: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, term in enumerate(terms):
            if len(term) >= LENGTH and not term.isascii():
                for at in range(len(term) - 1):
                    pairs[term[at : at + 2]].append((index, at))
        self._pairs = {pair: places for pair, places in pairs.items() if len(places) <= _CROWD}

    def find(self, text: str) -> list[Hit]:
        """Return terms that stand in the text with one character wrong, swapped, lost or doubled."""
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
        for size in (len(term), len(term) - 1, len(term) + 1):
            window = text[start : start + size]
            if len(window) == size and OSA.distance(term, window, score_cutoff=1) <= 1:
                found.setdefault((start, start + size), index)
                return

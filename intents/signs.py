"""Words that speak for or against a report, weighed together: the last word where no single one decides.

The base gives each sign its points (``kind: sign``); a message has the sum of the signs that it holds, each
counted once. That makes a report of a message that names a fault only by how it is told.
"""

from __future__ import annotations

from operator import itemgetter

from intents import automaton
from intents.features import Features
from intents.tables import normalise
from intents.terms import SIGN
from knowledge import KnowledgeBase, KnowledgeError

#: Sums from which on a message without any known fault is told like a report, and plainly so.
REPORT, PLAIN = 9, 16
#: Sum down to which a message with a fault word is told like no report.
NO_REPORT = -36
#: Sum down to which that holds even when it is said that something happens.
FAR_FROM_REPORT = -55

_index = itemgetter(0)


class Signs:
    """All signs of one base.

    Raises:
        KnowledgeError: points that are no whole number.
    """

    def __init__(self, base: KnowledgeBase, features: Features, *, accelerate: bool) -> None:
        points: dict[str, int] = {}
        for concept in base.concepts.values():
            if concept.kind == SIGN:
                try:
                    each = int(concept.traits["points"])
                except (KeyError, ValueError) as error:
                    raise KnowledgeError(concept.where, f"concept {concept.id} needs whole points") from error
                points |= {normalise(alias): each for alias in concept.aliases}
        self.words = list(points)
        self._points = list(points.values())
        self._match = automaton.build_overlapping(self.words, accelerate=accelerate)
        _, self._report, self._plain, self._none, self._far = features.tellings

    def total(self, norm: str) -> int:
        """Return the points of the normalised text."""
        return sum(map(self._points.__getitem__, set(map(_index, self._match(norm)))))

    def bits(self, norm: str) -> int:
        """Return the feature bits of the normalised text; none when the signs are in balance."""
        total = self.total(norm)
        if total >= REPORT:
            return self._plain if total >= PLAIN else self._report
        if total > NO_REPORT:
            return 0
        return self._none if total > FAR_FROM_REPORT else self._far

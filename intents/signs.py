"""The signs of a text: what its characters, words and concepts are called where points are kept for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from intents.automaton import Hit
from intents.terms import Term

#: Before the id of a concept, in the name of its sign, and between those of two that follow each other.
CONCEPT: Final = "@"
THEN: Final = ">"
#: Before two characters side by side, and before two with one between them.
PAIR: Final = "+"
GAP: Final = "~"
#: Before the character that a text begins with, and before the one that it ends with.
FIRST: Final = "^"
LAST: Final = "$"
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
#: Say nothing: an extension's number is none of how a fault is told.
DIGITS: Final = frozenset("0123456789")
#: Say nothing of what is wanted, one by one: words of Latin letters do.
SILENT: Final = DIGITS | LETTERS | {" "}


def signs_of_term(term: Term) -> list[str]:
    """Return the signs that a word is: its concept, and itself; the marks that end clauses have none."""
    if not term.concept:
        return []
    return [CONCEPT + term.concept, term.text] if len(term.text) > 1 else [CONCEPT + term.concept]


def signs_of(norm: str, hits: Sequence[Hit], terms: Sequence[Term]) -> list[tuple[str, int, int]]:
    """Return the signs of a text with their spans: each character, and word hit with its concept, once."""
    place = dict(zip(reversed(norm), range(len(norm) - 1, -1, -1), strict=True))  # the first one is set last
    found = [(char, place[char], place[char] + 1) for char in dict.fromkeys(norm) if char not in DIGITS]
    first = {index: (start, end) for index, start, end in reversed(hits)}
    found += [(sign, *span) for index, span in first.items() for sign in signs_of_term(terms[index])]
    return found


def pairs_of(norm: str, hits: Sequence[Hit], terms: Sequence[Term]) -> list[tuple[str, int, int]]:
    """Return the signs of what stands where, once each where it first stands.

    Two characters side by side, two with one between them, two concepts that follow each other, and the
    characters at both ends.
    """
    first: dict[str, tuple[int, int]] = {}
    for kind, step in ((PAIR, 1), (GAP, 2)):
        for at in range(len(norm) - step):
            if norm[at] not in DIGITS and norm[at + step] not in DIGITS:
                first.setdefault(kind + norm[at] + norm[at + step], (at, at + step + 1))
    known = [(terms[index].concept, start, end) for index, start, end in hits if terms[index].concept]
    for (one, start, _), (other, _, end) in pairwise(known):
        first.setdefault(f"{CONCEPT}{one}{THEN}{other}", (start, end))
    for kind, at in zip((FIRST, LAST), ends_of(norm), strict=True):
        if at >= 0:
            first[kind + norm[at]] = (at, at + 1)
    return [(sign, start, end) for sign, (start, end) in first.items()]


def ends_of(norm: str) -> tuple[int, int]:
    """Return where a text begins and ends, white space and digits aside; (-1, -1) where nothing else is."""
    last = len(norm) - 1
    while last >= 0 and (norm[last] in DIGITS or norm[last].isspace()):
        last -= 1
    if last < 0:
        return -1, -1
    first = 0
    while norm[first] in DIGITS or norm[first].isspace():
        first += 1
    return first, last

"""One automaton over all terms: leftmost, then longest, never overlapping.

Two engines give the same answer: ``ahocorasick_rs`` when it is installed, else ``pyahocorasick``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import ahocorasick

#: ``(index of the term, start, end)``, in order of the text.
Hit = tuple[int, int, int]
Matcher = Callable[[str], list[Hit]]


def leftmost_longest(found: list[Hit]) -> list[Hit]:
    """Keep of overlapping hits the leftmost, and of those that start together the longest."""
    found.sort(key=lambda hit: (hit[1], -hit[2]))
    kept: list[Hit] = []
    end = 0
    for hit in found:
        if hit[1] >= end:
            kept.append(hit)
            end = hit[2]
    return kept


def plain(terms: Sequence[str]) -> Matcher:
    """Return a matcher built on pyahocorasick."""
    automaton = ahocorasick.Automaton()
    for index, term in enumerate(terms):
        automaton.add_word(term, (index, len(term)))
    automaton.make_automaton()

    def match(text: str) -> list[Hit]:
        found = [(index, last + 1 - size, last + 1) for last, (index, size) in automaton.iter(text)]
        return leftmost_longest(found)

    return match if terms else lambda _text: []


def fast(terms: Sequence[str]) -> Matcher:
    """Return a matcher built on ahocorasick_rs.

    Raises:
        ImportError: the ``fast`` extra is not installed.
    """
    from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, AhoCorasick

    matches: Matcher = AhoCorasick(terms, MATCHKIND_LEFTMOST_LONGEST).find_matches_as_indexes
    return matches


def build(terms: Sequence[str], *, accelerate: bool = True) -> Matcher:
    """Return the fastest matcher that is installed; ``accelerate=False`` forces the plain one."""
    if accelerate:
        try:
            return fast(terms)
        except ImportError:
            pass
    return plain(terms)


def build_overlapping(terms: Sequence[str], *, accelerate: bool = True) -> Callable[[str], Iterable[Hit]]:
    """Return a matcher that reports every hit, overlapping ones too, in no particular order."""
    if accelerate:
        try:
            from ahocorasick_rs import AhoCorasick
        except ImportError:
            pass
        else:
            return partial(AhoCorasick(terms).find_matches_as_indexes, overlapping=True)
    if not terms:
        return lambda _text: []
    automaton = ahocorasick.Automaton()
    for index, term in enumerate(terms):
        automaton.add_word(term, (index, len(term)))
    automaton.make_automaton()
    return lambda text: ((index, last + 1 - size, last + 1) for last, (index, size) in automaton.iter(text))

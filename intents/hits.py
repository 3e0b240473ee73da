"""What becomes of hits: parts of longer Latin words are none, guesses take the place of what they cover."""

from __future__ import annotations

from intents.automaton import Hit
from intents.signs import DIGITS, LETTERS


def cuts(norm: str, start: int, end: int) -> bool:
    """Return whether the span begins or ends inside a run of Latin letters, or of digits.

    A space cuts where it stands between Latin words: it ends no clause there.
    """
    if norm[start:end] == " ":
        return start > 0 and end < len(norm) and norm[start - 1] in LETTERS and norm[end] in LETTERS
    return (start > 0 and _joined(norm[start - 1], norm[start])) or (
        end < len(norm) and _joined(norm[end - 1], norm[end])
    )


def _joined(a: str, b: str) -> bool:
    return (a in LETTERS and b in LETTERS) or (a in DIGITS and b in DIGITS)


def merge(hits: list[Hit], guesses: list[Hit]) -> list[Hit]:
    """A guess takes the place of the exact hits inside it, and yields to one that it only cuts."""
    merged: list[Hit] = []
    at = 0
    for guess in guesses:
        _, start, end = guess
        if merged and merged[-1][2] > start:
            continue
        while at < len(hits) and hits[at][2] <= start:
            merged.append(hits[at])
            at += 1
        last = at
        while last < len(hits) and hits[last][1] < end:
            last += 1
        touched = hits[at:last]
        if all(start <= hit[1] and hit[2] <= end and hit[2] - hit[1] < end - start for hit in touched):
            merged.append(guess)
            at = last
    return merged + hits[at:]

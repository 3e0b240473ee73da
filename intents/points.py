"""Points by number, side by side in memory: one look-up touches one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

#: A key of two that stand together, or of one at an end: its kind, and a code point or concept's number each.
CODE: Final = 21
BESIDE: Final = 1 << 2 * CODE
APART: Final = 2 << 2 * CODE
BEHIND: Final = 3 << 2 * CODE
STARTS: Final = 4 << 2 * CODE
ENDS: Final = 5 << 2 * CODE
_WIDE: Final = 12  # bits of a span's width, in characters
_EVIDENCE: Final = 3  # spans that stand as evidence, where points decided
#: Spreads keys that differ in their upper half only.
_SPREAD: Final = 40503


class Table:
    """Points by key, open addressing with half of the places free; a key that has none gets 0.

    Args:
        points: by key; keys are positive and of less than 63 bits, none is 0.
    """

    def __init__(self, points: Mapping[int, int]) -> None:
        size = 1 << (2 * len(points) + 1).bit_length()
        mask = self._mask = size - 1
        slots = [0] * (2 * size)  # a key, its points, the next key, …
        for key, value in points.items():
            at = _place(key, mask)
            while slots[2 * at]:
                at = at + 1 & mask
            slots[2 * at], slots[2 * at + 1] = key, value
        self._slots: vec[i64] = vec[i64](slots)

    def get(self, key: i64) -> i64:
        """Return the points of a key, or 0."""
        slots = self._slots
        mask: i64 = self._mask
        at = _place(key, mask)
        found = slots[2 * at]
        while found != key:
            if not found:
                return 0
            at = at + 1 & mask
            found = slots[2 * at]
        return slots[2 * at + 1]

    def total(self, keys: vec[i64]) -> i64:
        """Return the points of the keys together, each counted once."""
        met = vec[i64]()
        total: i64 = 0
        for key in keys:
            points = self.get(key)
            if points and key not in met:
                met = append(met, key)
                total += points
        return total


def apart(norm: str, step: i64, kind: i64) -> vec[i64]:
    """Return the keys of characters so many steps apart, in order."""
    keys = vec[i64]()
    size: i64 = len(norm)
    at: i64
    for at in range(step, size):
        before: i64 = ord(norm[at - step])
        code: i64 = ord(norm[at])
        keys = append(keys, kind | before << CODE | code)
    return keys


def say(said: dict[int, int], start: i64, width: i64, points: i64) -> None:
    """Add points to those of a span; what speaks against is left out."""
    if points > 0:
        key = start << _WIDE | width
        said[key] = said.get(key, 0) + points


def loudest(said: dict[int, int]) -> list[tuple[int, int]]:
    """Return the spans with most points, none of which overlap, in order."""
    kept: list[tuple[int, int]] = []
    for key in sorted(said, key=said.__getitem__, reverse=True):
        start = key >> _WIDE
        end = start + (key & (1 << _WIDE) - 1)
        if all(end <= first or last <= start for first, last in kept):
            kept.append((start, end))
            if len(kept) == _EVIDENCE:
                break
    return sorted(kept)


def _place(key: i64, mask: i64) -> i64:
    return (key >> CODE) * _SPREAD + key & mask

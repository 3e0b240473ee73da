"""Typing by sound: 打不近来 for 打不进来, xitong for 系统.

Every Hanzi, and every pinyin syllable in Latin letters, becomes one private-use
character, so that the same automaton runs over sounds. Spans are kept, and a short
hit that cuts through a known word is no hit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from intents import automaton
from intents.automaton import Hit
from intents.segment import Cut
from intents.tables import PRIVATE_USE, readings, sounds, syllable_codes

_LATIN = re.compile(r"[a-z]{2,40}")
_HANZI = re.compile(r"[\u4e00-\u9fff]")

#: A pair with one of these is too common a sound: not 烧了 for 捎了.
FILLERS = frozenset("了不没一是的你您我就都也有在到上")
#: A word of these syllables only is English or a name as often as pinyin.
_ENGLISH = frozenset(
    [
        "a",
        "an",
        "can",
        "die",
        "he",
        "hang",
        "gang",
        "pan",
        "ping",
        "song",
        "long",
        "men",
        "me",
        "mo",
        "you",
        "to",
        "tong",
        "sun",
        "sang",
        "ban",
        "fan",
        "fen",
        "ge",
        "dan",
    ]
)


@cache
def _syllable() -> re.Pattern[str]:
    names = sorted(syllable_codes(), key=len, reverse=True)
    return re.compile("|".join(names))


def spell(word: str) -> list[tuple[str, int, int]] | None:
    """Return the syllables of a pinyin word with their offsets; None when it is none."""
    parts: list[tuple[str, int, int]] = []
    at = 0
    while at < len(word):
        match = _syllable().match(word, at)
        if not match:
            return None
        # 'denglu' must not be cut den-glu: give the last letter back when the rest would not spell
        end = match.end()
        while end < len(word) and not _syllable().match(word, end) and end > at + 1:
            end -= 1
        if word[at:end] not in syllable_codes():
            return None
        parts.append((word[at:end], at, end))
        at = end
    return parts


class Sounds:
    """A text as it sounds: one private-use character a syllable, with the span each came from."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        self.latin = False
        table, codes = sounds(), syllable_codes()
        out: list[str] = []
        at = 0
        for match in _LATIN.finditer(text):
            parts = spell(match[0])
            if parts is None or (len(parts) == 1 and match[0] in _ENGLISH):
                continue
            self._hanzi(text, at, match.start(), table, out)
            for name, start, end in parts:
                out.append(chr(codes[name]))
                self.spans.append((match.start() + start, match.start() + end))
            self.latin = True
            at = match.end()
        self._hanzi(text, at, len(text), table, out)
        self.mapped = "".join(out)

    def _hanzi(self, text: str, start: int, end: int, table: dict[int, int], out: list[str]) -> None:
        for at in range(start, end):
            char = text[at]
            if char == " ":
                continue
            out.append(chr(table.get(ord(char), ord(char))))
            self.spans.append((at, at + 1))


class Homophones:
    """Terms by sound. ``terms``: what may be mistyped; hits index into it."""

    def __init__(self, terms: Sequence[str], *, accelerate: bool) -> None:
        self.terms = terms
        table = sounds()
        mapped = [term.translate(table) for term in terms]
        usable = [
            index for index, text in enumerate(mapped) if all(ord(char) >= PRIVATE_USE for char in text)
        ]
        by_sound: dict[str, int] = {}
        liao = chr(syllable_codes()["liao"])
        for index in usable:
            by_sound.setdefault(mapped[index], index)
            if terms[index].endswith("不了"):  # listed as le, spelt bu liao
                by_sound.setdefault(mapped[index][:-1] + liao, index)
        self._index = list(by_sound.values())
        self._match = automaton.build(list(by_sound), accelerate=accelerate)

    def find(self, text: str, cut: Callable[[], Cut]) -> list[Hit]:
        """Return the terms that the normalised text spells wrongly, with spans in it."""
        heard = Sounds(text)
        hits: list[Hit] = []
        borders: list[tuple[int, int]] | None = None
        for found, first, last in self._match(heard.mapped):
            index, start, end = self._index[found], heard.spans[first][0], heard.spans[last - 1][1]
            written = text[start:end]
            if written == self.terms[index]:
                continue
            short = len(self.terms[index]) <= 3 and _HANZI.match(written)
            if short and len(written) == 2 and not _exact(self.terms[index], written):
                continue
            if short and not FILLERS.isdisjoint(self.terms[index]) and len(written) == 2:
                continue
            if short:
                borders = _words(text, cut()) if borders is None else borders
                if any(start < b and a < end for a, b in borders):
                    continue
            hits.append((index, start, end))
        return hits


def _exact(term: str, written: str) -> bool:
    table = readings()
    return all(table.get(a) == table.get(b) for a, b in zip(term, written, strict=True))


def _words(text: str, cut: Cut) -> list[tuple[int, int]]:
    """Return the spans of the words of two characters and more."""
    spans, at = [], 0
    for word in cut(text):
        if len(word) > 1 and _HANZI.match(word):
            spans.append((at, at + len(word)))
        at += len(word)
    return spans

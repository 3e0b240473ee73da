"""Typing by sound: 打不近来 for 打不进来, xitong for 系统.

Every Hanzi, and every pinyin syllable in Latin letters, becomes one private-use
character, so that the same automaton runs over sounds. Spans are kept, and a short
hit that cuts through a known word is no hit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from operator import eq
from typing import Final

from intents import automaton
from intents.automaton import Hit
from intents.segment import Cut
from intents.tables import PRIVATE_USE, readings, sounds, syllable_codes

_LATIN: Final = re.compile(r"[a-z]{2,40}")
_JOINED: Final = re.compile("[a-z_]{2}")
_HANZI: Final = re.compile(r"[\u4e00-\u9fff]")
_HEARD: Final = re.compile(f"[{chr(PRIVATE_USE)}-\U0010ffff]*")
#: Some of what jieba never puts into a word with Hanzi.
_BETWEEN: Final = frozenset("，。！？、；：“”‘’（）…—～,!?;:()\"' \n\r")

#: A pair with one of these is too common a sound: not 烧了 for 捎了.
FILLERS: Final = frozenset("了不没一是的你您我就都也有在到上")
#: A word of these syllables only is English or a name as often as pinyin.
_ENGLISH: Final = frozenset(
    [
        *("a", "an", "ban", "can", "dan", "die", "fan", "gang", "hang", "he", "long", "me", "men"),
        *("pan", "ping", "song", "sun", "to", "you"),
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


def hear(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """Return the text as it sounds, and where each of its characters came from (None: one to one)."""
    if not _LATIN.search(text):
        return text.translate(sounds()), None
    spelt = [
        (match.start(), match.end(), parts)
        for match in _LATIN.finditer(text)
        if (parts := spell(match[0])) and not (len(parts) == 1 and match[0] in _ENGLISH)
    ]
    if not spelt:
        return text.translate(sounds()), None
    table, codes = sounds(), syllable_codes()
    out: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for start, end, parts in [*spelt, (len(text), len(text), [])]:
        for place in range(at, start):
            if text[place] != " ":  # da bu kai is one word
                out.append(chr(table.get(ord(text[place]), ord(text[place]))))
                spans.append((place, place + 1))
        for name, first, last in parts:
            out.append(chr(codes[name]))
            spans.append((start + first, start + last))
        at = end
    return "".join(out), spans


class Homophones:
    """Terms by sound. ``terms``: what may be mistyped; hits index into it."""

    def __init__(self, terms: Sequence[str], *, accelerate: bool) -> None:
        self.terms = terms
        table = sounds()
        mapped = [term.translate(table) for term in terms]
        usable = [index for index, text in enumerate(mapped) if _HEARD.fullmatch(text)]
        by_sound: dict[str, list[int]] = {}
        liao = chr(syllable_codes()["liao"])
        for index in usable:
            by_sound.setdefault(mapped[index], []).append(index)
            if terms[index].endswith("不了"):  # listed as le, spelt bu liao
                by_sound.setdefault(mapped[index][:-1] + liao, []).append(index)
        self._index = list(by_sound.values())
        self._first = [terms[indices[0]] for indices in self._index]
        self._match = automaton.build(list(by_sound), accelerate=accelerate)

    def find(self, text: str, cut: Cut) -> list[Hit]:
        """Return the terms that the normalised text spells wrongly, with spans in it."""
        heard, spans = hear(text)
        hits: list[Hit] = []
        guard = Guard(text, cut)
        for found, first, last in self._match(heard):
            start, end = (spans[first][0], spans[last - 1][1]) if spans else (first, last)
            written = text[start:end]
            if written == self._first[found] or (spans and _inside_word(text, start, end)):
                continue
            index, *others = self._index[found]
            term = self.terms[index]
            if others and not _exact(term, written):
                index = next((i for i in others if _exact(self.terms[i], written)), index)
                term = self.terms[index]
                if written == term:
                    continue
            if len(term) <= 3 and _HANZI.match(written):
                if len(written) == 2 and not (_exact(term, written) and FILLERS.isdisjoint(term)):
                    continue
                if guard.holds(start, end):
                    continue
            hits.append((index, start, end))
        return hits


def _inside_word(text: str, start: int, end: int) -> bool:
    """Return whether the span begins or ends inside a word of Latin letters: xie le in xiexie le."""
    return bool((start and _JOINED.match(text, start - 1)) or _JOINED.match(text, end - 1))


def _exact(term: str, written: str) -> bool:
    table = readings()
    return len(term) == len(written) and all(map(eq, map(table.get, term), map(table.get, written)))


class Guard:
    """Which characters of a text stand in known words of two characters and more.

    Only the run of Hanzi, letters and digits around a span is cut, and once: jieba cuts each run by itself.
    """

    def __init__(self, text: str, cut: Cut) -> None:
        self._text = text
        self._cut = cut
        self._first = self._last = 0
        self._marks = bytearray()

    def holds(self, start: int, end: int) -> bool:
        """Return whether a character of the span stands in such a word."""
        if not self._first <= start < end <= self._last:
            self._read(start, end)
        return any(self._marks[start - self._first : end - self._first])

    def _read(self, first: int, last: int) -> None:
        text = self._text
        while first and text[first - 1] not in _BETWEEN:
            first -= 1
        while last < len(text) and text[last] not in _BETWEEN:
            last += 1
        marks = bytearray(last - first)
        at = 0
        for word in self._cut(text[first:last]):
            size = len(word)
            if size > 1 and _HANZI.match(word):
                marks[at : at + size] = b"\1" * size
            at += size
        self._first, self._last, self._marks = first, last, marks

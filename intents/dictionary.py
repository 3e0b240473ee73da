"""jieba's dictionary, of which only the words are read that may stand in the texts at hand.

The whole dictionary has 349,046 words, which take jieba half a second and 70 MB. Where the lines of each
first character stand is computed once, and cached; among them each pair of neighbours is looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import add
from pathlib import Path
from threading import Lock
from typing import Final

from knowledge import private

#: First character → where its lines begin and end in the file, in bytes.
Index = dict[str, list[tuple[int, int]]]

#: How many characters and pairs are remembered as read.
READ: Final = 1 << 16


class Dictionary:
    """Words with their frequencies, filled as texts need them; safe to share between threads.

    Args:
        path: the dictionary, in jieba's format (``word frequency tag``).
        own: words that the file lacks, or that have another frequency there.
        total: sum of all frequencies with them; by default that of the file.

    Attributes:
        freq: word → frequency, 0 for what only begins a word: what jieba looks words up in.
    """

    def __init__(self, path: Path, own: Mapping[str, int] | None = None, total: int | None = None) -> None:
        self.freq: dict[str, int] = {}
        raw = path.read_bytes()
        self._index, whole = _index(path, raw)
        self._lines = b"\n" + raw  # each begins with the end of the one before
        self.total = whole if total is None else total
        self._own: dict[str, list[tuple[str, int]]] = {}
        self._lock = Lock()
        self._have = lru_cache(READ)(self._read)
        for word, frequency in (own or {}).items():
            self._own.setdefault(word[:2], []).append((word, frequency))

    def need(self, text: str) -> None:
        """Have every word ready that can stand in ``text``."""
        for beginning in {*text, *map(add, text, text[1:])}:
            self._have(beginning)

    def add(self, word: str, frequency: int) -> None:
        """Take up a word, or give it another frequency."""
        self.total += frequency - self.freq.get(word, 0)
        self.freq[word] = frequency
        self._begin([word])

    def _read(self, beginning: str) -> None:
        """Take up the words that begin with a pair of characters, or the one that is a single character."""
        line = f"\n{beginning} " if len(beginning) == 1 else f"\n{beginning}"
        sought = line.encode(errors="surrogatepass")
        with self._lock:
            found: list[str] = []
            for start, end in self._index.get(beginning[0], ()):
                at = self._lines.find(sought, start, end)
                while at >= 0:
                    raw, frequency, _ = self._lines[at + 1 : end + 1].split(b" ", 2)
                    word = raw.decode()
                    self.freq[word] = self.freq.get(word) or int(frequency)
                    found.append(word)
                    at = self._lines.find(sought, at + 1, end)
            own = self._own.get(beginning, ())
            self.freq.update(own)
            self._begin([*found, *(word for word, _ in own)])

    def _begin(self, words: Sequence[str]) -> None:
        """Let jieba know what only begins a word."""
        size = 1
        while words := [word for word in words if len(word) > size]:
            for beginning in {word[:size] for word in words}:
                self.freq.setdefault(beginning, 0)
            size += 1


def _index(path: Path, raw: bytes) -> tuple[Index, int]:
    """Return where the lines of each first character stand, and the sum of the frequencies."""
    stat = path.stat()
    name = f"dictionary-{stat.st_size}-{stat.st_mtime_ns}.json"
    stored = private.read(name)
    if stored is not None:
        try:
            data = json.loads(stored)
            return data["index"], int(data["total"])
        except (ValueError, KeyError, TypeError):
            pass
    index, total = _scan(raw.splitlines(keepends=True))
    private.write(name, json.dumps({"index": index, "total": total}, ensure_ascii=False).encode())
    return index, total


def _scan(lines: Iterable[bytes]) -> tuple[Index, int]:
    index: Index = {}
    total = at = start = 0
    last = ""
    for line in lines:
        text = line.decode()
        if text[0] != last:
            if last:
                index.setdefault(last, []).append((start, at))
            last, start = text[0], at
        total += int(text.split(" ")[1])
        at += len(line)
    if last:
        index.setdefault(last, []).append((start, at))
    return index, total

"""jieba's dictionary, read one first character at a time.

A message begins words with a few dozen characters; the whole dictionary has 349,046 words, which take jieba
half a second and 70 MB. Where each character's lines stand is computed once, and cached.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from knowledge import private

#: First character → where its lines begin and end in the file, in bytes.
Index = dict[str, list[tuple[int, int]]]


class Dictionary:
    """Words with their frequencies, filled as texts need them; safe to share between threads.

    Args:
        path: the dictionary, in jieba's format (``word frequency tag``), lines of one character together.
        own: words that the file lacks, or that have another frequency there.
        total: sum of all frequencies with them; by default that of the file.

    Attributes:
        freq: word → frequency, 0 for what only begins a word: what jieba looks words up in.
    """

    def __init__(self, path: Path, own: Mapping[str, int] | None = None, total: int | None = None) -> None:
        self.freq: dict[str, int] = {}
        self._raw = path.read_bytes()
        self._index, whole = _index(path, self._raw)
        self.total = whole if total is None else total
        self._known: set[str] = set()
        self._own: dict[str, list[tuple[str, int]]] = {}
        self._lock = Lock()
        for word, frequency in (own or {}).items():
            self._own.setdefault(word[0], []).append((word, frequency))

    def need(self, text: str) -> None:
        """Have every word ready that can begin in ``text``."""
        missing = set(text) - self._known
        if missing:
            with self._lock:
                for char in missing - self._known:
                    self._read(char)
                    self._known.add(char)

    def add(self, word: str, frequency: int) -> None:
        """Take up a word, or give it another frequency."""
        self.total += frequency - self.freq.get(word, 0)
        self.freq[word] = frequency
        self._begin(word)

    def _read(self, char: str) -> None:
        for start, end in self._index.get(char, ()):
            for line in self._raw[start:end].decode().rstrip("\n").split("\n"):
                word, digits = line.split(" ")[:2]
                self.freq[word] = int(digits)
                self._begin(word)
        for word, frequency in self._own.get(char, ()):
            self.freq[word] = frequency
            self._begin(word)

    def _begin(self, word: str) -> None:
        for size in range(1, len(word)):
            self.freq.setdefault(word[:size], 0)


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

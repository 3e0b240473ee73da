"""jieba's dictionary, read one first character at a time.

A message begins words with a few dozen characters; the whole dictionary has 349,046 words, which take jieba
half a second and 70 MB. Where each character's lines stand is computed once, and cached.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

from knowledge import private

#: First character → where its lines begin and end in the file, in bytes.
Index = dict[str, list[tuple[int, int]]]


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
        self._begin([word])

    def _read(self, char: str) -> None:
        for start, end in self._index.get(char, ()):
            fields = self._raw[start:end].decode().split()
            words = fields[::3]
            self.freq.update(zip(words, map(int, fields[1::3]), strict=True))
            self._begin(words)
        own = self._own.get(char, ())
        self.freq.update(own)
        self._begin([word for word, _ in own])

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

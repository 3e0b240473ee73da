"""Word boundaries by jieba (HMM off) with the base's own words, or by rjieba, which cuts exactly alike.

jieba does not know half of the field's words (软电话, 弹屏, 登不上): each gets a frequency to stay whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, Final

from intents.dictionary import Dictionary
from knowledge import private

Cut = Callable[[str], list[str]]

#: rjieba takes a quarter of a second to load, as long as jieba takes for so many messages.
WORTHWHILE: Final = 5000


class Segmenter:
    """Cuts texts into words; nothing is loaded before the first. Safe to share between threads.

    Args:
        words: what must stay whole though jieba would cut it; Hanzi only.
        accelerate: go over to rjieba, where the ``fast`` extra is installed, once many texts were cut.
    """

    def __init__(self, words: Sequence[str], *, accelerate: bool = True) -> None:
        self._words = sorted(set(words), key=lambda word: (len(word), word))
        self._accelerate = accelerate
        self._lock = Lock()
        self._cut: Cut | None = None
        self._own: dict[str, int] = {}
        self._left = WORTHWHILE

    def __call__(self, text: str) -> list[str]:
        """Return the words of a normalised text, in order; joined they are the text."""
        cut = self._cut
        if cut is None or (self._accelerate and self._left <= 0):
            cut = self._load()
        self._left -= 1
        return cut(text)

    def _load(self) -> Cut:
        with self._lock:
            if self._cut is None:
                self._cut = self._plain()
            elif self._accelerate and self._left <= 0:
                self._accelerate = False
                self._cut = fast(self._own) or self._cut
            return self._cut

    def _plain(self) -> Cut:
        jieba = load_jieba()
        path = Path(jieba.__file__ or "").with_name("dict.txt")
        name = f"words-{_digest(self._words, path)}.json"
        stored = private.read(name)
        found = _thaw(stored, self._words) if stored else None
        if found is None:
            found = frequencies(jieba, path, self._words)
            private.write(name, json.dumps({"total": found[0], "frequencies": [*found[1].values()]}).encode())
        total, self._own = found
        return plain(jieba, Dictionary(path, self._own, total))


def plain(jieba: ModuleType, dictionary: Dictionary) -> Cut:
    """Return jieba's cut over a tokenizer of our own."""
    tokenizer = _tokenizer(jieba, dictionary)

    def cut(text: str) -> list[str]:
        dictionary.need(text)
        words: list[str] = tokenizer.lcut(text, HMM=False)
        return words

    return cut


def fast(own: dict[str, int]) -> Cut | None:
    """Return rjieba's cut with the same words, or None where the ``fast`` extra is not installed."""
    try:
        from rjieba import Jieba
    except ImportError:
        return None
    tokenizer = Jieba()
    for word, frequency in own.items():
        tokenizer.add_word(word, frequency, None)
    cut: Callable[..., list[str]] = tokenizer.cut
    return partial(cut, hmm=False)


def load_jieba() -> ModuleType:
    """Return jieba, without the noise of its import and its log."""
    with warnings.catch_warnings():
        # jieba 0.42 imports pkg_resources and holds invalid escapes: its noise, not ours
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.ERROR)
    module: ModuleType = jieba
    return module


def _tokenizer(jieba: ModuleType, dictionary: Dictionary) -> Any:
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dictionary.freq, dictionary.total, True
    return tokenizer


def frequencies(jieba: ModuleType, path: Path, words: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return the total, and for each word the frequency by which jieba keeps it whole.

    What ``add_word`` does without a frequency, shorter words first: a longer one must outweigh them.
    """
    dictionary = Dictionary(path)
    tokenizer = _tokenizer(jieba, dictionary)
    own: dict[str, int] = {}
    for word in words:
        dictionary.need(word)
        own[word] = tokenizer.suggest_freq(word)
        dictionary.add(word, own[word])
        tokenizer.total = dictionary.total
    return dictionary.total, own


def _digest(words: Sequence[str], path: Path) -> str:
    stat = path.stat()
    return hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns} {' '.join(words)}".encode()).hexdigest()


def _thaw(stored: bytes, words: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    """Return total and frequencies, or None when the artefact is not what this version writes."""
    try:
        data = json.loads(stored)
        return int(data["total"]), dict(zip(words, map(int, data["frequencies"]), strict=True))
    except (ValueError, KeyError, TypeError):
        return None

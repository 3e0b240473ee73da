"""The two character tables of the package, read once and only when first needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent

#: Sounds that typists of many regions do not keep apart (翘舌/平舌, 前鼻/后鼻, n/l).
_MERGED_INITIALS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))

_PUNCTUATION: Final = "，。！？、；：“”‘’（）《》【】…—～·"

#: First code point of the private-use area: one per syllable, so that a mapped text keeps its offsets.
PRIVATE_USE: Final = 0xE000


def _rows(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@cache
def simplified() -> dict[int, int]:
    """Return the length-preserving map: traditional, full width and upper case to their plain forms."""
    traditional, simple = _rows("simplified.tsv")
    table = {ord(a): ord(b) for a, b in zip(traditional, simple, strict=True)}
    # full-width punctuation stays: it ends clauses as it is, and most messages then need no translation
    table |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum() or code == 0xFF05}
    table |= {ord(space): ord(" ") for space in "\u3000\u00a0\t\u2002\u2003"}
    table |= {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
    table |= {0xFF21 + i: ord("a") + i for i in range(26)}
    return table


@cache
def unusual() -> dict[str, str]:
    """Return every character that normalising replaces, with what takes its place."""
    table = {chr(written): chr(plain) for written, plain in simplified().items()}
    # half of a surrogate pair is no character, and the fast automaton refuses it
    return table | {chr(half): "\ufffd" for half in range(0xD800, 0xE000)}


@cache
def _replace() -> Callable[[str], str]:
    table = unusual()
    pattern = re.compile("[" + "".join(map(re.escape, table)) + "]")
    return partial(pattern.sub, lambda match: table[match[0]])


def normalise(text: str) -> str:
    """Return the text in simplified, half-width, lower-case characters; every offset stays.

    Half of a surrogate pair, which a platform's JSON may hold, becomes U+FFFD.
    """
    return _replace()(text)


def merge_sound(syllable: str) -> str:
    """Return the syllable with the sounds merged that are often confused in typing."""
    for long, short in _MERGED_INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


@cache
def syllable_codes() -> dict[str, int]:
    """Return the private-use code of every syllable; merged syllables share one."""
    names = [row.split("\t")[0] for row in _rows("syllables.tsv")]
    codes: dict[str, int] = {}
    for name in names:
        codes.setdefault(merge_sound(name), PRIVATE_USE + len(codes))
    return {name: codes[merge_sound(name)] for name in names}


@cache
def sounds() -> dict[int, int]:
    """Return the map from a Hanzi to the private-use code of its syllable."""
    codes = syllable_codes()
    # translate() is slow with what it does not find: the commonest other characters stand for themselves
    table = {code: code for code in [*range(128), *map(ord, _PUNCTUATION)]}
    for row in _rows("syllables.tsv"):
        name, chars = row.split("\t")
        table |= dict.fromkeys(map(ord, chars), codes[name])
    return table


@cache
def readings() -> dict[str, str]:
    """Return the toneless syllable of every Hanzi of the table."""
    pairs = (row.split("\t") for row in _rows("syllables.tsv"))
    return {char: name for name, chars in pairs for char in chars}

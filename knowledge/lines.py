"""Tables of text, a line each: how they are read, and how a sign survives in a field of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path

from knowledge.model import KnowledgeError

#: Points of a sign, and its rarity: what is learnt stays near 100.
_MOST = 1000


def finite(word: str) -> float:
    """Return the number that a word is.

    Raises:
        ValueError: it is none, or has no end.
    """
    value = float(word)
    if not isfinite(value):
        raise ValueError(word)
    return value


def bounded(rarity: int, points: Iterable[int]) -> None:
    """See that a sign's points can be added up.

    Raises:
        ValueError: one is too large, or the rarity is none.
    """
    if not 0 < rarity <= _MOST or any(abs(value) > _MOST for value in points):
        raise ValueError(f"> {_MOST}")


def numbered(file: str, content: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, from 1.

    Raises:
        KnowledgeError: it is not UTF-8.
    """
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{file}:1", "不是 UTF-8 编码") from error
    yield from enumerate(lines, 1)


def labelled(file: Path, labels: Sequence[str], named: str) -> list[tuple[str, str]]:
    """Return the labelled messages (label, text) of a table of text.

    Args:
        labels: those that there are.
        named: what a label is called, in Chinese.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(file.name, f"读不出来（{error}）") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        label, _, text = line.partition("\t")
        if label not in labels or not text.strip():
            raise KnowledgeError(f"{file.name}:{number}", f"要写：{named}、制表符、消息")
        found.append((label, text))
    return found


def encoded(sign: str) -> str:
    """Return a sign that survives a line of tabs: white space and ``#`` are written as escapes."""
    return "".join(
        f"\\u{ord(c):04x}" if c.isspace() or c in "\\#" or not c.isprintable() else c for c in sign
    )


def decoded(sign: str) -> str:
    """Return the sign that `encoded` wrote.

    Raises:
        ValueError: it is empty.
    """
    if not sign:
        raise ValueError("''")
    parts = sign.split("\\u")
    return parts[0] + "".join(chr(int(part[:4], 16)) + part[4:] for part in parts[1:])

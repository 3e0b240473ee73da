"""What kinds of characters a text holds: one look over it spares most texts most searches."""

from __future__ import annotations

from functools import cache
from typing import Final

from mypy_extensions import i64

from intents.tables import unusual

UNUSUAL: Final = 1  # what normalising may replace
LATIN: Final = 2  # a lower-case letter or a digit
DIGIT: Final = 4
NUMERAL: Final = 8  # a digit, or what else can begin a number
COUNTED: Final = 16  # what can end the name of what is counted
NOT: Final = 32
WHOLE: Final = 64
SHARE: Final = 128
#: Of a text that was not looked over.
ANY: Final = 255

#: Characters of each kind; those of quantities are explained where they are searched for.
KINDS: Final = {
    LATIN: "abcdefghijklmnopqrstuvwxyz0123456789",
    DIGIT: "0123456789",
    NUMERAL: "0123456789一二两三四五六七八九十百千几俩仨半",
    COUNTED: "个名位台部路条通只张家间处号人坐座客同话电机分用员终中线姑兄网技队端通节成%",
    NOT: "都也没冇无木",
    WHOLE: "全",
    SHARE: "成%分",
}
#: From this code point on there are few characters, emoji most of them: all are taken for unusual.
_RARE: Final = 0x10000
_NEWLINE: Final = 10


@cache
def _table() -> bytes:
    """Return the marks of each character below `_RARE`."""
    table = bytearray(_RARE)
    for char in unusual():
        if ord(char) < _RARE:
            table[ord(char)] = UNUSUAL
    for mark, chars in KINDS.items():
        for char in chars:
            table[ord(char)] |= mark
    return bytes(table)


def marks_of(text: str) -> int:
    """Return the marks of all characters of a text together."""
    table = _table()
    found: i64 = 0
    at: i64
    code: i64
    size: i64 = len(text)
    for at in range(size):
        code = ord(text[at])
        found |= table[code] if code < _RARE else UNUSUAL
    return found


def places(text: str, mark: int) -> list[int]:
    """Return where the characters of one kind stand."""
    table = _table()
    found: list[int] = []
    at: i64
    code: i64
    size: i64 = len(text)
    for at in range(size):
        code = ord(text[at])
        if code < _RARE and table[code] & mark:
            found.append(at)
    return found


def near(text: str, starts: list[int], reach: int, mark: int) -> bool:
    """Return whether a character of one kind stands at most so far behind one of the places, on its line."""
    table = _table()
    at: i64
    code: i64
    size: i64 = len(text)
    for start in starts:
        for at in range(start + 1, min(start + 1 + reach, size)):
            code = ord(text[at])
            if code < _RARE and table[code] & mark:
                return True
            if code == _NEWLINE:
                break
    return False

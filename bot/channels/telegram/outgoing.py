"""What is said, as the Bot API takes it: pieces that are short enough, and buttons in rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.messages import Choice

TEXT_LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)  # 4,096
CAPTION_LIMIT = int(MessageLimit.CAPTION_LENGTH)  # 1,024
ROW_UNITS = 20  # of width; a Chinese character takes two
ROW_BUTTONS = 5
# Where a text is best cut, best first: a line, a sentence, a clause, a word.
_ENDS = tuple(re.compile(pattern) for pattern in (r"\n+", r"[。！？!?]+[”」）)]*", r"[；;，,、]", r"\s+"))


def length(text: str) -> int:
    """Return a text's length as the platform counts at most: in UTF-16 code units."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def pieces(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Return a text in pieces that the platform takes, cut at the ends of lines or sentences."""
    found = []
    rest = text.strip()
    while length(rest) > limit:
        cut = _cut(rest, limit)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest or not found else found


def _cut(text: str, limit: int) -> int:
    """Return where to cut: the last good place in the second half of what fits."""
    fits = _fitting(text, limit)
    for end in _ENDS:
        places = [match.end() for match in end.finditer(text, 0, fits)]
        if places and places[-1] > fits // 2:
            return places[-1]
    return fits


def _fitting(text: str, limit: int) -> int:
    units = 0
    for position, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return position
    return len(text)


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """Return the choices as buttons, several in a row where they fit a phone; their ids are opaque."""
    rows: list[list[Choice]] = []
    for choice in choices:
        row = rows[-1] if rows else []
        if not row or len(row) == ROW_BUTTONS or _width([*row, choice]) > ROW_UNITS:
            rows.append([choice])
        else:
            row.append(choice)
    buttons = [[InlineKeyboardButton(c.label, callback_data=c.id) for c in row] for row in rows]
    return InlineKeyboardMarkup(buttons) if buttons else None


def _width(row: Sequence[Choice]) -> int:
    return sum(2 if ord(character) > 0xFF else 1 for choice in row for character in choice.label)

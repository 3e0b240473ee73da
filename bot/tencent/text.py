"""Text as the platforms take it: measured in bytes, cut at sentence ends, without what would not be shown."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ENDS = "\n。！？；!?;"  # where a text may be cut, the best first
_WEAK_ENDS = "，、, "
# In a text both platforms make a link of <a href=…>: what somebody wrote may not become one.
_TAG = re.compile(r"<(?=\s*[/!a-z])", re.IGNORECASE)


def clean(text: str) -> str:
    """Return a text without control characters, halves of surrogate pairs and what would become a link."""
    return _TAG.sub("＜", _CONTROL.sub("", text)).encode("utf-8", "ignore").decode("utf-8")


def size(text: str) -> int:
    """Return a text's length in bytes."""
    return len(text.encode("utf-8"))


def pieces(text: str, limit: int) -> list[str]:
    """Return a text in pieces of at most ``limit`` bytes, cut where sentences end, if they do."""
    found, rest = [], clean(text).strip()
    while size(rest) > limit:
        head = rest.encode("utf-8")[:limit].decode("utf-8", "ignore")
        head = head[: _cut(head)]
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*found, rest] if rest or not found else found


def _cut(head: str) -> int:
    """Return where to cut a piece: after a sentence, else after a comma, else at its end."""
    for ends in (_ENDS, _WEAK_ENDS):
        last = max(head.rfind(end) for end in ends) + 1
        if last > len(head) // 2:
            return last
    return len(head)

"""What this process works at, and what it is through with although the engine does not know it.

Where the database takes no writes at the very end of a workflow (a full disk), the engine keeps it as begun
for ever, and would begin nothing more in that chat.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection

REMEMBERED = 1000  # of those that are over: one of them may begin just now, none of long ago does
LOOKS = 5  # ten seconds: what was just taken from a queue, or just ended, is on its way


class Begun:
    """The workflows that run in this process; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._over: dict[str, None] = {}  # in order

    def begin(self, workflow: str) -> bool:
        """Note that a workflow begins; it must not where it was said to be over."""
        with self._lock:
            if workflow in self._over:
                return False
            self._running[workflow] += 1
            return True

    def end(self, workflow: str) -> None:
        """Note that a workflow that has begun ends."""
        with self._lock:
            self._running[workflow] -= 1
            self._running += Counter()  # what is at nought goes

    def over(self, begun: Collection[str]) -> set[str]:
        """Return which of those that the engine says are begun here do not run, at `LOOKS` looks in a row."""
        with self._lock:
            self._seen = Counter({one: self._seen[one] + 1 for one in begun if one not in self._running})
            found = {one for one, looks in self._seen.items() if looks >= LOOKS}
            self._over |= dict.fromkeys(found)
            for forgotten in list(self._over)[:-REMEMBERED]:
                del self._over[forgotten]
        return found

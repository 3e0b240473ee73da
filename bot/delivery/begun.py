"""What this process works at, and what it is through with although the engine does not know it.

Where the database takes no writes at the very end of a workflow (a full disk), the engine keeps it as begun
for ever, and would begin nothing more in that chat.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager

LOOKS = 15  # half a minute: what was just taken from a queue, or just ended, is on its way


class Begun:
    """The workflows that run in this process; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    @contextmanager
    def running(self, workflow: str) -> Iterator[None]:
        """Work at a workflow."""
        with self._lock:
            self._running[workflow] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[workflow] -= 1
                self._running += Counter()  # what is at nought goes

    def over(self, begun: Collection[str]) -> set[str]:
        """Return which of those that the engine says are begun here do not run, at `LOOKS` looks in a row."""
        with self._lock:
            self._seen = Counter({one: self._seen[one] + 1 for one in begun if one not in self._running})
        return {one for one, looks in self._seen.items() if looks >= LOOKS}

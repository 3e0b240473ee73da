"""Room for so much at once: what comes beyond it is turned away before it costs anything."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)


class Room:
    """Counts who is inside; to be used within one event loop.

    Args:
        what: is inside; that it was full is logged once, until half of the room is free again.
        most: at once.
    """

    def __init__(self, what: str, most: int) -> None:
        self._what = what
        self._most = most
        self._inside = 0
        self._is_told = False

    def enter(self) -> bool:
        """Go in, if there is room; whoever went in leaves."""
        if self._inside < self._most:
            self._inside += 1
            return True
        if not self._is_told:
            self._is_told = True
            log.warning("too much at once", what=self._what, most=self._most)
        return False

    def leave(self) -> None:
        """Make room."""
        self._inside -= 1
        self._is_told = self._is_told and self._inside > self._most // 2

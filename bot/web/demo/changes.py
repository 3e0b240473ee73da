"""Wakes the pages that are open: they are told *that* something changed and read what changed themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

LISTENERS = 32  # more pages ask from time to time instead
STILL_HERE_S = 15.0


class Changes:
    """Everybody who waits for a change; make it in the event loop's thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners: set[asyncio.Event] = set()
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Whether nobody more may listen."""
        return len(self._listeners) >= LISTENERS

    def notify(self) -> None:
        """Tell all listeners; from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Let all listeners go, so that the service can end."""
        self._closed = True
        self._wake()

    async def stream(self) -> AsyncIterator[str]:
        """Yield server-sent events: ``change`` after every change, a comment when nothing happens."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        try:
            yield "retry: 1000\nevent: change\ndata: 0\n\n"  # what happened before the page listened
            while not self._closed:
                try:
                    await asyncio.wait_for(changed.wait(), STILL_HERE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    changed.clear()
                    yield "event: change\ndata: 0\n\n"
        finally:
            self._listeners.discard(changed)

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

"""HTTP/1.1 with an end for a request's head: uvicorn waits for it as long as a byte comes now and then.

And with an end to the number of connections: uvicorn takes as many as come.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS = 700  # at once; a process may usually have 1024 files open, and needs some for the database
HEAD_S = 10.0  # from the connection, or the head's first byte, to the end of the head


class Protocol(H11Protocol):
    """Closes a connection that is one too many, whose next request does not begin, or whose head drips."""

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request, unless there are too many who wait or are waited for."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._forget()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._end is None:
            self._end = self.loop.call_later(HEAD_S, self._give_up)

    def _forget(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _give_up(self) -> None:
        self._end = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()

"""The HTTP server: a socket that is bound before anything else, and an end within ten seconds."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bot.errors import HotlineError
from bot.web.protocol import Protocol

BACKLOG = 512
GRACEFUL_S = 4  # for answers under way; loops and delivery have as long again


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        HotlineError: the address is not ours, or taken.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise HotlineError(f"cannot listen on {host}: {error.strerror}") from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(BACKLOG)  # now: two sockets may be bound to one port, but only one may listen
    except OSError as error:
        made.close()
        reason = error.strerror or "not possible"
        raise HotlineError(f"cannot listen on {host}:{port}: {reason}; choose another with --port") from error
    return made


def url_of(listener: socket.socket) -> str:
    """Return the address of a listening socket for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Serves until a signal comes, and then ends without passing the signal on.

    Args:
        on_ready: called once requests are taken.
        on_closing: called before open answers are waited for; ends those that would last.
    """

    def __init__(
        self, app: ASGIApp, on_ready: Callable[[], None], on_closing: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=Protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACEFUL_S,
            )
        )
        self._on_ready = on_ready
        self._on_closing = on_closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would last, then wait for the rest."""
        self._on_closing()
        await super().shutdown(sockets)

    def end(self) -> None:
        """End as at a signal."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signature is the base's
        """End at the first signal, at once at the second."""
        self.force_exit = self.should_exit
        self.should_exit = True

"""HTTP on the wire with one end for each request: httpx counts only the pauses between two reads.

An answer that drips, a header a second, would hold a thread for as long as the other side likes.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

END = "end"  # extension of a request: the instant of `time.monotonic` at which it is over
SLICE = 64 * 1024
CONNECTIONS = 20

_Options = Iterable[Any] | None


class Wire(httpx.BaseTransport):
    """A pool of connections; safe to share between threads. Its errors are httpcore's."""

    def __init__(self) -> None:
        self._ends = threading.local()
        # Nothing of the environment: neither its proxies nor its certificates.
        trusted = httpx.create_ssl_context(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            trusted, max_connections=CONNECTIONS, network_backend=_Backend(self._ends)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the answer's body is read under the same end, by the same thread."""
        self._ends.at = request.extensions[END]
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(asked)
        assert isinstance(answer.stream, Iterable)  # noqa: S101 - this pool is not an asynchronous one
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, ends: threading.local) -> None:
        self._ends = ends
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        made = self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(made, self._ends)


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the request that its thread is at."""

    def __init__(self, inner: httpcore.NetworkStream, ends: threading.local) -> None:
        self._inner = inner
        self._ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            self._inner.write(buffer[start : start + SLICE], self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        made = self._inner.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(made, self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left: float = self._ends.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the request does not end")
        return left if timeout is None else min(timeout, left)

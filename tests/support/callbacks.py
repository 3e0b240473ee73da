"""The callbacks of WeChat and WeCom as somebody calls them who may know the secrets, or nothing."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.types import ASGIApp
from structlog.testing import capture_logs

NONCE = "1372623149"
BLOCK = 32


@dataclass(frozen=True)
class Target:
    """One account's callback and its secrets; ``aes_key`` None: plain mode."""

    path: str
    token: str
    receiver: str
    aes_key: str | None = None

    @property
    def name(self) -> str:
        """Which account it is, for the names of tests."""
        return self.path.strip("/").replace("/", "-")

    def pad(self, said: bytes, receiver: str | None = None) -> bytes:
        """Return random(16) + length(4) + text + receiver, padded."""
        to = (self.receiver if receiver is None else receiver).encode()
        raw = os.urandom(16) + len(said).to_bytes(4, "big") + said + to
        missing = BLOCK - len(raw) % BLOCK
        return raw + bytes([missing]) * missing

    def encrypt(self, raw: bytes) -> str:
        """Return whole blocks encrypted, in base64."""
        assert self.aes_key is not None
        key = base64.b64decode(self.aes_key + "=")
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(encryptor.update(raw) + encryptor.finalize()).decode()

    def query(self, at: float, sealed: str = "") -> dict[str, str]:
        """Return the signed query that goes with what is encrypted (plain mode signs no body)."""
        parts = [self.token, str(int(at)), NONCE, *([sealed] if self.aes_key else [])]
        signature = hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()
        name = "msg_signature" if self.aes_key else "signature"
        return {name: signature, "timestamp": str(int(at)), "nonce": NONCE}

    def call(self, inner: bytes, at: float) -> tuple[dict[str, str], bytes]:
        """Return query and body of a callback that is proven and says ``inner``."""
        if self.aes_key is None:
            return self.query(at), inner
        return self.sealed(self.encrypt(self.pad(inner)), at)

    def sealed(self, sealed: str, at: float) -> tuple[dict[str, str], bytes]:
        """Return query and body of a callback whose signature covers ``sealed``."""
        return self.query(at, sealed), f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def xml(fields: Mapping[str, str]) -> bytes:
    """Return a report's XML."""
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def ask(
    app: ASGIApp, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = b""
) -> httpx.Response:
    """Call an application in this process; what goes on after its answer is done when this returns."""

    [answer] = ask_together(app, (method, path, query, body))
    return answer


def ask_together(
    app: ASGIApp, *asked: tuple[str, str, Mapping[str, str] | None, Any]
) -> list[httpx.Response]:
    """Call an application several times at once, as a server does: from one event loop."""

    async def call() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
            calls = [
                client.request(method, path, params=query, content=body)
                for method, path, query, body in asked
            ]
            return await asyncio.gather(*calls)

    return asyncio.run(call())


class Stream:
    """A body that comes in parts of 64 KiB; ``read`` counts the bytes that were asked for."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            self.read += len(part)
            yield part


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """Collect all that is logged, by this program and by its libraries, down to the finest."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, handler = logging.getLogger(), Handler()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with capture_logs() as logs:
            yield lines
        lines += map(str, logs)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

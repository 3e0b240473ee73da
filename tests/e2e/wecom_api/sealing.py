"""How WeCom encrypts and signs its callbacks, from its own description (加解密方案说明)."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


@dataclass(frozen=True)
class Seal:
    """The three secrets of a callback's page."""

    token: str
    aes_key: str
    receiver: str

    def encrypt(self, text: str) -> str:
        """Return random(16) + length(4) + text + receiver, padded, encrypted, in base64."""
        said = text.encode()
        raw = os.urandom(16) + struct.pack(">I", len(said)) + said + self.receiver.encode()
        return self.encrypt_raw(raw + bytes([BLOCK - len(raw) % BLOCK]) * (BLOCK - len(raw) % BLOCK))

    def encrypt_raw(self, raw: bytes) -> str:
        """Return what is encrypted already padded, in base64."""
        key = base64.b64decode(self.aes_key + "=")
        encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(encryptor.update(raw) + encryptor.finalize()).decode()

    def sign(self, timestamp: str, nonce: str, sealed: str) -> str:
        """Return ``msg_signature``."""
        joined = "".join(sorted([self.token, timestamp, nonce, sealed]))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def callback(self, inner: str, timestamp: int, agent: int) -> tuple[dict[str, str], str]:
        """Return query and body of a callback that carries ``inner``."""
        return self.sealed(self.encrypt(inner), timestamp, agent)

    def sealed(self, sealed: str, timestamp: int, agent: int) -> tuple[dict[str, str], str]:
        """Return query and body of a callback that carries what is encrypted already."""
        nonce = os.urandom(5).hex()
        query = {
            "msg_signature": self.sign(str(timestamp), nonce, sealed),
            "timestamp": str(timestamp),
            "nonce": nonce,
        }
        body = (
            f"<xml><ToUserName><![CDATA[{self.receiver}]]></ToUserName>"
            f"<AgentID><![CDATA[{agent}]]></AgentID><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )
        return query, body

"""Callbacks proven to be the platform's: fresh, signed, and in secure mode encrypted.

The plain signature covers token, timestamp and nonce, never the body; only ``msg_signature`` proves what the
body says. wechatpy does the encryption; it compares signatures in variable time, accepts an empty token and
knows no time, so the checks are done here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import string
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException

from bot.errors import BadInput
from bot.tencent.xml import BadBody, Fields, parse

MAX_BODY_BYTES = 256 * 1024
FRESH = timedelta(minutes=5)  # either way: clocks differ
_BLOCK_BYTES = 32
_TIMESTAMP = re.compile(r"[0-9]{1,11}", re.ASCII)
_ENVELOPE = """<xml>
<Encrypt><![CDATA[{encrypted}]]></Encrypt>
<MsgSignature><![CDATA[{signature}]]></MsgSignature>
<TimeStamp>{timestamp}</TimeStamp>
<Nonce><![CDATA[{nonce}]]></Nonce>
</xml>"""


class Unproven(BadInput):
    """A callback is not proven to be the platform's: answered by 401, whatever the reason."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One account's side of the platform's page for callbacks.

    Attributes:
        token: the secret behind the signatures.
        receiver: whom encrypted messages are for: the AppID or CorpID.
        aes_key: EncodingAESKey, 43 characters; None: plain mode.
    """

    token: str = field(repr=False)
    receiver: str
    aes_key: str | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if not self.token:
            raise ValueError("an empty token proves nothing")

    def echo(self, query: Mapping[str, str], now: datetime) -> str:
        """Return what WeChat wants to hear when the address is set up.

        Raises:
            Unproven: not signed with the token, or not fresh.
        """
        self._check(query, "signature", now)
        return query.get("echostr", "")

    def sealed_echo(self, query: Mapping[str, str], now: datetime) -> str:
        """Return what WeCom wants to hear when the address is set up; there it is encrypted.

        Raises:
            Unproven, BadBody: as for `opened`.
        """
        sealed = query.get("echostr", "")
        self._check(query, "msg_signature", now, sealed)
        return self._decrypted(sealed)

    def probe(self, now: datetime, *, is_sealed: bool) -> tuple[dict[str, str], str]:
        """Return what a platform asks when the address is set up, and what it wants to hear.

        Args:
            is_sealed: as WeCom does, which encrypts it.
        """
        timestamp, nonce, echo = str(int(now.timestamp())), secrets.token_hex(8), secrets.token_hex(8)
        signed, name, said = [self.token, timestamp, nonce], "signature", echo
        if is_sealed:
            said = _Cipher(self._key()).encrypt(echo, self.receiver).decode("ascii")
            signed, name = [*signed, said], "msg_signature"
        query = {"timestamp": timestamp, "nonce": nonce, "echostr": said, name: _signature(*signed)}
        return query, echo

    def opened(self, query: Mapping[str, str], body: bytes, now: datetime) -> Fields:
        """Return what a callback says, proven and parsed.

        In secure mode only what is encrypted counts; what stands beside it (the platform's compatible mode
        sends both) is not proven and not read.

        Raises:
            Unproven: not signed with the token, not fresh, or not encrypted where it must be.
            BadBody: not readable.
        """
        if self.aes_key is None:
            self._check(query, "signature", now)
            return parse(body)
        sealed = parse(body).text("Encrypt")
        if not sealed:
            raise Unproven("the account is in secure mode, the body is not encrypted")
        self._check(query, "msg_signature", now, sealed)
        return parse(self._decrypted(sealed))

    def sealed(self, reply: str, now: datetime) -> str:
        """Return a passive reply as it goes back: encrypted and signed in secure mode."""
        if self.aes_key is None:
            return reply
        timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
        encrypted = _Cipher(self._key()).encrypt(reply, self.receiver).decode("ascii")
        signature = _signature(self.token, timestamp, nonce, encrypted)
        return _ENVELOPE.format(encrypted=encrypted, signature=signature, timestamp=timestamp, nonce=nonce)

    def _check(self, query: Mapping[str, str], name: str, now: datetime, *signed: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = _signature(self.token, timestamp, nonce, *signed)
        given = query.get(name, "").encode("utf-8", "replace")
        if not hmac.compare_digest(expected.encode("ascii"), given):
            raise Unproven("wrong signature")
        if not _TIMESTAMP.fullmatch(timestamp):
            raise Unproven("no timestamp")
        if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > FRESH:
            raise Unproven("not fresh: a replay, or this machine's clock is wrong")

    def _key(self) -> bytes:
        assert self.aes_key is not None  # noqa: S101 - asked for in secure mode only
        return base64.b64decode(self.aes_key + "=")

    def _decrypted(self, sealed: str) -> str:
        """Return the text inside; what is signed and wrong has another key or receiver."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            if not raw or len(raw) % _BLOCK_BYTES:
                raise BadBody("not encrypted in whole blocks")
            text = _Cipher(self._key()).decrypt(sealed, self.receiver)
        except (ValueError, struct.error, IndexError, WeChatException) as error:
            raise BadBody(f"can't be decrypted: {type(error).__name__}") from None
        return str(text)


class _Cipher(PrpCrypto):  # type: ignore[misc] # wechatpy is untyped
    """wechatpy's cipher with a prefix that can't be foretold: the initialisation vector never changes."""

    def get_random_string(self) -> str:
        return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(16))


def _signature(*parts: str) -> str:
    """Return the platform's signature over its parts (SHA-1 is what it defines)."""
    joined = b"".join(sorted(part.encode("utf-8", "replace") for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()

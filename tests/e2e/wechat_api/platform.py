"""The platform's rules: tokens, users' windows and quotas, what a message may be; time is set by a test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

TOKEN_S = 7200
OVERLAP_S = 300  # before a token ends a new one is given, and both are accepted
MESSAGE_WINDOW_S, MESSAGES = 48 * 3600, 5
ACTION_WINDOW_S, ACTIONS = 60, 3
MAX_TEXT_BYTES = 2048
FORCED_A_DAY = 20
UPLOADS = {"image": 10 * 1024 * 1024, "voice": 2 * 1024 * 1024, "video": 10 * 1024 * 1024}
CONTENTS = {"image": (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM"), "voice": (b"#!AMR", b"ID3")}
FILM = b"ftyp"  # from the fifth byte on


class Refusal(Exception):
    """An errcode."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class User:
    """A follower: when they last did what, and what they were sent since."""

    follows: bool = True
    message_at: float | None = None
    messages: int = 0
    action_at: float | None = None
    actions: int = 0


@dataclass
class Account:
    """An Official Account."""

    appid: str
    secret: str
    now: float
    is_verified: bool = True
    whitelisted: bool = True
    rejects_tokens: bool = False
    templates: dict[str, list[str]] = field(default_factory=dict)  # of template messages, with their fields
    notices: dict[str, list[str]] = field(default_factory=dict)  # of subscription notices
    tokens: dict[str, float] = field(default_factory=dict)  # value → end
    users: dict[str, User] = field(default_factory=dict)
    media: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)  # for the next calls of an endpoint
    calls: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, tuple[str, int]] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    forced: int = 0
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # --- tokens

    def stable_token(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Give the token of `stable_token`: a new one only near the end of the old one, or when forced."""
        if asked.get("grant_type") != "client_credential" or not isinstance(
            asked.get("force_refresh", False), bool
        ):
            raise Refusal(40002, "invalid grant_type")
        if asked.get("secret") != self.secret:
            raise Refusal(40125, f"invalid appsecret, secret={asked.get('secret')}")
        if not self.whitelisted:
            raise Refusal(40164, "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist")
        if asked.get("force_refresh"):
            self.forced += 1
            if self.forced > FORCED_A_DAY:
                raise Refusal(45009, "reach max api daily quota limit")
            self.tokens.clear()
        current = [value for value, end in self.tokens.items() if end - self.now > OVERLAP_S]
        if not current:
            current = [f"token-{self.appid}-{next(self._numbers)}"]
            self.tokens[current[0]] = self.now + TOKEN_S
        return {"access_token": current[-1], "expires_in": int(self.tokens[current[-1]] - self.now)}

    def check(self, token: str) -> None:
        """Refuse a token that is wrong or at its end."""
        if self.rejects_tokens or token not in self.tokens:
            raise Refusal(40001, f"invalid credential, access_token is invalid or not latest: {token}")
        if self.tokens[token] <= self.now:
            raise Refusal(42001, "access_token expired")

    # --- files

    def upload(self, kind: str, content: bytes) -> dict[str, Any]:
        """Take a temporary file: a picture or speech."""
        if kind not in UPLOADS or not 5 < len(content) <= UPLOADS[kind]:
            raise Refusal(40006, "invalid media size")
        if not (content[4:8] == FILM if kind == "video" else content.startswith(CONTENTS[kind])):
            raise Refusal(40005, "invalid file type")
        media_id = f"uploaded-{next(self._numbers)}"
        self.uploads[media_id] = (kind, len(content))
        return {"type": kind, "media_id": media_id}

    # --- messages

    def send_custom(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a customer-service message (客服消息)."""
        if not self.is_verified:
            raise Refusal(48001, "api unauthorized")
        user = self._user(asked)
        _check_custom(asked, self.uploads)
        if not user.follows:
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        self._spend(user)
        self.sent.append({**asked, "at": self.now})
        return {}

    def send_template(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a template message (模板消息)."""
        return self._send_filled(asked, self.templates)

    def send_notice(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a subscription notice (订阅通知)."""
        return self._send_filled(asked, self.notices)

    def _send_filled(self, asked: dict[str, Any], templates: dict[str, list[str]]) -> dict[str, Any]:
        if not self.is_verified:
            raise Refusal(48001, "api unauthorized")
        user = self._user(asked)
        fields = templates.get(str(asked.get("template_id")))
        if fields is None:
            raise Refusal(40037, "invalid template_id")
        data = asked.get("data")
        if not isinstance(data, dict) or sorted(data) != sorted(fields):
            raise Refusal(47003, "argument invalid! data don't fit the template")
        for name, item in data.items():
            if name.startswith("thing") and len(item["value"]) > 20:
                raise Refusal(47003, f"argument invalid! data.{name}.value is too long")
        if not user.follows:
            raise Refusal(43004, "require subscribe")
        self.sent.append({**asked, "msgtype": "template", "at": self.now})
        return {"msgid": next(self._numbers)}

    def _user(self, asked: dict[str, Any]) -> User:
        user = self.users.get(str(asked.get("touser")))
        if user is None:
            raise Refusal(40003, "invalid openid")
        return user

    def _spend(self, user: User) -> None:
        if user.action_at is not None and self.now - user.action_at < ACTION_WINDOW_S:
            if user.actions < ACTIONS:
                user.actions += 1
                return
            if user.message_at is None:
                raise Refusal(45047, "out of response count limit")
        if user.message_at is None or self.now - user.message_at >= MESSAGE_WINDOW_S:
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        if user.messages >= MESSAGES:
            raise Refusal(45047, "out of response count limit")
        user.messages += 1

    # --- what users do

    def did(self, openid: str, what: str) -> None:
        """Note what a user did: ``message``, ``action``, ``follow`` or ``unfollow``."""
        user = self.users.setdefault(openid, User())
        user.follows = what != "unfollow"
        if what == "message":
            user.message_at, user.messages = self.now, 0
        elif what in ("action", "follow"):
            user.action_at, user.actions = self.now, 0


def _check_custom(asked: dict[str, Any], uploads: dict[str, tuple[str, int]]) -> None:
    kind = asked.get("msgtype")
    if kind in UPLOADS:
        if set(asked[kind]) != {"media_id"}:
            raise Refusal(40007, "invalid media_id")
        if uploads.get(asked[kind]["media_id"], ("", 0))[0] != kind:
            raise Refusal(40007, "invalid media_id")
        return
    if kind == "text":
        texts = [asked["text"]["content"]]
    elif kind == "msgmenu":
        menu = asked["msgmenu"]
        items = menu["list"]
        if not items or not all(set(item) == {"id", "content"} and item["content"] for item in items):
            raise Refusal(40022, "invalid menu")
        texts = [menu["head_content"], menu.get("tail_content", ""), *(item["content"] for item in items)]
    else:
        raise Refusal(40008, "invalid message type")
    if not all(isinstance(text, str) for text in texts) or not texts[0]:
        raise Refusal(44004, "empty content")
    if any("\\u" in text for text in texts):
        raise Refusal(47001, "content was escaped")
    if sum(len(text.encode()) for text in texts) > MAX_TEXT_BYTES:
        raise Refusal(45002, "content size out of limit")

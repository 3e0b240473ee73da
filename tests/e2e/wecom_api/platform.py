"""What the platform knows: its members, tokens, cards with their codes; and what it refuses."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.wecom_api.cards import faults

TEXT_BYTES = 2048
A_MINUTE = 30
CODE_VALID = timedelta(hours=72)
TOKEN_S = 7200
CONTENTS = ("text", "template_card", "image", "file")
LIMITS = {"image": 10 * 1024 * 1024, "file": 20 * 1024 * 1024}
PICTURES = (b"\xff\xd8\xff", b"\x89PNG")


class Refused(Exception):
    """An error of the API: its code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass
class Shown:
    """One message in a member's chat with the application."""

    user: str
    kind: str  # text | card | image | file
    text: str = ""
    card: dict[str, Any] = field(default_factory=dict)
    versions: int = 1


@dataclass
class Platform:
    """One company with one application."""

    corpid: str
    secret: str
    agent: int
    now: datetime = datetime(2026, 3, 2, 2, tzinfo=UTC)
    members: set[str] = field(default_factory=set)
    unlicensed: set[str] = field(default_factory=set)  # members to whom nothing is delivered, under errcode 0
    shown: list[Shown] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)  # what is above 30 a minute vanishes
    complaints: list[str] = field(default_factory=list)  # what a user of the API must not do
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    cards: dict[str, Shown] = field(default_factory=dict)
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: dict[str, datetime] = field(default_factory=dict)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    sends: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def token(self, corpid: str, secret: str) -> dict[str, Any]:
        """Hand out a token: the same one again while it lasts, as the platform does."""
        if corpid != self.corpid:
            raise Refused(40013, "invalid corpid")
        if secret != self.secret:
            raise Refused(40001, f"invalid credential, secret={secret}")
        good = [token for token, until in self.tokens.items() if until > self.now]
        token = good[0] if good else secrets.token_urlsafe(40)
        until = self.tokens.setdefault(token, self.now + timedelta(seconds=TOKEN_S))
        return {"access_token": token, "expires_in": int((until - self.now).total_seconds())}

    def check(self, token: str) -> None:
        """Refuse an unknown or a stale token."""
        if token not in self.tokens:
            raise Refused(40014, f"invalid access_token {token}")
        if self.tokens[token] <= self.now:
            raise Refused(42001, "access_token expired")

    def agent_of(self, agent: Any) -> dict[str, Any]:
        """Return what the application is."""
        self._agent(agent)
        users = [{"userid": user} for user in sorted(self.members)]
        return {"agentid": self.agent, "name": "服务热线", "close": 0, "allow_userinfos": {"user": users}}

    def send(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take a message to one member."""
        self._agent(data.get("agentid"))
        user = data.get("touser", "")
        if user in self.unlicensed:
            return {"unlicenseduser": user, "msgid": secrets.token_hex(8)}
        if user not in self.members:
            raise Refused(81013, f"user & party & tag all invalid: {user}")
        self._complain("unknown fields", set(data) - {"touser", "agentid", "msgtype", *CONTENTS})
        message = self._message(user, data)
        if not self._pace(user):
            self.dropped.append(user)
            return {"msgid": secrets.token_hex(8)}
        self.shown.append(message)
        answer = {"msgid": secrets.token_hex(8)}
        if message.kind == "card":
            self.cards[message.card["task_id"]] = message
            answer["response_code"] = self._code(message.card["task_id"])
        return answer

    def upload(self, kind: str, content: bytes) -> dict[str, Any]:
        """Take a file for three days."""
        if kind not in LIMITS or not 5 < len(content) <= LIMITS[kind]:
            raise Refused(40009, "invalid media size")
        if kind == "image" and not content.startswith(PICTURES):
            raise Refused(40005, "invalid file type")
        media_id = secrets.token_urlsafe(24)
        self.media[media_id] = (kind, content)
        return {"type": kind, "media_id": media_id}

    def fetch(self, media_id: str) -> bytes:
        """Hand out a file."""
        if media_id not in self.media:
            raise Refused(40007, "invalid media_id")
        return self.media[media_id][1]

    def update(self, data: dict[str, Any]) -> dict[str, Any]:
        """Change a card by a code that is good once, for 72 h."""
        self._agent(data.get("agentid"))
        code, card = data.get("response_code", ""), data.get("template_card")
        task, at = self.codes.get(code, ("", self.now))
        if not task or code in self.used or self.now - at > CODE_VALID:
            raise Refused(40058, "invalid response_code")
        shown = self.cards[task]
        self._complain("update", faults(card, is_update=True))
        if not isinstance(card, dict) or card.get("task_id") != task:
            raise Refused(40058, "task_id is another one's")
        if data.get("userids") != [shown.user]:
            raise Refused(40058, "userids")
        self.used.add(code)
        shown.card, shown.versions = card, shown.versions + 1
        return {}

    def press(self, user: str, label: str, at: datetime, nth: int = -1) -> dict[str, str]:
        """Press the button of that label on the latest card that has it (or an earlier one)."""
        found = [
            (shown, button)
            for shown in self.shown
            if shown.user == user and shown.kind == "card" and not shown.card.get("replace_text")
            for button in shown.card.get("button_list", [])
            if button["text"] == label
        ]
        shown, button = found[nth]
        task = shown.card["task_id"]
        return {
            "ToUserName": self.corpid,
            "FromUserName": user,
            "CreateTime": str(int(at.timestamp())),
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": button["key"],
            "TaskId": task,
            "CardType": "button_interaction",
            "ResponseCode": self._code(task),
            "AgentID": str(self.agent),
        }

    def state(self) -> dict[str, Any]:
        """Return what a test looks at."""
        return {
            "shown": [asdict(shown) for shown in self.shown],
            "dropped": self.dropped,
            "complaints": self.complaints,
            "calls": self.calls,
        }

    def _agent(self, agent: Any) -> None:
        if agent != self.agent and str(agent) != str(self.agent):
            raise Refused(40056, "invalid agentid")

    def _message(self, user: str, data: dict[str, Any]) -> Shown:
        if data.get("msgtype") == "text":
            text = data["text"]["content"]
            self._complain("text", ["empty"] if not text.strip() else [])
            self._complain("text", ["cut off"] if len(text.encode()) > TEXT_BYTES else [])
            return Shown(user, "text", text.encode()[:TEXT_BYTES].decode("utf-8", "ignore"))
        if data.get("msgtype") in LIMITS:
            kind, content = self.media.get(data[data["msgtype"]]["media_id"], ("", b""))
            if kind != data["msgtype"]:
                raise Refused(40007, "invalid media_id")
            return Shown(user, kind, f"{len(content)} bytes")
        if data.get("msgtype") != "template_card":
            raise Refused(40008, "invalid message type")
        card = data.get("template_card")
        self._complain("card", wrong := faults(card, is_update=False))
        if not isinstance(card, dict) or "task_id" in wrong:
            raise Refused(40058, "invalid card")
        if card["task_id"] in self.cards:
            raise Refused(42014, "task_id is used")
        return Shown(user, "card", card=card)

    def _pace(self, user: str) -> bool:
        self.sends[user] = [at for at in self.sends[user] if at > self.now - timedelta(minutes=1)]
        self.sends[user].append(self.now)
        return len(self.sends[user]) <= A_MINUTE

    def _code(self, task: str) -> str:
        code = secrets.token_urlsafe(32)
        self.codes[code] = (task, self.now)
        return code

    def _complain(self, what: str, about: Any) -> None:
        self.complaints += [f"{what}: {one}" for one in sorted(about)]

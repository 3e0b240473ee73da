"""What the service knows of one bot: people, chats, messages, updates that wait."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Upload(bytes):
    """A file that came with a call, and the name it bears."""

    name = ""


class ApiError(Exception):
    """What the service answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str, **parameters: Any) -> ApiError:
    """Return an error 400."""
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    """Return an error 403."""
    return ApiError(403, f"Forbidden: {description}")


@dataclass
class Chat:
    """A chat; ``state`` is member, blocked, kicked, deleted, or the id of the supergroup it became.

    A supergroup numbers its messages by ``ids``, from 1 on: a number of the group before it names another.
    ``topics`` are those of a forum, or of a private chat, that can be written into, beside its general one.
    """

    id: int
    type: str
    title: str
    state: str | int = "member"
    membership: Json = field(default_factory=lambda: {"status": "member"})  # the bot's
    messages: dict[int, Json] = field(default_factory=dict)
    ids: Any = field(default_factory=lambda: itertools.count(1))
    topics: list[int] = field(default_factory=list)

    def json(self) -> Json:
        """Return the chat as updates show it."""
        name = "first_name" if self.type == "private" else "title"
        forum = {"is_forum": True} if self.topics and self.type != "private" else {}
        return {"id": self.id, "type": self.type, name: self.title, **forum}


@dataclass
class Bot:
    """One bot and everything around it."""

    token: str
    user: Json
    now: int = 0
    is_clock_set: bool = False  # whether a test lets time pass
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    file_sizes: dict[str, int] = field(default_factory=dict)
    updates: deque[Json] = field(default_factory=deque)
    again: list[Json] = field(default_factory=list)  # confirmed ones that a poller is given once more
    handed_again: int = 0  # of these: until the poller asks anew
    allowed: list[str] | None = None
    queries: dict[str, int] = field(
        default_factory=dict
    )  # presses that are not acknowledged, with their time
    acknowledged: list[str] = field(default_factory=list)
    webhook: Json | None = None
    webhook_error: str | None = None
    commands: dict[str, list[Json]] = field(default_factory=dict)
    calls: list[Json] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: list[Json] = field(default_factory=list)
    poller: int = 0
    conflicts: int = 0  # pollers that another one ended
    is_limited: bool = False  # whether floods are answered 429
    floods: int = 0
    early: int = 0  # calls that came before `retry_after` was over
    flooded: dict[int, int] = field(default_factory=dict)  # chats, until when they take nothing
    hanging: int = 0  # calls that wait for their answer until the caller gives up
    is_released: bool = False  # they end now
    is_held: bool = False  # whether the webhook is sent nothing for now
    is_bursting: bool = False  # whether it is sent many at once
    sent: deque[tuple[float, int]] = field(default_factory=deque)
    ids: Any = field(default_factory=lambda: itertools.count(1))  # of all private chats and small groups
    query_ids: Any = field(default_factory=lambda: itertools.count(1))
    update_ids: Any = field(default_factory=lambda: itertools.count(5000))
    changed: threading.Condition = field(default_factory=threading.Condition)

    def chat(self, chat_id: Any) -> Chat:
        """Return a chat that the bot may write to, or refuse."""
        found = self.chats.get(int(chat_id)) if str(chat_id).lstrip("-").isdecimal() else None
        if found is None or found.state == "deleted":
            raise bad("chat not found")
        if isinstance(found.state, int):
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=found.state)
        if found.state == "blocked":
            raise forbidden("bot was blocked by the user")
        if found.state == "kicked":
            raise forbidden(f"bot was kicked from the {found.type} chat")
        return found

    def check_rate(self, chat_id: Any) -> None:
        """Note that a message is sent, or refuse: 30 a second in all, 20 a minute to a group, 1 to a person.

        The real service lets somewhat more than 1 a second pass to a person for a moment: so does this, one.
        """
        chat = int(chat_id)
        self._check_flood(chat)
        if not self.is_limited:
            return
        at = float(self.now) if self.is_clock_set else time.monotonic()
        while self.sent and self.sent[0][0] < at - 60:
            self.sent.popleft()
        here = [when for when, where in self.sent if where == chat]
        lately, now_here = (
            [when for when in times if when > at - 1] for times in ((w for w, _ in self.sent), here)
        )
        is_flood = len(lately) >= 30 or (len(here) >= 20 if chat < 0 else len(now_here) >= 2)
        if is_flood:
            self.floods += 1
            raise ApiError(429, "Too Many Requests: retry after 2", retry_after=2)
        self.sent.append((at, chat))

    def flood(self, chat: int, seconds: int) -> None:
        """Refuse what is sent to a chat for some seconds of the test's clock."""
        self.flooded[chat] = self.now + seconds

    def _check_flood(self, chat: int) -> None:
        left = self.flooded.get(chat, 0) - self.now
        if left > 0:
            self.early += 1
            raise ApiError(429, f"Too Many Requests: retry after {left}", retry_after=left)

    def add(self, kind: str, content: Json) -> Json:
        """Put an update into the queue."""
        update = {"update_id": next(self.update_ids), kind: content}
        with self.changed:
            if self.allowed is None or kind in self.allowed:
                self.updates.append(update)
            self.changed.notify_all()
        return update

    def store(self, chat: Chat, **content: Any) -> Json:
        """Put a message into a chat."""
        ids = chat.ids if chat.type == "supergroup" else self.ids
        message = {"message_id": next(ids), "date": self.now, "chat": chat.json(), **content}
        chat.messages[message["message_id"]] = message
        return message

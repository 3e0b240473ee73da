"""Somebody with the app in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.telegram.api import Json, labels

if TYPE_CHECKING:
    from tests.support.telegram.world import TelegramWorld


class Person:
    """Somebody with the app in hand."""

    def __init__(self, world: TelegramWorld, user: int, name: str) -> None:
        self._world = world
        self.user = {"id": user, "is_bot": False, "first_name": name}
        self.id = user

    def say(self, text: str = "", *, chat: int | None = None, settle: bool = True, **content: Any) -> Json:
        """Write into a chat (the private one), and return the message."""
        given = {"text": text, **content} if text else content
        place = self.id if chat is None else chat
        sent: Json = self._world.api.control("say", user=self.user, chat=place, **given)
        if settle:
            self._world.settle()
        return sent

    def forward(
        self, message: Json, *, chat: int | None = None, text: str = "", is_hidden: bool = False
    ) -> Json:
        """Pass a message on (or these words of it); ``is_hidden``: the author's name is not to be seen."""
        author = message["from"]
        origin: Json = {"type": "user", "sender_user": author, "date": message["date"]}
        if is_hidden:
            name = author["first_name"]
            origin = {"type": "hidden_user", "sender_user_name": name, "date": message["date"]}
        return self.say(text or message["text"], chat=chat, forward_origin=origin)

    def edit(self, message: Json, text: str) -> None:
        """Edit one's message."""
        place = message["chat"]["id"]
        self._world.api.control(
            "edit", user=self.user, chat=place, message_id=message["message_id"], text=text
        )
        self._world.settle()

    def press(
        self, label: str, *, chat: int | None = None, on: Json | None = None, settle: bool = True
    ) -> None:
        """Press a button: of the latest message in a chat (the private one) that has it, or of ``on``."""
        place = self.id if chat is None else chat
        message = on or next(m for m in reversed(self._world.api.messages(place)) if label in labels(m))
        self._world.api.control(
            "press", user=self.user, chat=place, message_id=message["message_id"], label=label
        )
        if settle:
            self._world.settle()

    def last(self) -> str:
        """Return what the bot said last in the private chat."""
        return self._world.last(self.id)

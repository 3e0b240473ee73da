"""The delivery engine in a test: the real one, on either database, with phones that show what arrived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.app import App
from bot.commands.running import engine_of
from bot.delivery.receiving import chat_id
from bot.messages import Address, Outbound, Outcome, Receipt, Say
from bot.settings import Settings
from bot.store import tables as t
from bot.store.store import UnitOfWork
from intents import default_classifier

PATIENCE_S = 60


class Phone:
    """A channel that notes what it was given, when; `answer` says how an attempt ends."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str, float]] = []
        self.answer: Callable[[Outbound], Receipt] = lambda _: Receipt(Outcome.SENT)
        self._lock = threading.Lock()

    def send(self, message: Outbound) -> Receipt:
        """Take a message."""
        receipt = self.answer(message)
        if receipt.outcome is Outcome.SENT:
            with self._lock:
                self.arrived.append((message.address.chat, message.text, time.time()))
        return receipt

    def heard(self, chat: str) -> list[str]:
        """Return what arrived in a chat, in order."""
        return [text for where, text, _ in self.arrived if where == chat]


class Post:
    """A program whose engine delivers; its clock can be set forward."""

    def __init__(self, url: str, channels: Mapping[str, Phone]) -> None:
        self.ahead = timedelta()
        self.app = App(
            Settings(database_url=url), channels, lambda: datetime.now(UTC) + self.ahead, default_classifier()
        )
        self.engine = engine_of(self.app)

    def say(self, chat: str, text: str, *, channel: str = "phone", at_s: float = 0, **more: Any) -> int:
        """Write a message and return its id; ``at_s``: so many seconds later it is due."""
        now = self.app.now()

        def write(unit: UnitOfWork) -> int:
            address = Address(channel, "a", chat)
            place = chat_id(unit.session, address, "staff" if chat == "staff" else "private")
            made = unit.messages.say(place, Say(text, **more))
            unit.session.get_one(t.OutboxRow, made).try_at = now + timedelta(seconds=at_s)
            return made

        return self.app.store.transact(write, now)

    def status(self, outbox_id: int) -> str:
        """Return how far a message is."""
        with self.app.store.read() as session:
            return session.scalars(select(t.OutboxRow.status).where(t.OutboxRow.id == outbox_id)).one()

    def attempts(self, outbox_id: int) -> int:
        """Return how often a message was tried."""
        with self.app.store.read() as session:
            return session.scalars(select(t.OutboxRow.attempts).where(t.OutboxRow.id == outbox_id)).one()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the engine work until something holds."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with suppress(OperationalError):  # the database is away: the program's loop feeds again, too
                if condition():
                    return
                self.engine.feed()
            time.sleep(0.05)
        raise AssertionError("the engine did not do it")


@contextmanager
def delivering(url: str, **channels: Phone) -> Iterator[Post]:
    """Start the engine of a program on a database."""
    post = Post(url, channels)
    post.engine.start()
    try:
        yield post
    finally:
        post.engine.stop()
        post.app.close()

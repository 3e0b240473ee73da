"""One message being answered: what came in, who wrote it, and the desk that it is answered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.desk.calendar import Workdays
from bot.desk.case import Chat, Contact
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.policy import DEFAULT_RULES, TicketPolicy
from bot.dialogue.ports import Desk
from bot.dialogue.replies import shorten
from bot.messages import Inbound, Option, Say
from intents import Classifier, Verdict

NAME_SHOWN = 12  # of whom is spoken to


def says_something(text: str) -> bool:
    """Tell whether a text has a word or a mark of its own: a sticker's emoji has none."""
    return any(character.isalnum() or character in "?？!！" for character in text)


@dataclass(frozen=True, slots=True)
class Office:
    """What every answer may need and no message changes.

    Attributes:
        hotline: the numbers of the national service centre, the first one first (contract 2.2.1).
        sales: whom to ask about a contract.
        rules: our own rules about tickets, as the operator has set them.
        attachment_days: so long after their ticket attachments are kept.
    """

    classifier: Classifier
    workdays: Workdays
    hotline: tuple[str, ...]
    sales: str = "商务同事"
    rules: TicketPolicy = DEFAULT_RULES
    attachment_days: int = 180


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and its surroundings, within one unit of work.

    Attributes:
        reported_at: the earlier of the platform's timestamp and our receipt.
        understood: told the verdict on a sentence, once it is understood.
    """

    desk: Desk
    office: Office
    inbound: Inbound
    inbox_id: int
    chat: Chat
    contact: Contact
    reported_at: datetime
    now: datetime
    understood: Callable[[Verdict], None] = lambda _: None

    @property
    def text(self) -> str:
        """The text that was typed."""
        return self.inbound.text.strip()

    @property
    def actor(self) -> Actor:
        """The sender, on the side that their role gives them."""
        side = Side.VENDOR if self.contact.is_staff else Side.CUSTOMER
        return Actor(side, self.contact.id, self.contact.name)

    def event(self, kind: Kind, **data: Any) -> Event:
        """Return an event of the sender's, now."""
        return Event(kind, self.now, self.actor, data)

    def reply(self, text: str, *options: Option, ticket: int | None = None) -> None:
        """Answer in the same chat; who pressed in a group is named, since there are no words to quote."""
        is_of_many = self.inbound.is_group and self.inbound.choice is not None
        said = f"{shorten(self.contact.name, NAME_SHOWN)}，{text}" if is_of_many else text
        self.desk.messages.say(self.chat.id, Say(said, options), ticket=ticket)

    def remember(self, **changes: Any) -> Turn:
        """Store changes to the chat's state (None removes a key) and return the turn that knows them."""
        state = {key: value for key, value in {**self.chat.state, **changes}.items() if value is not None}
        self.desk.chats.keep(self.chat.id, state)
        return replace(self, chat=replace(self.chat, state=state))

"""What the dialogue needs of the store. `bot.store` has the real one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.desk.case import Case, Chat, Contact, Customer
from bot.desk.contract import Terms
from bot.desk.events import Event
from bot.desk.outage import Outage
from bot.desk.roster import Roster, Swap
from bot.desk.staff import ContactPerson, Grant, Person, Purpose
from bot.messages import Answered, Kept, Option, Received, Say


class Tickets(Protocol):
    """Tickets, their events, and who is informed about them."""

    def get(self, ticket_id: int) -> Case | None:
        """Return a ticket, locked for this unit of work."""

    def live(self, chat: Chat) -> list[Case]:
        """Return the open tickets of the chat's customer (of the chat where it is not bound), newest first.

        A resolved ticket is among them until it is closed.
        """

    def recent(self, chat: Chat, limit: int, but: int = 0) -> list[Case]:
        """Return the latest tickets of the chat's customer (or of the chat), whatever their state.

        Args:
            but: a ticket that is left out.
        """

    def by_due(self, limit: int, assignee: int | None = None, skip: int = 0) -> list[Case]:
        """Return the open tickets of all customers (or one engineer's), unanswered and earliest due first."""

    def open(
        self, chat: Chat, contact: Contact, event: Event, summary: str, concepts: frozenset[str]
    ) -> Case:
        """Open a ticket by its first event; the chat is kept informed about it."""

    def record(self, case: Case, event: Event) -> Case:
        """Append an event (checked by the table of transitions) and return the case after it.

        Raises:
            Refused: the event is not possible now; the sentence says what is.
        """

    def add_concepts(self, case: Case, concepts: frozenset[str]) -> None:
        """Remember what further reports of the same fault named."""

    def drop_concepts(self, case: Case, concepts: frozenset[str]) -> None:
        """Forget what only a report of another fault named."""

    def summarise(self, case: Case, summary: str) -> Case:
        """Say anew in a few words what the ticket is about."""

    def events(self, ticket_id: int) -> list[Event]:
        """Return the ticket's events in order."""

    def watch(self, case: Case, chat_id: int) -> None:
        """Keep a further chat informed about a ticket."""

    def watchers(self, case: Case) -> list[int]:
        """Return the chats that are informed about a ticket, the reporter's first."""

    def bind(self, case: Case, customer_id: int, event: Event) -> Case:
        """Give a ticket of an unbound reporter its customer, and record ``event``."""


class Chats(Protocol):
    """Chats and what the dialogue remembers of them."""

    def get(self, chat_id: int) -> Chat:
        """Return a chat, locked for this unit of work."""

    def keep(self, chat_id: int, state: Mapping[str, Any]) -> None:
        """Store what the dialogue must remember of a chat."""

    def exists(self, chat_id: int) -> bool:
        """Return whether there is such a chat."""

    def staff(self) -> list[int]:
        """Return the chats in which support works.

        A member who is on no account that has a staff chat, as on platforms without groups, is told in
        their own.
        """

    def bind(self, chat_id: int, customer_id: int) -> None:
        """Bind a chat to a customer."""

    def unbind(self, chat_id: int) -> None:
        """Let a chat be nobody's, and forget what the dialogue remembers of it."""

    def make_staff(self, chat_id: int) -> None:
        """Make a chat the one (or one more) in which support works."""

    def telephone(self, customer_id: int) -> tuple[Chat, Contact]:
        """Return what stands for a customer's telephone: a chat that nothing is sent to, and its caller."""


class Messages(Protocol):
    """What came in and what goes out."""

    def say(self, chat_id: int, message: Say, *, ticket: int | None = None) -> int:
        """Put a message into the outbox and return its id there."""

    def assign(self, ticket_id: int, inbox_id: int) -> None:
        """Note that a message belongs to a ticket."""

    def gather(self, ticket_id: int, inbox_id: int, said: Collection[int], since: datetime) -> None:
        """Note that messages before that one, of its sender in its chat, belong to the ticket as well.

        These are the messages ``said``, and what carried files ``since`` then; none that belongs to a ticket.
        """

    def move(self, ticket_id: int, into: int) -> None:
        """Give a ticket's messages to the one that it was merged into."""

    def note_call(self, inbox_id: int, customer_id: int, words: str, at: datetime) -> None:
        """Note that a message of support's enters what a customer said on the telephone, and when."""

    def sender(self, inbox_id: int) -> tuple[Chat, Contact]:
        """Return where a message came from, the chat locked for this unit of work, and who wrote it.

        Of a call that is the customer's telephone (`Chats.telephone`).
        """

    def answered(self, chat_id: int, external_id: str) -> Answered | None:
        """Return what a message of ours in that chat was about; None if there is none of that id."""

    def corrected(self, inbox_id: int) -> Received | None:
        """Return the message that this one corrects, as it was said before; None if it is not known."""

    def ticket_of(self, inbox_id: int) -> int | None:
        """Return the ticket that a message belongs to."""

    def received(self, inbox_id: int) -> Received:
        """Return a received message."""

    def reports(self, ticket_id: int) -> list[Received]:
        """Return the messages that belong to a ticket, in the platform's order, the first twenty."""

    def option(self, choice_id: str, chat_id: int) -> Option | None:
        """Return the choice of that id if it was offered in that chat."""

    def questions(self, inbox_id: int, *, before: int = 0) -> list[tuple[Option, ...]]:
        """Return the choices that a message may be the answer to, for each question, the newest first.

        They are those of what its chat was shown since it wrote before; what was shown as one message counts
        as one, with the choices of its last part.

        Args:
            before: where there are none, so many of the messages that were shown last are looked at.
        """


class Attachments(Protocol):
    """What customers sent beside text."""

    def of_ticket(self, ticket_id: int) -> list[Kept]:
        """Return what was sent about a ticket, in the order of the messages."""


class Customers(Protocol):
    """Customers, their contracts, and whom to phone there."""

    def get(self, customer_id: int) -> Customer:
        """Return a customer."""

    def find(self, words: str) -> list[Customer]:
        """Return the customers whose contract number is, or whose name contains, ``words``."""

    def terms(self, customer_id: int, at: datetime) -> Terms | None:
        """Return the customer's contract for that day: the one that covers it, else the latest."""

    def phones_of(self, customer_id: int) -> list[ContactPerson]:
        """Return whom to phone at a customer, in the order of the record."""


class People(Protocol):
    """Members of staff, and the single-use codes by which people and chats become known."""

    def issue(self, grant: Grant, code_hash: str, issued_by: str, expires_at: datetime) -> None:
        """Store a new code by its hash."""

    def redeem(self, code_hash: str, contact: Contact, accepted: Collection[Purpose]) -> Grant | None:
        """Use up a code; None if it is unknown, used or expired.

        A valid code whose purpose is not ``accepted`` here is given back unused.

        Raises:
            Refused: too many wrong codes from this contact.
        """

    def void(self, code_hash: str) -> None:
        """End a code's validity: the wrong eyes have seen it."""

    def keep_phone(self, contact: Contact, phone: str) -> None:
        """Keep the telephone number that a contact gave in chat."""

    def join(self, contact: Contact, person_id: int) -> Person:
        """Make a contact one of a member's identities, with the member's name and role.

        Raises:
            Refused: the member was removed after the code was issued.
        """


class Rosters(Protocol):
    """Who is on call."""

    def get(self) -> Roster | None:
        """Return the roster with its swaps, None where none was imported yet."""

    def swap(self, swap: Swap, by: str) -> None:
        """Store a swap."""

    def staff_names(self) -> set[str]:
        """Return the names of all members of staff."""


class Outages(Protocol):
    """Suspected common outages."""

    def admit(self, case: Case) -> tuple[int, bool] | None:
        """Take a new report into the outage that goes on, or suspect one; return it and whether it is new.

        None: the report stands for itself.
        """

    def is_silent(self, case: Case) -> bool:
        """Tell whether a change of a ticket is not shown by itself: unless support has asked for it."""

    def get(self, outage_id: int) -> Outage:
        """Return an outage as it stands."""

    def find(self, outage_id: int) -> Outage | None:
        """Return an outage by the number that somebody named."""

    def holds(self, case: Case) -> int | None:
        """Return the outage that a ticket is shown and alarmed with, None once support deals with it."""


class Desk(Protocol):
    """One unit of work: everything that is read and written through it is committed together."""

    @property
    def tickets(self) -> Tickets: ...

    @property
    def chats(self) -> Chats: ...

    @property
    def messages(self) -> Messages: ...

    @property
    def attachments(self) -> Attachments: ...

    @property
    def customers(self) -> Customers: ...

    @property
    def roster(self) -> Rosters: ...

    @property
    def outages(self) -> Outages: ...

    @property
    def people(self) -> People: ...

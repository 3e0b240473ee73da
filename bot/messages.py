"""What every channel speaks: neutral messages in and out.

A channel turns its platform's updates into `Inbound` and an `Outbound` into its platform's calls; no other
room knows a platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Address:
    """A chat: the platform, our account there, and the platform's id of the chat."""

    channel: str
    account: str
    chat: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the platform's id of the person and the name they show."""

    user: str
    name: str


class AttachmentKind(StrEnum):
    """What a message carries beside text; values are stored."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, voice or file; ``reference`` is the platform's handle, never shown to anybody.

    Attributes:
        identity: by which the platform names the same content in every message; empty: by nothing.
    """

    kind: AttachmentKind
    reference: str
    name: str = ""
    identity: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return it as JSON types."""
        kept = {"kind": self.kind.value, "reference": storable(self.reference), "name": storable(self.name)}
        return {**kept, "identity": storable(self.identity)} if self.identity else kept

    @classmethod
    def from_dict(cls, content: Mapping[str, str]) -> Attachment:
        """Rebuild what `to_dict` gave."""
        kind = AttachmentKind(content["kind"])
        return cls(kind, content["reference"], content["name"], content.get("identity", ""))


# What can be fetched from the platform and kept; a place or a link is all there is of it.
FETCHED_KINDS = frozenset(
    {AttachmentKind.PHOTO, AttachmentKind.VOICE, AttachmentKind.VIDEO, AttachmentKind.FILE}
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How an attempt to fetch an attachment ended: ``content``, or ``error``, a short code.

    Attributes:
        name: the file's own name, where the platform tells it only now.
        retry_at: when to try again; None with an error: at our own pace.
        is_lost: trying again is no use, such as after the platform's three days, or above the size cap.
    """

    content: bytes | None = None
    name: str = ""
    error: str | None = None
    retry_at: datetime | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment as the store knows it: who sent it when, and whether its content is at hand.

    Attributes:
        withheld: why its content, which is kept, is shown to nobody.
    """

    id: int
    kind: AttachmentKind
    name: str
    sender: str
    at: datetime
    is_kept: bool
    is_lost: bool
    withheld: str | None = None
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A kept file that goes out: ``path`` is relative to the folder of attachments, ``name`` is ours."""

    path: str
    kind: AttachmentKind
    name: str
    media_type: str


def storable(text: str) -> str:
    """Return ``text`` without what no database keeps: NUL characters and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Unread:
    """What a platform sent and the program can't read: ``body`` as it came, in ASCII.

    Attributes:
        key: unique within the account.
        error: what was raised, its name alone.
    """

    channel: str
    account: str
    key: str
    body: str
    error: str


class Occasion(StrEnum):
    """What happened in a chat when nobody wrote anything; values are stored."""

    FOLLOWED = "followed"  # a customer follows the account, or opens the chat for the first time
    UNFOLLOWED = "unfollowed"  # nothing that we send arrives any more
    SCANNED = "scanned"  # a code was scanned; `Inbound.scene` says what it carries
    UNREACHED = "unreached"  # a notice that asked the user to write did not arrive


class Reach(StrEnum):
    """What a message changes of what its platform lets us send to its sender (`bot.desk.quota`)."""

    MESSAGE = "message"  # they wrote
    ACTION = "action"  # they followed, scanned, or pressed an item of the menu or of a message
    LEFT = "left"  # they no longer follow us: nothing reaches them
    UNREACHED = "unreached"  # a notice that asked them to write did not arrive


class Forwarded(StrEnum):
    """Whose words somebody passes on, which are not their own; values are stored."""

    OTHERS = "others"
    OURS = "ours"  # a message of the bot's


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a platform.

    Attributes:
        dedupe_key: unique within the account; the platform's retries carry the same key.
        sent_at: the platform's own timestamp, aware UTC.
        choice: opaque id of the button that was pressed, instead of text.
        addressed: whether it is meant for us; in a group only what mentions or answers the bot is.
        is_group: whether several people read the chat.
        answers: the platform's id of the message that this one is a reply to.
        is_correction: whether it replaces what the sender wrote before (an edited message).
        occasion: what happened, where nothing was written.
        scene: what a scanned code or a link into the chat carries, such as a binding code.
        phone: the sender's own number, where they shared it by the platform's means.
        is_inline: whether the channel takes the answer back within its own answer to the platform.
        reach: what it changes of what may be sent to them; None where the platform does not count.
        external_id: the platform's id of the message; its correction bears the same.
        album: the platform's id of several pictures that were sent as one; each is a message.
        forwarded: whose words they are that the sender passes on; None: their own.
        number: the platform's own count; it orders what bears the same `sent_at`.
        topic: the platform's id of the part of a group that it was written in, where the group has such.
    """

    address: Address
    sender: Sender
    dedupe_key: str
    sent_at: datetime
    text: str = ""
    choice: str | None = None
    attachments: tuple[Attachment, ...] = ()
    addressed: bool = True
    is_group: bool = False
    answers: str | None = None
    is_correction: bool = False
    occasion: Occasion | None = None
    scene: str = ""
    phone: str | None = None
    is_inline: bool = False
    reach: Reach | None = None
    external_id: str | None = None
    album: str | None = None
    forwarded: Forwarded | None = None
    number: int | None = None
    topic: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the content as JSON types (address, key and instants are columns of the inbox)."""
        return {
            "sender": {"user": storable(self.sender.user), "name": storable(self.sender.name)},
            "text": storable(self.text),
            "choice": storable(self.choice) if self.choice is not None else None,
            "addressed": self.addressed,
            **self._rarely(),
            "attachments": [one.to_dict() for one in self.attachments],
        }

    def _rarely(self) -> dict[str, Any]:
        """Return the fields that most messages don't have, where they have a value."""
        rare: dict[str, Any] = {
            "is_group": self.is_group,
            "answers": self.answers,
            "is_correction": self.is_correction,
            "occasion": self.occasion.value if self.occasion else None,
            "scene": self.scene,
            "phone": self.phone,
            "is_inline": self.is_inline,
            "reach": self.reach.value if self.reach else None,
            "external_id": self.external_id,
            "album": self.album,
            "forwarded": self.forwarded.value if self.forwarded else None,
            "number": self.number,
            "topic": self.topic,
        }
        kept = {name: value for name, value in rare.items() if value}
        return {name: storable(value) if isinstance(value, str) else value for name, value in kept.items()}

    @classmethod
    def from_dict(
        cls, content: dict[str, Any], *, address: Address, dedupe_key: str, sent_at: datetime
    ) -> Inbound:
        """Rebuild what `to_dict` gave."""
        return cls(
            address=address,
            sender=Sender(**content["sender"]),
            dedupe_key=dedupe_key,
            sent_at=sent_at,
            text=content["text"],
            choice=content["choice"],
            addressed=content["addressed"],
            is_group=content.get("is_group", False),
            answers=content.get("answers"),
            is_correction=content.get("is_correction", False),
            occasion=Occasion(content["occasion"]) if "occasion" in content else None,
            scene=content.get("scene", ""),
            phone=content.get("phone"),
            is_inline=content.get("is_inline", False),
            reach=Reach(content["reach"]) if "reach" in content else None,
            external_id=content.get("external_id"),
            album=content.get("album"),
            forwarded=Forwarded(content["forwarded"]) if "forwarded" in content else None,
            number=content.get("number"),
            topic=content.get("topic"),
            attachments=tuple(map(Attachment.from_dict, content["attachments"])),
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, or a numbered reply where the platform has none.

    Attributes:
        id: opaque, at most 64 bytes (Telegram's ``callback_data``).
        label: at most six characters.
        typed: what can be typed instead.
    """

    id: str
    label: str
    typed: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to a chat.

    Attributes:
        id: id of the outbox row; the same for every attempt.
        card: key of a card; a later message with the same key replaces it where the platform can edit.
        note: what changed on the card, in one line, for platforms that cannot edit; None for a first version.
        replaces: the platform's id of the message that this one replaces, if it is known.
        file: goes with the text; a channel that can't send files sends the text alone.
        vital: it may use the last message that the platform lets us send: a breach, a closure.
        in_reply_to: the platform's id of the message in a group that this one answers.
        asks: who in a group is to answer it.
        arrived: so many of its parts arrived at earlier attempts; a channel that cuts texts goes on there.
        topic: the platform's id of the part of a group that it belongs into; None: the group has none.
    """

    id: int
    address: Address
    text: str
    choices: tuple[Choice, ...] = ()
    card: str | None = None
    note: str | None = None
    replaces: str | None = None
    file: File | None = None
    vital: bool = False
    in_reply_to: str | None = None
    asks: Sender | None = None
    arrived: int = 0
    topic: str | None = None


class Outcome(StrEnum):
    """How an attempt to deliver ended; values are stored."""

    SENT = "sent"
    PART = "part"  # one part of it: the next one goes in its turn, as a message of its own
    LATER = "later"  # temporary: try again at `Receipt.retry_at`
    HELD = "held"  # not before the chat writes again: the platform takes no more until then
    FAILED = "failed"  # for good: an event on the ticket and an alarm to staff
    UNKNOWN = "unknown"  # may have arrived: sending again may double it


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel says of one attempt; ``error`` is a short code, never a text of the customer's.

    Attributes:
        carried: ids of further messages to the same chat that went out as one with this one.
        external_id: the platform's id of what arrived, be it a part.
        arrived: of a message that did not arrive as a whole, how many of its parts have by now.
    """

    outcome: Outcome
    external_id: str | None = None
    retry_at: datetime | None = None
    error: str | None = field(default=None)
    carried: tuple[int, ...] = ()
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that is offered: a tap and its typed equivalent mean the same command."""

    label: str
    typed: str
    verb: str
    ticket: int | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A message to be sent.

    Attributes:
        card: key of a card that a later message with the same key replaces.
        note: what changed, in one line, for platforms that cannot edit the card.
        is_answer: an engineer's own words; when it reaches the customer, that is the response (contract 1).
        urgent: an alarm: it goes ahead of everything that is not sent yet, in its own chat as well.
        attachment: id of the kept attachment that goes with it; only ever to support.
        asks: the sender of what it answers is to answer it; in a group the platform shows that, if it can.
        vital: a breach or a closure: it may use the last message that a platform lets us send.
    """

    text: str
    options: tuple[Option, ...] = ()
    card: str | None = None
    note: str | None = None
    is_answer: bool = False
    urgent: bool = False
    attachment: int | None = None
    asks: bool = False
    vital: bool = False


LEFT = "left"  # in the state of a staff chat that the bot was put out of


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of ours that somebody answers: the ticket it was about, and the choices below it.

    Attributes:
        id: its id in the outbox.
        is_card: whether it was a card: words that answer one are for its customer, others among ourselves.
    """

    id: int
    ticket: int | None
    options: tuple[Option, ...]
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it was received; ``at`` is the earlier of the platform's timestamp and our receipt.

    Attributes:
        attachments: how many of it can be fetched and kept.
        is_forwarded: whether they are somebody else's words.
        pointers: the places and links that came with it.
        is_call: whether a customer said it on the telephone, as support entered it.
        said_in_group_by: the name of who wrote it, where several people read the chat.
    """

    id: int
    text: str
    at: datetime
    attachments: int
    is_forwarded: bool = False
    pointers: tuple[Attachment, ...] = ()
    said_in_group_by: str | None = None
    is_call: bool = False

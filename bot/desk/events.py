"""What happened to a ticket, in order, append only. A ticket is what its events make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """On whose behalf somebody acts (contract 2.1: customer and vendor determine jointly)."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; ``contact`` is the id of the contact on record, None for the bot itself."""

    side: Side
    contact: int | None
    name: str


BOT = Actor(Side.BOT, None, "机器人")


class Kind(StrEnum):
    """Kinds of event; values are stored. What ``data`` holds is said beside each."""

    REPORTED = "reported"  # reported_at, priority, certain, rule, clause, words, contract {number, version}?
    DETAIL = "detail"  # inbox: further words or a picture of the same report
    JOINED = "joined"  # inbox, chat: the same fault reported again
    PROPOSED = "proposed"  # priority, certain, rule, clause, words: the bot understands it anew
    VIEW = "view"  # side, priority, reason, held_before/after, due_before/after, past_due
    BOUND = "bound"  # customer, contract {number, version}: an unbound reporter is known now
    ASKED = "asked"  # support asked the customer about the effect
    URGED = "urged"
    ASSIGNED = "assigned"  # contact, name
    REPLIED = "replied"  # inbox: support wrote to the customer (not yet delivered)
    RESPONDED = "responded"  # how: message | call, at, note: the first answer of an engineer
    WORKAROUND = "workaround"  # inbox: 旁路办法 (contract 2.2.2)
    RESOLVED = "resolved"
    RECOVERED = "recovered"  # the customer says that it works again
    CLOSED = "closed"  # why: customer | staff | silence
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    RATED = "rated"  # stars 1..5
    UNDELIVERED = "undelivered"  # outbox, error: a message failed for good


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``data`` holds JSON types only."""

    kind: Kind
    at: datetime
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)

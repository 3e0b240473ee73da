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

    # reported_at, priority, certain, rule, clause, words, contract {number, version}?, refers_to?
    REPORTED = "reported"
    # inbox, chat, priority? (where they name a fault): further words or a picture of the same report
    DETAIL = "detail"
    JOINED = "joined"  # inbox, chat, priority?: the same fault reported again
    # inbox? (whose words are new), priority, certain, rule, clause, words: the bot understands it anew
    PROPOSED = "proposed"
    VIEW = "view"  # side, priority, reason, held_before/after, due_before/after, past_due, consent?
    BOUND = "bound"  # customer, contract {number, version}: an unbound reporter is known now
    ASKED = "asked"  # support asked the customer about the effect
    URGED = "urged"
    ASSIGNED = "assigned"  # contact, name
    REPLIED = "replied"  # inbox: support wrote to the customer (not yet delivered)
    RESPONDED = "responded"  # how: message | call, at, note, inbox?: the first answer of an engineer
    WORKAROUND = "workaround"  # inbox: 旁路办法 (contract 2.2.2)
    RESOLVED = "resolved"  # inbox: the words that ask the customer whether it works again
    RECOVERED = "recovered"  # the customer says that it works again
    UNRECOVERED = "unrecovered"  # the customer says of an open ticket that it does not
    CLOSED = "closed"  # why: customer | staff | silence
    REOPENED = "reopened"  # reason, missed, contract {number, version}?: where the earlier one has lapsed
    WITHDRAWN = "withdrawn"
    RATED = "rated"  # stars 1..5
    UNDELIVERED = "undelivered"  # outbox, error: a message failed for good
    REMOTE_FAILED = "remote_failed"  # reason, inbox: not solvable remotely, somebody comes (contract 1)
    NO_ONSITE = "no_onsite"  # reason, inbox: not solvable remotely, and the level has no on-site service
    ARRIVED = "arrived"  # at: an engineer is on site
    ACTED = "acted"  # at, note: action (行动, contract 2.1), recorded apart from the response
    TIME_OFFERED = "time_offered"  # clock, until: support proposes a time
    TIME_AGREED = "time_agreed"  # clock, until, agreed_at, who, how, held, due_before, recorded_by?
    TIME_REFUSED = "time_refused"  # clock, restores: the customer did not agree; what it replaced holds
    UPDATE_PROMISED = "update_promised"  # until: when the customer will hear from support next
    UPDATED = "updated"  # at, inbox: a later answer of an engineer's reached the customer
    ACKNOWLEDGED = "acknowledged"  # clock: somebody has taken notice of its alarms
    PAUSE_ASKED = "pause_asked"  # reason: support waits for the customer and asks to stop the clocks
    PAUSED = "paused"  # the customer consents
    PAUSE_REFUSED = "pause_refused"
    RESUMED = "resumed"
    MERGED = "merged"  # into: the ticket that goes on
    # ticket, what it was, clock {from, contract}: a ticket of the same customer's was merged into this one
    ABSORBED = "absorbed"
    SPLIT = "split"  # into, inbox: a report that had joined became a ticket of its own
    CORRECTED = "corrected"  # reason, deadlines before and after: a calendar or a term was wrong


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``data`` holds JSON types only."""

    kind: Kind
    at: datetime
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)

"""The relay: hands what is due in the outbox to the delivery engine, in batches, each message once.

Handing over and noting that it was handed over are one commit, so neither a crash nor a second relay can
lose or double a message. What is due in one lane goes as one parcel, unless a limit must count each message:
the engine takes one parcel of a lane at each look, and looks only a few times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Engine, and_, bindparam, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Session

from bot.delivery.limits import Queue, queue_of
from bot.store import tables as t
from bot.store.engine import FAMILY, LOCK_TIMEOUT_S, RELAYING, limit_waiting

BATCH = 50  # on SQLite nobody else writes while a batch is handed over: about 50 ms
IN_HAND = 20  # of one lane: what its limits let through meanwhile; the rest waits where it costs nothing
PREFIX = "out:"
TURN = text("SELECT pg_try_advisory_xact_lock(:family, :relaying)")

OUTBOX, CHAT = t.table_of(t.OutboxRow), t.table_of(t.ChatRow)
ROW, HANDED, BACK = OUTBOX.c, OUTBOX.alias("handed").c, OUTBOX.alias("back").c
FULL = (
    select(HANDED.chat_id, HANDED.urgent)
    .where(HANDED.status == "pending", HANDED.relayed_at.is_not(None))
    .group_by(HANDED.chat_id, HANDED.urgent)
    .having(func.count() >= IN_HAND)
)
BLOCKED = (  # what is held back, or was tried in vain, holds back its lane
    select(BACK.chat_id, BACK.urgent, func.min(BACK.id).label("first"))
    .where(
        BACK.status == "pending",
        or_(and_(BACK.relayed_at.is_(None), BACK.try_at > bindparam("now")), BACK.attempts > 0),
    )
    .group_by(BACK.chat_id, BACK.urgent)
    .subquery("blocked")
)
FREE = (ROW.status == "pending", ROW.relayed_at.is_(None))
# The usual case is that there is nothing, and that costs only a look into an index.
CANDIDATE = (
    select(ROW.chat_id)
    .where(*FREE, ROW.try_at <= bindparam("now"), tuple_(ROW.chat_id, ROW.urgent).not_in(FULL))
    .limit(1)
)
CHANNEL = select(CHAT.c.channel).where(CHAT.c.id == ROW.chat_id).scalar_subquery()  # no join: chats are many
DUE = (
    select(ROW.id)
    .outerjoin_from(OUTBOX, BLOCKED, and_(BLOCKED.c.chat_id == ROW.chat_id, BLOCKED.c.urgent == ROW.urgent))
    .where(*FREE, ROW.try_at <= bindparam("now"), tuple_(ROW.chat_id, ROW.urgent).not_in(FULL))
    .where(or_(BLOCKED.c.first.is_(None), ROW.id <= BLOCKED.c.first))
    .where(CHANNEL.in_(bindparam("channels", expanding=True)))
)
ANY = DUE.limit(1)
FIRST = (  # first of all alarms; what somebody holds, such as a handler, is left to the next look
    DUE.add_columns(ROW.chat_id, ROW.urgent)
    .where(tuple_(ROW.chat_id, ROW.urgent).not_in(bindparam("passed", expanding=True)))
    .order_by(ROW.urgent.desc(), ROW.id)
    .limit(BATCH)
    .with_for_update(of=OUTBOX, skip_locked=True)
)
LEFT = (  # what of these chats is not ours now and goes first: with it, its lane waits
    select(ROW.chat_id, ROW.urgent, func.min(ROW.id))
    .where(*FREE, ROW.chat_id.in_(bindparam("chats", expanding=True)))
    .where(ROW.id.not_in(bindparam("ours", expanding=True)))
    .group_by(ROW.chat_id, ROW.urgent)
)
TAKE = (
    update(OUTBOX)
    .where(ROW.id.in_(bindparam("ours", expanding=True)))
    .values(relayed_at=bindparam("now"), relays=ROW.relays + 1)
)
PARCELS = (
    select(ROW.id, ROW.urgent, ROW.relays, ROW.chat_id, CHAT.c.channel, CHAT.c.kind)
    .join_from(OUTBOX, CHAT, CHAT.c.id == ROW.chat_id)
    .where(ROW.id.in_(bindparam("taken", expanding=True)))
    .order_by(ROW.chat_id, ROW.urgent, ROW.id)
)


class Handed(NamedTuple):
    """A message that is handed over, for the how manieth time."""

    outbox_id: int
    relays: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to the engine as one piece of work.

    Attributes:
        messages: of one lane, in order.
        lane: what keeps its order and is limited: a chat, where alarms go beside the rest.
        group: whose attempts share threads: one slow platform holds up no other.
    """

    messages: tuple[Handed, ...]
    queue: Queue
    lane: str
    group: str

    @property
    def workflow_id(self) -> str:
        """Tell which handing over of which messages it is: `messages_of` reads it."""
        return PREFIX + "+".join(f"{outbox_id}.{relays}" for outbox_id, relays in self.messages)


Enqueue = Callable[[Session, Parcel], None]


class Relay:
    """Feeds the engine; of all processes one at a time, which keeps each chat in order.

    Args:
        engine: the database's, through which the delivery engine writes.
        channels: only messages of these.
        check_schema: raises an error where nothing may be written any more.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Collection[str],
        enqueue: Enqueue,
        check_schema: Callable[[Session], None],
    ) -> None:
        self._engine = engine
        self._check_schema = check_schema
        self._channels = list(channels)
        self._enqueue = enqueue

    def feed(self, now: datetime) -> int:
        """Hand over what is due; return how many messages."""
        if not self._has_work(now):  # the usual case, in which nobody has to wait for us
            return 0
        fed = 0
        while count := self._batch(now):
            fed += count
            if count < BATCH:
                break
        return fed

    def _has_work(self, now: datetime) -> bool:
        with self._engine.connect() as connection:
            which = self._which(now)
            return all(connection.execute(query, which).first() is not None for query in (CANDIDATE, ANY))

    def _which(self, now: datetime) -> dict[str, Any]:
        return {"now": now, "channels": self._channels}

    def _batch(self, now: datetime) -> int:
        with Session(self._engine) as session, session.begin():
            if not self._is_our_turn(session):
                return 0
            self._check_schema(session)
            taken = _free(session, self._which(now))
            if not taken:
                return 0
            session.execute(TAKE, {"now": now, "ours": taken})
            for parcel in sorted(_parcels(session, taken), key=lambda parcel: parcel.messages):
                self._enqueue(session, parcel)
            return len(taken)

    def _is_our_turn(self, session: Session) -> bool:
        if self._engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # from here on nobody else writes
            return True
        limit_waiting(session.connection(), LOCK_TIMEOUT_S)
        return bool(session.execute(TURN, {"family": FAMILY, "relaying": RELAYING}).scalar())


def messages_of(workflow: str) -> list[Handed]:
    """Return what the workflow of that id delivers; before there were parcels, a first one bore no number."""
    pairs = (one.partition(".") for one in workflow.removeprefix(PREFIX).split("+"))
    return [Handed(int(outbox_id), int(relays or 1)) for outbox_id, _, relays in pairs]


def _free(session: Session, which: dict[str, Any]) -> list[int]:
    """Return what is due and nobody holds, locked; nothing that is behind what somebody holds in its lane."""
    free: set[int] = set()
    passed: set[tuple[int, bool]] = set()
    while True:
        found = session.execute(FIRST, {**which, "passed": list(passed)}).all()
        chats, ours = {row.chat_id for row in found}, {row.id for row in found}
        left = session.execute(LEFT, {"chats": list(chats), "ours": list(ours)}).all()
        held = {(chat, urgent): first for chat, urgent, first in left}
        behind = [row for row in found if row.id > held.get((row.chat_id, row.urgent), row.id)]
        free |= ours.difference(row.id for row in behind)
        if not behind:
            return sorted(free)
        passed |= {(row.chat_id, row.urgent) for row in behind}


def _parcels(session: Session, taken: Collection[int]) -> Iterator[Parcel]:
    rows = session.execute(PARCELS, {"taken": taken}).all()
    for (chat, urgent), found in groupby(rows, key=lambda row: (row.chat_id, row.urgent)):
        lane = list(found)
        mark = "!" if urgent else ""
        queue = queue_of(lane[0].channel, lane[0].kind, urgent=urgent)
        messages = [Handed(row.id, row.relays) for row in lane]
        for some in [messages] if queue.is_free else [[one] for one in messages]:
            # The lane is named by a number: the engine may log it.
            yield Parcel(tuple(some), queue, f"{chat}{mark}", f"{lane[0].channel}{mark}")

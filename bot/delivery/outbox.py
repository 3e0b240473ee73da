"""The way out: the outbox table is the truth of what must be, and what has been, delivered.

Here is one *attempt* at one message, whoever makes it: the engine of the service, or the plain loop of the
terminal programs. A message is sent a second time only when the outcome of the first attempt is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from bot.clock import Clock
from bot.delivery.outbound import rebuilt
from bot.delivery.settlement import Sent, Settlement
from bot.errors import SchemaMoved
from bot.log import places
from bot.messages import Outbound, Outcome, Receipt
from bot.store import tables as t
from bot.store.store import Store
from bot.store.trouble import is_trouble

log = structlog.get_logger(__name__)


class Channel(Protocol):
    """What delivery needs of a channel."""

    def send(self, message: Outbound) -> Receipt:
        """Send one message and say how it ended; never raises for what the platform answers."""


class Courier:
    """Makes attempts; safe to share between threads.

    Args:
        channels: the way out of each platform by its name.
        settlement: records how attempts ended.
    """

    def __init__(self, store: Store, channels: Mapping[str, Channel], settlement: Settlement) -> None:
        self._store = store
        self.channels = channels
        self.settlement = settlement

    def attempt(self, outbox_id: int, clock: Clock) -> None:
        """Try to deliver one message, if it still must be."""
        sent = self.send(outbox_id, clock)
        if sent is not None:
            self.finish(sent)

    def send(self, outbox_id: int, clock: Clock) -> Sent | None:
        """Send one message, if it must be sent now; one that must wait goes back to the relay.

        What was sent must be settled: until then it counts as not sent.
        """
        now = clock()
        with self._store.read() as session:
            self._store.check_schema(session)  # what can't be settled must not be sent
            row = session.get(t.OutboxRow, outbox_id)
            if row is None or row.status != "pending":
                return None
            message = row.inbox_id
            if not (must_wait := row.try_at > now or _is_preceded(session, row)):
                outbound = rebuilt(session, row)
        if must_wait:
            self._give_back(outbox_id, now)
            return None
        with _about(message):
            receipt = outbound if isinstance(outbound, Receipt) else self._send(outbound)
        return Sent(outbox_id, receipt, clock(), message)

    def finish(self, sent: Sent) -> None:
        """Record how an attempt ended; where what follows from it can't be, at least that."""
        with _about(sent.message):
            try:
                self._store.transact(
                    lambda unit: self.settlement.settle(unit, sent.outbox_id, sent.receipt, sent.at), sent.at
                )
            except Exception as error:
                if isinstance(error, SchemaMoved) or is_trouble(error):
                    raise  # else a bug: it must not make the message go out again and again
                name = type(error).__name__
                log.error("recording failed", outbox_id=sent.outbox_id, error=name, where=places(error))
                self._store.transact(lambda unit: self.settlement.settle_barely(unit, sent), sent.at)

    def _give_back(self, outbox_id: int, now: datetime) -> None:
        row = t.OutboxRow
        back = update(row).where(row.id == outbox_id, row.status == "pending").values(relayed_at=None)
        self._store.transact(lambda unit: unit.session.execute(back), now)

    def _send(self, outbound: Outbound) -> Receipt:
        channel = self.channels.get(outbound.address.channel)
        if channel is None:
            return Receipt(Outcome.LATER, error="no-channel")
        try:
            return channel.send(outbound)
        except Exception as error:  # noqa: BLE001 - a boundary: a fault of the channel's must not stop delivery
            name = type(error).__name__
            log.error("a channel failed", outbox_id=outbound.id, error=name, where=places(error))
            return Receipt(Outcome.UNKNOWN, error=name[:64])


def _about(message: int | None) -> AbstractContextManager[object]:
    """Let all that is logged meanwhile bear the number of the received message that is answered."""
    return nullcontext() if message is None else bound_contextvars(message=message)


def _is_preceded(session: Session, row: t.OutboxRow) -> bool:
    """Whether an earlier message of the same lane must go first, wherever the engine has it by now."""
    earlier = t.OutboxRow
    found = select(earlier.id).where(
        earlier.chat_id == row.chat_id,
        earlier.urgent == row.urgent,
        earlier.id < row.id,
        earlier.status == "pending",
    )
    return session.scalars(found.limit(1)).first() is not None

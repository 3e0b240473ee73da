"""What the watch keeps: which alarms rang, what could not be done, and when it last did its round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.desk.ladder import Fired, Step
from bot.desk.roster import Member
from bot.desk.terms import Role
from bot.store import tables as t
from bot.store.staff_chats import identities, person_of

BACKOFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Rang:
    """An alarm that rang.

    Attributes:
        name: whom it called.
        lost: it could not be delivered.
    """

    at: datetime
    step: int
    name: str
    lost: bool


class AlarmStore:
    """Alarms and the sweep's own state."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    # --- what is due

    def due_tickets(self, limit: int) -> list[int]:
        """Return the tickets whose next alarm has come, the oldest first, locked; other workers skip them."""
        return list(
            self._session.scalars(
                select(t.TicketRow.id)
                .where(t.TicketRow.next_alarm_at <= self._now)
                .order_by(t.TicketRow.next_alarm_at)
                .limit(limit)
                .with_for_update(skip_locked=True, key_share=True)
            )
        )

    def note_failure(self, ticket_id: int, error: str, *, is_soon_over: bool = False) -> int:
        """Note that a ticket could not be done, and when to try again; return how often it has failed.

        Args:
            is_soon_over: the pause until then does not grow.
        """
        row = self._session.get(t.SweepFailureRow, ticket_id)
        if row is None:
            row = t.SweepFailureRow(ticket_id=ticket_id, attempts=0, error="", retry_at=self._now)
            self._session.add(row)
        row.retry_at = self._now + BACKOFF[0 if is_soon_over else min(row.attempts, len(BACKOFF) - 1)]
        row.attempts, row.error = row.attempts + 1, error
        self._session.flush()
        # The row itself may be what can't be read: it is only written.
        self._session.execute(
            update(t.TicketRow).where(t.TicketRow.id == ticket_id).values(next_alarm_at=row.retry_at)
        )
        return row.attempts

    def clear_failures(self, tickets: Sequence[int]) -> None:
        """Forget that these tickets could not be done."""
        self._session.execute(delete(t.SweepFailureRow).where(t.SweepFailureRow.ticket_id.in_(tickets)))

    # --- what rang

    def fired(self, ticket_id: int) -> Fired:
        """Return which steps of a ticket's clocks rang."""
        return fired(self._session, ticket_id)

    def rang(self, ticket_id: int, step: Step, since: datetime) -> list[Rang]:
        """Return whom the earlier steps of that clock have called ``since``, in order."""
        rows = self._session.execute(
            select(t.AlarmRow, t.OutboxRow.status)
            .outerjoin(t.OutboxRow, t.OutboxRow.id == t.AlarmRow.outbox_id)
            .where(
                t.AlarmRow.ticket_id == ticket_id,
                t.AlarmRow.clock == step.clock.value,
                t.AlarmRow.at >= since,
            )
            .order_by(t.AlarmRow.at, t.AlarmRow.id)
        )
        return [Rang(row.at, row.step, row.name, status == "failed") for row, status in rows]

    def ring(
        self,
        ticket_id: int,
        step: Step,
        recipient: str,
        name: str,
        *,
        message: int | None = None,
        outage: int | None = None,
    ) -> None:
        """Note that a step rang, by a message or within an outage's alarm."""
        self._session.add(
            t.AlarmRow(
                ticket_id=ticket_id,
                clock=step.clock.value,
                revision=step.revision,
                step=step.rank,
                recipient=recipient,
                name=name,
                at=self._now,
                outbox_id=message,
                outage_id=outage,
            )
        )
        self._session.flush()

    def move(self, lost: int, ticket_id: int | None, recipient: str, name: str, message: int) -> None:
        """Note that the alarms of a lost message now ring elsewhere, by another one."""
        rows = self._session.scalars(
            select(t.AlarmRow).where(t.AlarmRow.ticket_id == ticket_id, t.AlarmRow.outbox_id == lost)
        ).all()
        for row in rows:
            key = {"ticket_id": row.ticket_id, "clock": row.clock, "revision": row.revision, "step": row.step}
            taken = select(t.AlarmRow.id).filter_by(**key, recipient=recipient)
            if self._session.scalars(taken).first() is None:
                rest = {"name": name, "at": self._now, "outbox_id": message, "outage_id": row.outage_id}
                self._session.add(t.AlarmRow(**key, recipient=recipient, **rest))
        self._session.flush()

    # --- whom it can call

    def members(self) -> list[Member]:
        """Return the members of staff with their private chats; an identity without a person stands alone."""
        people: dict[str, list[Row[*tuple[Any, ...]]]] = {}
        # Sorted here: SQLite would read all for it.
        for identity in sorted(identities(self._session), key=lambda one: one.id):
            people.setdefault(person_of(identity), []).append(identity)
        return [_member(found) for found in people.values()]

    # --- the round itself

    def beat(self, name: str) -> None:
        """Note that a worker did its round now."""
        statement = _insert_beat(self._session, name, self._now)
        change = {"at": self._now}
        self._session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=change))

    def count_failures(self) -> int:
        """Return how many tickets could not be done and wait to be tried again."""
        return self._session.scalar(select(func.count()).select_from(t.SweepFailureRow)) or 0


def fired(session: Session, ticket_id: int) -> Fired:
    """Return which steps of a ticket's clocks rang."""
    rows = session.execute(
        select(t.AlarmRow.clock, t.AlarmRow.revision, t.AlarmRow.step).where(
            t.AlarmRow.ticket_id == ticket_id
        )
    )
    return {(clock, revision, step) for clock, revision, step in rows}


def last_beat(session: Session, name: str) -> datetime | None:
    """Return when a worker last did its round."""
    return session.scalars(select(t.HeartbeatRow.at).where(t.HeartbeatRow.name == name)).first()


def _member(found: Sequence[Row[*tuple[Any, ...]]]) -> Member:
    return Member(
        name=found[0].name,
        role=Role(found[0].role),
        contacts=tuple(one.id for one in found),
        chats=tuple(one.chat for one in found if one.chat is not None),
        phone=next((one.phone for one in found if one.phone), None),
    )


def lock(session: Session, name: str, now: datetime) -> None:
    """Let one unit of work in at a time; the others wait here for its end."""
    session.execute(_insert_beat(session, name, now).on_conflict_do_nothing())
    session.get_one(t.HeartbeatRow, name, with_for_update=t.LOCK, populate_existing=True)


def _insert_beat(session: Session, name: str, at: datetime) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(t.HeartbeatRow).values(name=name, at=at)

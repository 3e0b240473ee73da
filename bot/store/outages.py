"""Suspected common outages in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.desk.case import Case
from bot.desk.outage import Outage, is_candidate, is_untouched, together
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import Work
from bot.desk.watch_policy import WatchPolicy
from bot.store import rows
from bot.store import tables as t
from bot.store.alarms import lock
from bot.store.messages import MessageStore
from bot.store.tickets import TicketStore

RECENT = 50  # tickets that are looked at; the cost of a report must not grow with their number
MUTEX = "outage"

LATEST = (
    select(t.OutageRow).order_by(t.OutageRow.id.desc()).limit(1).execution_options(populate_existing=True)
)
NEAR = select(t.TicketRow.id, t.TicketRow.reported_at).where(
    t.TicketRow.id.in_(
        select(t.TicketRow.id).order_by(t.TicketRow.id.desc()).limit(RECENT).scalar_subquery()
    ),
    t.TicketRow.held == Priority.ONE.value,
    t.TicketRow.work == Work.OPEN.value,
    t.TicketRow.reported_at.between(bindparam("since"), bindparam("until")),
)


class OutageStore:
    """See `bot.dialogue.ports.Outages`."""

    def __init__(
        self,
        session: Session,
        tickets: TicketStore,
        messages: MessageStore,
        policy: WatchPolicy,
        now: datetime,
    ) -> None:
        self._session = session
        self._tickets = tickets
        self._messages = messages
        self._policy = policy
        self._now = now

    def admit(self, case: Case) -> tuple[int, bool] | None:
        """Take a new report into the outage that goes on, or suspect one; return it and whether it is new.

        None: the report stands for itself.
        """
        if not is_candidate(case):
            return None
        going_on = self._collecting()
        if going_on is None:
            near = self._near(case)
            if not self._are_enough(case, near):
                return None
            lock(self._session, MUTEX, self._now)
            going_on = self._collecting()  # another process may have been first
        if going_on is None:
            alike = {ticket: at for ticket, at in near.items() if self._is_candidate(ticket)}
            return (self._open(sorted(alike)), True) if self._are_enough(case, alike) else None
        self._add(going_on, case.ticket.id)
        return going_on.id, False

    def holds(self, case: Case) -> int | None:
        """Return the outage that a ticket is shown and alarmed with, None once support deals with it."""
        if not is_untouched(case):
            return None
        return self._session.scalars(
            select(t.OutageTicketRow.outage_id).where(t.OutageTicketRow.ticket_id == case.ticket.id)
        ).first()

    def is_silent(self, case: Case) -> bool:
        """Tell whether a change of a ticket is not shown by itself: unless support has asked for it."""
        return self.holds(case) is not None and not self._messages.is_from_staff

    def get(self, outage_id: int) -> Outage:
        """Return an outage as it stands."""
        row = self._session.get_one(t.OutageRow, outage_id)
        rows = self._session.execute(
            select(t.TicketRow.id, t.TicketRow.response_due, t.TicketRow.work, t.CustomerRow.name)
            .join(t.OutageTicketRow, t.OutageTicketRow.ticket_id == t.TicketRow.id)
            .outerjoin(t.CustomerRow, t.CustomerRow.id == t.TicketRow.customer_id)
            .where(t.OutageTicketRow.outage_id == outage_id)
            .order_by(t.TicketRow.id)
        ).all()
        waiting = [(r.response_due, r.id) for r in rows if r.work == Work.OPEN.value and r.response_due]
        return Outage(
            id=row.id,
            opened_at=row.opened_at,
            tickets=tuple(r.id for r in rows),
            customers=tuple(dict.fromkeys(r.name for r in rows if r.name)),
            first_due=min(waiting, default=None),
        )

    def find(self, outage_id: int) -> Outage | None:
        """Return an outage by the number that somebody named."""
        return self.get(outage_id) if self._session.get(t.OutageRow, outage_id) else None

    def stale_card(self) -> int | None:
        """Return the latest outage if its card must be shown anew, and note that it is."""
        row = self._session.scalars(LATEST).first()
        if row is None or not self._is_due(row):
            return None
        self._session.refresh(row, with_for_update=t.LOCK)  # another sweep may be at it
        count = self._session.scalar(
            select(func.count()).select_from(t.OutageTicketRow).where(t.OutageTicketRow.outage_id == row.id)
        )
        if not self._is_due(row) or count == row.shown:
            return None
        row.shown, row.shown_at = count or 0, self._now
        return row.id

    def _is_due(self, row: t.OutageRow) -> bool:
        return self._now - row.shown_at >= self._policy.outage_update

    def rang_lately(self, outage_id: int, clock: ClockName, rank: int) -> bool:
        """Tell whether the outage rang for something as grave of that clock a short while ago."""
        since = self._now - self._policy.outage_ring
        found = select(t.AlarmRow.id).where(
            t.AlarmRow.outage_id == outage_id,
            t.AlarmRow.at > since,
            t.AlarmRow.clock == clock.value,
            t.AlarmRow.step >= rank,
            t.AlarmRow.outbox_id.is_not(None),
        )
        return self._session.scalars(found.limit(1)).first() is not None

    def _collecting(self) -> t.OutageRow | None:
        """Return the outage that takes in new reports: its latest one is not long ago."""
        row = self._session.scalars(LATEST).first()
        return row if row and self._now - row.last_at <= self._policy.outage_window else None

    def _add(self, outage: t.OutageRow, ticket_id: int) -> None:
        rows.made(self._session, t.OutageTicketRow, {"ticket_id": ticket_id, "outage_id": outage.id})
        # Not at every report: all of them would wait for each other for this row.
        if self._now - outage.last_at >= self._policy.outage_window / 10:
            outage.last_at = self._now
        self._session.flush()

    def _near(self, case: Case) -> dict[int, datetime]:
        """Return when the open tickets of priority 1 around this one were reported, by their ids."""
        window = self._policy.outage_window
        at = case.ticket.reported_at
        rows = self._session.execute(NEAR, {"since": at - window, "until": at + window})
        return {row.id: row.reported_at for row in rows}

    def _are_enough(self, case: Case, near: Mapping[int, datetime]) -> bool:
        policy = self._policy
        return together(case.ticket.reported_at, near.values(), policy.outage_window) >= policy.outage_reports

    def _is_candidate(self, ticket_id: int) -> bool:
        case = self._tickets.peek(ticket_id)
        known = self._session.get(t.OutageTicketRow, ticket_id)
        return known is None and case is not None and is_candidate(case)

    def _open(self, tickets: list[int]) -> int:
        row = t.OutageRow(opened_at=self._now, last_at=self._now, shown_at=self._now, shown=len(tickets))
        self._session.add(row)
        self._session.flush()
        self._session.add_all(t.OutageTicketRow(ticket_id=one, outage_id=row.id) for one in tickets)
        self._session.flush()
        return row.id

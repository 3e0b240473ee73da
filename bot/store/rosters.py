"""The roster in the store: the latest import counts, swaps are added to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.roster import Roster, Swap
from bot.desk.terms import Role
from bot.store import tables as t


class RosterStore:
    """See `bot.dialogue.ports.Rosters`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def get(self) -> Roster | None:
        """Return the roster with its swaps, None where none was imported yet."""
        row = self._session.scalars(select(t.RosterRow).order_by(t.RosterRow.id.desc()).limit(1)).first()
        if row is None:
            return None
        swaps = self._session.scalars(select(t.ShiftRow).order_by(t.ShiftRow.id))
        return Roster.from_dict(row.content, tuple(Swap(s.day, s.member, s.instead_of) for s in swaps))

    def staff_names(self) -> set[str]:
        """Return the names of all members of staff, whether they have joined or not."""
        joined = select(t.ContactRow.name).where(t.ContactRow.role != Role.CUSTOMER.value)
        added = select(t.PersonRow.name).where(t.PersonRow.removed_at.is_(None))
        return set(self._session.scalars(joined)) | set(self._session.scalars(added))

    def replace(self, roster: Roster, by: str) -> None:
        """Store an imported roster; swaps stay, and count where they still fit."""
        self._session.add(t.RosterRow(content=roster.to_dict(), imported_by=by, imported_at=self._now))
        self._session.flush()

    def swap(self, swap: Swap, by: str) -> None:
        """Store a swap."""
        self._session.add(
            t.ShiftRow(
                day=swap.day, member=swap.member, instead_of=swap.instead_of, noted_by=by, noted_at=self._now
            )
        )
        self._session.flush()

"""Members of staff and single-use codes in the store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from bot.desk.case import Contact
from bot.desk.staff import Grant, Person, Purpose
from bot.desk.terms import Role
from bot.errors import BadInput, Refused
from bot.store import tables as t

ATTEMPTS = 5  # wrong codes of one contact
BLOCK = timedelta(hours=1)


class PeopleStore:
    """See `bot.dialogue.ports.People`; adding and removing is for the command line."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    # --- members of staff

    def find(self, name: str) -> Person | None:
        """Return the active member of that name."""
        row = self._session.scalars(select(t.PersonRow).where(_is_active(), t.PersonRow.name == name)).first()
        return self._person(row) if row else None

    def active(self) -> list[Person]:
        """Return the active members by name."""
        rows = self._session.scalars(select(t.PersonRow).where(_is_active()).order_by(t.PersonRow.name))
        return [self._person(row) for row in rows]

    def outsiders(self) -> list[tuple[str, Role, str]]:
        """Return name, role and channel of identities whose role no membership gave: the samples."""
        rows = self._session.scalars(
            select(t.ContactRow)
            .where(t.ContactRow.person_id.is_(None), t.ContactRow.role != Role.CUSTOMER.value)
            .order_by(t.ContactRow.id)
        )
        return [(row.name, Role(row.role), row.channel) for row in rows]

    def add(self, name: str, role: Role, phone: str | None) -> Person:
        """Add a member, who joins by a code.

        Raises:
            BadInput: there is an active member of that name.
        """
        if self.find(name):
            raise BadInput(f"{name} is a member already: `hotline staff code` gives a further code")
        row = t.PersonRow(name=name, role=role.value, phone=phone, added_at=self._now)
        self._session.add(row)
        self._session.flush()
        return self._person(row)

    def keep_phone(self, contact: Contact, phone: str) -> None:
        """Keep the telephone number that a contact gave in chat."""
        self._session.get_one(t.ContactRow, contact.id).phone = phone
        self._session.flush()

    def join(self, contact: Contact, person_id: int) -> Person:
        """Make a contact one of a member's identities, with the member's name and role.

        Their private chat is no customer's any more: support does not work in a customer's chat.

        Raises:
            Refused: the member was removed after the code was issued.
        """
        person = self._session.get_one(t.PersonRow, person_id, with_for_update=True)
        if person.removed_at is not None:
            raise Refused("这个加入码已失效，请联系管理员。")
        row = self._session.get_one(t.ContactRow, contact.id)
        row.person_id, row.customer_id = person.id, None
        row.name, row.role, row.phone = person.name, person.role, person.phone
        # On every platform the private chat with a person bears the person's own id.
        place = {"channel": row.channel, "account": row.account, "chat": row.user, "kind": "private"}
        self._session.execute(update(t.ChatRow).filter_by(**place).values(customer_id=None))
        self._session.flush()
        return self._person(person)

    def open_tickets(self, person_id: int) -> list[int]:
        """Return the open tickets that a member has taken."""
        identities = select(t.ContactRow.id).where(t.ContactRow.person_id == person_id)
        return list(
            self._session.scalars(
                select(t.TicketRow.id)
                .where(t.LIVE_TICKET, t.TicketRow.assignee_id.in_(identities))
                .order_by(t.TicketRow.id)
            )
        )

    def remove(self, person_id: int) -> None:
        """End a membership: its identities lose their role, its unused codes their use, in this commit.

        Raises:
            BadInput: it is the only admin's.
        """
        # All admins are locked, in one order: of two who remove each other at once only one succeeds.
        admins = select(t.PersonRow.id).where(_is_active(), t.PersonRow.role == Role.ADMIN.value)
        if self._session.scalars(admins.order_by(t.PersonRow.id).with_for_update()).all() == [person_id]:
            raise BadInput("the only admin is not removed: `hotline staff add NAME --role admin` first")
        self._session.get_one(t.PersonRow, person_id, with_for_update=True).removed_at = self._now
        self._session.execute(
            update(t.ContactRow)
            .where(t.ContactRow.person_id == person_id)
            .values(person_id=None, role=Role.CUSTOMER.value, phone=None)
        )
        self._session.execute(
            update(t.CodeRow)
            .where(t.CodeRow.person_id == person_id, t.CodeRow.used_at.is_(None))
            .values(expires_at=self._now)
        )

    def _person(self, row: t.PersonRow) -> Person:
        channels = self._session.scalars(
            select(t.ContactRow.channel).where(t.ContactRow.person_id == row.id).distinct()
        )
        return Person(row.id, row.name, Role(row.role), row.phone, tuple(sorted(channels)))

    # --- codes

    def issue(self, grant: Grant, code_hash: str, issued_by: str, expires_at: datetime) -> None:
        """Store a new code by its hash."""
        self._session.add(
            t.CodeRow(
                code_hash=code_hash,
                purpose=grant.purpose.value,
                customer_id=grant.customer_id,
                person_id=grant.person_id,
                issued_by=issued_by,
                issued_at=self._now,
                expires_at=expires_at,
            )
        )
        self._session.flush()

    def redeem(self, code_hash: str, contact: Contact, accepted: Collection[Purpose]) -> Grant | None:
        """Use up a code; None if it is unknown, used or expired.

        A valid code whose purpose is not ``accepted`` here is given back unused.

        Raises:
            Refused: too many wrong codes from this contact.
        """
        sender = self._session.get_one(t.ContactRow, contact.id, with_for_update=True)
        if sender.bind_blocked_until and self._now < sender.bind_blocked_until:
            raise Refused("绑定码输错次数过多，请一小时后再试，或拨打服务热线。")
        code = self._session.scalars(
            select(t.CodeRow).where(t.CodeRow.code_hash == code_hash).with_for_update()
        ).first()
        if code is None or code.used_at is not None or code.expires_at <= self._now:
            sender.bind_failures += 1
            if sender.bind_failures >= ATTEMPTS:
                sender.bind_failures, sender.bind_blocked_until = 0, self._now + BLOCK
            return None
        if used := Purpose(code.purpose) in accepted:
            sender.bind_failures = 0
            code.used_at, code.used_by = self._now, contact.id
        return Grant(Purpose(code.purpose), code.customer_id, code.person_id, used)

    def void(self, code_hash: str) -> None:
        """End a code's validity: the wrong eyes have seen it."""
        self._session.execute(
            update(t.CodeRow).where(t.CodeRow.code_hash == code_hash).values(expires_at=self._now)
        )

    def code(self, code_hash: str) -> t.CodeRow | None:
        """Return what is known of a code, whatever its state."""
        return self._session.scalars(select(t.CodeRow).where(t.CodeRow.code_hash == code_hash)).first()

    def valid_codes(self) -> list[t.CodeRow]:
        """Return the codes that can still be used, the soonest to expire first."""
        return list(
            self._session.scalars(
                select(t.CodeRow)
                .where(and_(t.CodeRow.used_at.is_(None), t.CodeRow.expires_at > self._now))
                .order_by(t.CodeRow.expires_at, t.CodeRow.id)
            )
        )


def _is_active() -> ColumnElement[bool]:
    return t.PersonRow.removed_at.is_(None)

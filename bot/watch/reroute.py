"""An alarm that could not be delivered is raised another way, in the same commit that notes the failure.

First another private chat of the same person, then the pager, then the private chats of the colleagues, one
after the other; after that only the log is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from sqlalchemy import select

from bot.delivery.receiving import chat_id
from bot.desk.terms import Role
from bot.dialogue.alarms import EVERYBODY, rerouted
from bot.messages import Address, Option, Say
from bot.store import tables as t
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

PAGER_NAME = "短信/邮件等"
ORDER = (Role.LEAD, Role.MANAGER, Role.ADMIN, Role.ENGINEER)  # who is asked first, after who is on call


class Rerouter:
    """Raises lost alarms another way.

    Args:
        pager: the chat that stands for all addresses outside; None: there are none.
    """

    def __init__(self, pager: Address | None) -> None:
        self._pager = pager

    def __call__(self, unit: UnitOfWork, outbox_id: int) -> None:
        """Send a lost alarm to the next place where it has not been yet."""
        row = unit.session.get_one(t.OutboxRow, outbox_id)
        attempts = list(_attempts(unit, row))
        been = {attempt.chat_id for attempt in attempts}
        member = next((m for m in unit.alarms.members() if row.chat_id in m.chats), None)
        name = member.name if member else EVERYBODY
        for chat in member.chats if member else ():
            if chat not in been:
                self._send(unit, row, attempts[-1], chat, name, name)
                return
        for chat, way in self._elsewhere(unit):
            if chat in been:
                continue
            if not _goes_to(unit, chat, attempts[-1]):
                self._send(unit, row, attempts[-1], chat, name, way)
            return
        log.error("an alarm could not be delivered in any way", outbox_id=row.id, ticket=row.ticket_id)

    def _elsewhere(self, unit: UnitOfWork) -> Iterator[tuple[int, str]]:
        """Yield where an alarm can go that found nobody, and whom it calls there, the best place first."""
        pager = chat_id(unit.session, self._pager, "pager") if self._pager else None
        if pager is not None:
            yield pager, PAGER_NAME
        roster = unit.roster.get()
        on_call = roster.on_call(unit.now) if roster else ()
        members = unit.alarms.members()
        for member in sorted(members, key=lambda one: (one.name not in on_call, ORDER.index(one.role))):
            for chat in member.chats[:1]:
                yield chat, member.name

    def _send(
        self, unit: UnitOfWork, lost: t.OutboxRow, first: t.OutboxRow, chat: int, name: str, way: str
    ) -> None:
        options = tuple(Option(**choice) for choice in first.choices)
        message = Say(rerouted(first.text, name), options, urgent=True)
        new = unit.messages.say(chat, message, ticket=lost.ticket_id)
        unit.session.get_one(t.OutboxRow, new).instead_of = lost.id
        unit.alarms.move(lost.id, lost.ticket_id, f"chat:{chat}", way, new)


def _attempts(unit: UnitOfWork, row: t.OutboxRow) -> Iterator[t.OutboxRow]:
    """Yield the lost message and those that it stands for, back to the first."""
    yield row
    while row.instead_of is not None:
        row = unit.session.get_one(t.OutboxRow, row.instead_of)
        yield row


def _goes_to(unit: UnitOfWork, chat: int, first: t.OutboxRow) -> bool:
    """Whether the same alarm goes, or went, to that chat, which was called as well."""
    rows = select(t.OutboxRow.text).where(
        t.OutboxRow.chat_id == chat,
        t.OutboxRow.created_at >= first.created_at,
        t.OutboxRow.urgent.is_(True),
        t.OutboxRow.status != "failed",
    )
    return any(text.startswith(first.text) for text in unit.session.scalars(rows))

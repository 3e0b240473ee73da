"""WeCom's cards as all processes know them: under which task each was sent, and the code that changes it.

Also how much each member was sent lately: what is above the platform's limits it drops without a word.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from bot.channels.wecom_ports import Task
from bot.delivery.outbound import outbound_of
from bot.messages import Address, Outbound
from bot.store import tables as t
from bot.store.store import Store, UnitOfWork

LIMITS = ((timedelta(minutes=1), 30), (timedelta(hours=1), 1000))  # messages to one member
CODE_VALID = timedelta(hours=72)
FORGOTTEN = timedelta(days=30)  # a card that nobody has sent, changed or pressed for so long


class WecomBook:
    """See `bot.channels.wecom_ports.Book`; each method is a unit of work of its own, never over a call."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def allow(self, member: Address, count: int) -> datetime | None:
        """Take ``count`` messages out of what a member may still be sent; else return when to try again."""
        now = self._now()
        return self._store.transact(lambda unit: _allow(unit.session, member, count, now), now)

    def task(self, message: Outbound, *, anew: bool = False) -> Task:
        """Return under which task a message is sent as a card: the same at every attempt."""
        now = self._now()

        def find(unit: UnitOfWork) -> Task:
            row = unit.session.scalars(select(t.WecomCardRow).filter_by(outbox_id=message.id)).first()
            if row is not None and not anew:
                return Task(row.task_id, is_new=False)
            if row is not None:
                unit.session.delete(row)
                unit.session.flush()
            made = _row(message, now)
            unit.session.add(made)
            _forget(unit.session, message.address, now)
            return Task(made.task_id, is_new=True)

        return self._store.transact(find, now)

    def current(self, message: Outbound) -> Task | None:
        """Return the card that a message changes: the latest of its key in the chat."""
        with self._store.read() as session:
            row = session.scalars(_latest(message)).first()
            return self._task(row) if row is not None else None

    def sent(self, task_id: str, code: str | None) -> None:
        """Note that a card was sent, and the code that came back; one that a press has brought is newer."""
        values = {"code": code, "code_at": self._now()}
        self._change(task_id, values, t.WecomCardRow.code.is_(None))

    def updated(self, task_id: str, code: str, outbox_id: int) -> None:
        """Note that a card now shows that message; the code is used up."""
        self._change(task_id, {"shown_id": outbox_id})
        self.spent(task_id, code)

    def spent(self, task_id: str, code: str) -> None:
        """Note that a code is no good any more."""
        self._change(task_id, {"code": None}, t.WecomCardRow.code == code)

    def pressed(self, task_id: str, code: str) -> None:
        """Note the code that came with a press."""
        self._change(task_id, {"code": code, "code_at": self._now()})

    def single(self, task_id: str) -> tuple[Task, Outbound] | None:
        """Return a card that nothing changes later, such as an alarm, and its message; None for others."""
        with self._store.read() as session:
            card = session.get(t.WecomCardRow, task_id)
            row = session.get(t.OutboxRow, card.outbox_id) if card and card.card is None else None
            if card is None or row is None:
                return None
            return self._task(card), outbound_of(session, row, session.get_one(t.ChatRow, row.chat_id))

    def behind(self, task_id: str) -> tuple[Task, Outbound] | None:
        """Return a card and what it should show by now; None where it does, or a change is on its way."""
        with self._store.read() as session:
            card = session.get(t.WecomCardRow, task_id)
            if card is None or card.card is None:
                return None
            found = session.execute(
                select(t.OutboxRow, t.ChatRow)
                .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
                .where(
                    t.ChatRow.channel == "wecom",
                    t.ChatRow.account == card.account,
                    t.ChatRow.chat == card.user,
                    t.OutboxRow.card == card.card,
                )
                .order_by(t.OutboxRow.id.desc())
                .limit(1)
            ).first()
            if found is None or found[0].status != "sent" or found[0].id <= card.shown_id:
                return None
            return self._task(card), outbound_of(session, found[0], found[1])

    def _task(self, row: t.WecomCardRow) -> Task:
        is_good = row.code_at is not None and self._now() - row.code_at < CODE_VALID
        return Task(row.task_id, is_new=False, code=row.code if is_good else None)

    def _change(self, task_id: str, values: Mapping[str, Any], *where: ColumnElement[bool]) -> None:
        rows = update(t.WecomCardRow).where(t.WecomCardRow.task_id == task_id, *where)
        self._store.transact(lambda unit: unit.session.execute(rows.values(**values)), self._now())


def _row(message: Outbound, now: datetime) -> t.WecomCardRow:
    return t.WecomCardRow(
        task_id=f"{message.id}-{secrets.token_hex(12)}",  # once in all time: a database may be made anew
        account=message.address.account,
        user=message.address.chat,
        card=message.card,
        outbox_id=message.id,
        shown_id=message.id,
        made_at=now,
    )


def _latest(message: Outbound) -> Select[t.WecomCardRow]:
    place = {"account": message.address.account, "user": message.address.chat, "card": message.card}
    return select(t.WecomCardRow).filter_by(**place).order_by(t.WecomCardRow.outbox_id.desc()).limit(1)


def _allow(session: Session, member: Address, count: int, now: datetime) -> datetime | None:
    place = {"account": member.account, "user": member.chat}
    longest = max(span for span, _ in LIMITS)
    session.execute(delete(t.WecomSendRow).filter_by(**place).where(t.WecomSendRow.at <= now - longest))
    sent = session.scalars(select(t.WecomSendRow.at).filter_by(**place).order_by(t.WecomSendRow.at)).all()
    if waits := [until for span, most in LIMITS if (until := _until(sent, count, span, most, now))]:
        return max(waits)
    session.add_all(t.WecomSendRow(**place, at=now) for _ in range(count))
    return None


def _until(
    sent: Sequence[datetime], count: int, span: timedelta, most: int, now: datetime
) -> datetime | None:
    """Return when ``count`` more are within ``most`` a ``span``, None if they are now."""
    lately = [at for at in sent if at > now - span]
    excess = len(lately) + count - most
    if excess <= 0:
        return None
    return lately[min(excess, len(lately)) - 1] + span if lately else None


def _forget(session: Session, member: Address, now: datetime) -> None:
    place = {"account": member.account, "user": member.chat}
    old = delete(t.WecomCardRow).filter_by(**place).where(t.WecomCardRow.made_at < now - FORGOTTEN)
    session.execute(old)

"""Users' accounts of messages in the store: `desk.quota` has the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import datetime

from bot.desk.quota import Ledger
from bot.messages import Address, Inbound, Reach
from bot.store import rows
from bot.store import tables as t
from bot.store.session import UnitSession
from bot.store.store import Store

_FIELDS = [field.name for field in fields(Ledger)]


class Quotas:
    """The ledgers of all users; each change is a unit of work of its own, and never lost to another one."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def of(self, user: Address) -> Ledger:
        """Return a user's ledger."""
        with self._store.read() as session:
            row = session.get(t.QuotaRow, _key(user))
            return _ledger(row) if row is not None else Ledger()

    def take(self, user: Address, count: int, *, is_vital: bool) -> bool:
        """Take ``count`` messages out of what is left; False where there are fewer, and none is taken."""
        now, taken = self._now(), False

        def spend(ledger: Ledger) -> Ledger:
            nonlocal taken
            taken = ledger.left(now, is_vital=is_vital) >= count
            return ledger.spent(now, count) if taken else ledger

        self._change(user, spend)
        return taken

    def give_back(self, user: Address, count: int) -> None:
        """Note that messages which were taken were not sent."""
        self._change(user, lambda ledger: ledger.returned(count))

    def exhausted(self, user: Address) -> None:
        """Note that the platform takes no more, whatever we counted."""
        self._change(user, Ledger.exhausted)

    def left(self, user: Address) -> None:
        """Note that a user does not follow us any more."""
        now = self._now()
        self._change(user, lambda ledger: ledger.after(Reach.LEFT, now))

    def nudged(self, user: Address) -> None:
        """Note that a notice asks the user to write."""
        now = self._now()
        self._change(user, lambda ledger: replace(ledger, nudged_at=now))

    def _change(self, user: Address, change: Callable[[Ledger], Ledger]) -> None:
        self._store.transact(lambda unit: _change(unit.session, user, change), self._now())


def note(session: UnitSession, inbound: Inbound) -> None:
    """Note what a new message changes of what its sender may be sent, in the commit that makes it durable."""
    reach, at = inbound.reach, inbound.sent_at
    if reach is not None:
        _change(session, inbound.address, lambda ledger: ledger.after(reach, at))


def _change(session: UnitSession, user: Address, change: Callable[[Ledger], Ledger]) -> None:
    key = _key(user)
    row = session.get(t.QuotaRow, key, with_for_update=t.LOCK)
    if row is None:
        place = {"channel": user.channel, "account": user.account, "chat": user.chat}
        if rows.made(session, t.QuotaRow, {**place, **asdict(change(Ledger()))}) is not None:
            return
        row = session.get_one(t.QuotaRow, key, with_for_update=t.LOCK)  # another process was first
    session.write(row, **asdict(change(_ledger(row))))


def _key(user: Address) -> tuple[str, str, str]:
    return user.channel, user.account, user.chat


def _ledger(row: t.QuotaRow) -> Ledger:
    return Ledger(**{name: getattr(row, name) for name in _FIELDS})

"""The session of a unit of work: each row is read once and locked once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Engine, Update, and_, bindparam, event, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.store import tables as t

Row = TypeVar("Row", bound=t.Base)


class UnitSession(Session):
    """Keeps the rows that it has met until its end.

    A plain session forgets a row as soon as nobody else holds it, and reads it again at the next turn.

    Attributes:
        memory: what its users worked out from rows; it is emptied when a savepoint is rolled back.
        on_commit: what is done once all is committed; it must not raise.
    """

    def __init__(self, bind: Engine) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.memory: dict[Any, Any] = {}
        self.on_commit: list[Callable[[], object]] = []
        self._kept: list[t.Base] = []
        self._held: set[tuple[type, Any]] = set()
        self._has_locks = bind.dialect.name != "sqlite"  # there a unit of work writes alone

    def lock(self, kind: type[Row], key: int) -> Row | None:
        """Return a row as it stands now, locked until the end of the unit of work; None if there is none.

        The first call reads it anew, whatever was read of it before; later ones ask nothing.
        """
        if not self._has_locks or (kind, (key,)) in self._held:
            return self.get(kind, key)
        row = self.get(kind, key, with_for_update=t.LOCK, populate_existing=True)
        if row is not None:
            self.note_locked([row])
        return row

    def lock_one(self, kind: type[Row], key: int) -> Row:
        """Return a row that must be there, as `lock` does."""
        return self.lock(kind, key) or self.get_one(kind, key)

    def write(self, row: t.Base, **values: Any) -> None:
        """Write columns of a stored row at once; those that have these values already are left alone.

        A flush does the same for a third more of the whole cost of a report.
        """
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return
        identity = inspect(row).identity
        assert identity is not None  # noqa: S101 - it is stored
        keys = {f"key_{place}": value for place, value in enumerate(identity)}
        self.execute(_update(type(row)), {**keys, **changed})
        for name, value in changed.items():
            set_committed_value(row, name, value)

    def read_ahead(self, kind: type[Row], keys: Collection[int]) -> None:
        """Read several rows by one query, so that asking for each of them later needs none."""
        if missing := [key for key in keys if self.identity_key(kind, key) not in self.identity_map]:
            self.scalars(select(kind).where(inspect(kind).primary_key[0].in_(missing))).all()

    def keep(self, row: t.Base) -> None:
        """Hold a row that was read or written."""
        self._kept.append(row)

    def note_locked(self, rows: Iterable[t.Base]) -> None:
        """Note that these rows were just read and locked, or are new and nobody else's."""
        self._held.update((type(row), inspect(row).identity) for row in rows)

    def committed(self) -> None:
        """Do what was to be done once all is committed."""
        if not self.in_nested_transaction():  # else a savepoint was released
            for work in self.on_commit:
                work()

    def forget(self) -> None:
        """Forget what was read, written and locked: a savepoint was rolled back, and may have undone it."""
        self._held.clear()
        self.memory.clear()
        self.expire_all()


@cache
def _update(kind: type[t.Base]) -> Update:
    table = t.table_of(kind)
    keys = enumerate(table.primary_key.columns)
    return update(table).where(and_(*(column == bindparam(f"key_{place}") for place, column in keys)))


@event.listens_for(UnitSession, "loaded_as_persistent")
def _keep_read(session: UnitSession, row: t.Base) -> None:
    session.keep(row)


@event.listens_for(UnitSession, "pending_to_persistent")
def _keep_new(session: UnitSession, row: t.Base) -> None:
    session.keep(row)
    session.note_locked([row])


@event.listens_for(UnitSession, "after_commit")
def _committed(session: UnitSession) -> None:
    session.committed()


@event.listens_for(UnitSession, "after_soft_rollback")
def _forget(session: UnitSession, _before: object) -> None:
    session.forget()

"""What order in a chat means: what one could know of when one wrote comes before what one wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations

from sqlalchemy import text

from bot.store import engine as engines
from bot.store.store import Store, sqlite_file

WITNESS = """
    ALTER TABLE outbox ADD COLUMN writer xid8 DEFAULT pg_current_xact_id(),
                       ADD COLUMN seen pg_snapshot DEFAULT pg_current_snapshot()
"""
NO_WITNESS = "ALTER TABLE outbox DROP COLUMN writer, DROP COLUMN seen"
IN_ORDER = text("""
    SELECT one.id, other.id
    FROM unnest(CAST(:ones AS bigint[]), CAST(:others AS bigint[])) AS pair(one, other)
    JOIN outbox AS one ON one.id = pair.one JOIN outbox AS other ON other.id = pair.other
    WHERE one.writer = other.writer OR one.ticket_id = other.ticket_id
       OR pg_visible_in_snapshot(one.writer, other.seen)
""")


@contextmanager
def witness(url: str) -> Iterator[None]:
    """Let each message note meanwhile which transaction wrote it, and which ones that could see.

    SQLite needs none: there one writes after the other, so that the ids tell.
    """
    if sqlite_file(url) is not None:
        yield
        return
    engine = engines.create(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(WITNESS)
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(NO_WITNESS)
        engine.dispose()


def out_of_order(store: Store, arrived: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs of a lane that arrived the wrong way round: the second's writer knew of the first.

    So does who writes both by one commit, or writes of the same ticket.
    """
    turned = [(later, earlier) for earlier, later in combinations(arrived, 2) if later < earlier]
    if store.writes_alone or not turned:
        return turned
    ones, others = map(list, zip(*turned, strict=True))
    with store.read() as session:
        return [(one, other) for one, other in session.execute(IN_ORDER, {"ones": ones, "others": others})]

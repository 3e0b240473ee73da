"""`hotline replay`: recompute every ticket from its events and compare with what is stored."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy import select

from bot import clock
from bot.commands.database import opened
from bot.store import tables as t
from bot.store.store import Store

PAGE = 500


@click.command()
@click.option("--db", "database_url", metavar="URL", help="database address; default: HOTLINE_DATABASE_URL")
@click.option("--json", "as_json", is_flag=True, help="print one JSON value")
def replay(database_url: str | None, as_json: bool) -> int:
    """Recompute every ticket's deadlines and state from its events; exit 1 if anything differs."""
    with opened(database_url) as store:
        count, found = compare(store)
    if as_json:
        click.echo(json.dumps({"tickets": count, "differences": found}, ensure_ascii=False, default=str))
    else:
        for ticket, columns in found.items():
            for column, (stored, replayed) in columns.items():
                click.echo(f"T{ticket} {column}: stored {stored}, replayed {replayed}")
        click.echo(f"{count} tickets replayed, {len(found)} differ")
    return 1 if found else 0


def compare(store: Store) -> tuple[int, dict[int, dict[str, tuple[Any, Any]]]]:
    """Return how many tickets there are and where stored and replayed values differ."""
    count, last, found = 0, 0, {}
    while True:
        with store.begin(clock.now()) as unit:
            query = select(t.TicketRow.id).where(t.TicketRow.id > last).order_by(t.TicketRow.id).limit(PAGE)
            ids = unit.session.scalars(query).all()
            for ticket in ids:
                if differences := unit.tickets.differences(ticket):
                    found[ticket] = differences
        if not ids:
            return count, found
        count, last = count + len(ids), ids[-1]

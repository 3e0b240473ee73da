"""`hotline tickets`: work on stored tickets."""

from __future__ import annotations

import click

from bot import clock
from bot.commands.database import opened
from bot.watch.correction import recompute_open


@click.group()
def tickets() -> None:
    """Work on stored tickets."""


@tickets.command()
@click.option("--reason", required=True, help="What was wrong; customers and staff read it, in Chinese.")
@click.option(
    "--closed", is_flag=True, help="Correct the record of closed tickets too; nobody is told of these."
)
@click.option("--db", "database_url", metavar="URL", help="database address; default: HOTLINE_DATABASE_URL")
def recompute(reason: str, closed: bool, database_url: str | None) -> None:
    """Recompute deadlines after a calendar or a contract's term was corrected."""
    if not reason.strip():
        raise click.BadParameter("must say what was wrong", param_hint="--reason")
    with opened(database_url) as store:
        found = recompute_open(store, reason.strip(), clock.now(), closed=closed)
    for correction in found:
        for name, (before, after) in correction.changes.items():
            click.echo(f"T{correction.ticket} {name}: {before or 'none'} -> {after or 'none'}")
    click.echo(f"{len(found)} tickets corrected")

"""`hotline oncall`: who is on call, from a file that is imported and the swaps that were made since."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from bot import clock
from bot.commands.database import opened
from bot.commands.options import instant
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json
from bot.desk.calendar import SHANGHAI
from bot.desk.roster import Roster, Swap
from bot.errors import BadInput
from bot.store.rosters import RosterStore
from bot.store.store import UnitOfWork
from bot.watch.roster import check_names, read

ISSUER = "hotline oncall"
HINT = "no roster: alarms go to the whole staff chat; `hotline oncall import FILE` gives one"
SHOWN = 5


@click.group()
def oncall() -> None:
    """Who is on call: see `docs/watch.md` for the file's form."""


@oncall.command()
@click.option("--at", "at_text", metavar="TIME", help="ISO 8601 with offset; default: now.")
@DB_OPTION
@JSON_OPTION
def show(at_text: str | None, database_url: str | None, *, as_json: bool) -> None:
    """Say who is on call, and to whom duty passes next."""
    at = instant(at_text) if at_text else clock.now()
    with opened(database_url) as store, store.read() as session:
        roster = RosterStore(session, at).get()
    if as_json:
        print_json(_described(roster, at))
        return
    if roster is None:
        click.echo(HINT, err=True)
        return
    click.echo(f"{_local(at)}  {_names(roster.on_call(at))}")
    for when, names in islice(roster.changes(at), SHOWN):
        click.echo(f"{_local(when)}  {_names(names)}")


@oncall.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@DB_OPTION
def import_(file: Path, database_url: str | None) -> None:
    """Take FILE (YAML or CSV) as the roster; everybody in it must be staff. Swaps that fit stay."""
    roster = read(file)

    def work(unit: UnitOfWork) -> None:
        check_names(roster, unit.roster.staff_names())
        unit.roster.replace(roster, ISSUER)

    with opened(database_url) as store:
        store.transact(work, clock.now())
    click.echo(
        f"{len(roster.names)} members, {len(roster.rotations)} rotations, {len(roster.given)} given days"
    )


@oncall.command()
@click.argument("away")
@click.argument("stand_in")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@DB_OPTION
def swap(away: str, stand_in: str, day: datetime, database_url: str | None) -> None:
    """Let STAND_IN take AWAY's duty of DAY (YYYY-MM-DD, the day on which the duty begins)."""
    change = Swap(day.date(), stand_in, away)

    def work(unit: UnitOfWork) -> None:
        roster = unit.roster.get()
        if roster is None:
            raise BadInput(HINT)
        if stand_in not in unit.roster.staff_names():
            raise BadInput(f"not staff: {stand_in}")
        roster.swapped(change)
        unit.roster.swap(change, ISSUER)

    with opened(database_url) as store:
        store.transact(work, clock.now())
    click.echo(f"{change.day}: {stand_in} instead of {away}")


def _described(roster: Roster | None, at: datetime) -> dict[str, Any]:
    changes = islice(roster.changes(at), SHOWN) if roster else ()
    return {
        "at": _local(at),
        "roster": roster is not None,
        "on_call": list(roster.on_call(at)) if roster else [],
        "next": [{"at": _local(when), "on_call": list(names)} for when, names in changes],
    }


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="minutes")


def _names(names: tuple[str, ...]) -> str:
    return "、".join(names) or "nobody"

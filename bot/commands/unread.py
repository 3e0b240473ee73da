"""`hotline unread`: what platforms sent and the program could not read."""

from __future__ import annotations

import json

import click

from bot import clock
from bot.commands.database import opened
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json, print_table
from bot.desk.calendar import SHANGHAI
from bot.errors import BadInput
from bot.store import unread as kept
from bot.store.unread import Found


@click.group()
def unread() -> None:
    """Look through what a platform sent and the program could not read."""


@unread.command("list")
@DB_OPTION
@JSON_OPTION
def list_(database_url: str | None, *, as_json: bool) -> None:
    """List what was kept, without its words."""
    with opened(database_url) as store, store.read() as session:
        found = kept.listed(session)
    if as_json:
        print_json([_described(one) for one in found])
    elif found:
        print_table(("number", "received", "platform", "account", "error"), map(_line, found))
    else:
        click.echo("nothing: all that came could be read", err=True)


@unread.command()
@click.argument("number", type=click.IntRange(1))
@DB_OPTION
def show(number: int, database_url: str | None) -> None:
    """Print what came under NUMBER as JSON, for people: a customer's words may stand in it."""
    with opened(database_url) as store, store.read() as session:
        body = kept.body(session, number)
    if body is None:
        raise _unknown(number)
    click.echo(_readable(body))


@unread.command()
@click.argument("number", type=click.IntRange(1))
@DB_OPTION
def drop(number: int, database_url: str | None) -> None:
    """Drop what came under NUMBER, once somebody has dealt with it."""
    with opened(database_url) as store:
        is_dropped = store.transact(lambda unit: kept.drop(unit.session, number), clock.now())
    if not is_dropped:
        raise _unknown(number)
    click.echo(f"{number} is dropped")


def _unknown(number: int) -> BadInput:
    return BadInput(f"nothing is kept under {number}: `hotline unread list` says what is")


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:  # of a platform that sends no JSON
        return body


def _line(one: Found) -> tuple[str, ...]:
    at = f"{one.received_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return str(one.id), at, one.channel, one.account, one.error


def _described(one: Found) -> dict[str, object]:
    return {**one._asdict(), "received_at": one.received_at.isoformat()}

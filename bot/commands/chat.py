"""`hotline chat`: talk in the terminal as a customer or as staff."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator

import click
from sqlalchemy import select

from bot import log, samples, settings
from bot.app import App
from bot.channels.console import Console
from bot.errors import BadInput
from bot.messages import Address, Inbound, Sender
from bot.store import tables as t


@click.command()
@click.option("--as", "side", type=click.Choice(["customer", "staff"]), default="customer", show_default=True)
@click.option("--customer", help="name of a bound customer, or part of it; default: the first one")
@click.option("--db", "database_url", metavar="URL", help="database address; default: HOTLINE_DATABASE_URL")
def chat(side: str, customer: str | None, database_url: str | None) -> None:
    """Talk in the terminal as one of the bound customers, or as staff.

    On an empty store the sample contracts are loaded first. When standard input is no terminal, a message a
    line is read and the replies are printed.
    """
    console = Console(sys.stdout, numbered=side == "customer")
    loaded = settings.load(database_url=database_url)
    log.configure(loaded.log, log.IN_A_CONVERSATION)
    app = App(loaded, {console.name: console})
    try:
        if samples.is_empty(app.store):
            samples.load(app.store, app.now(), console.name)
            print("hotline chat: the store was empty; sample contracts were loaded", file=sys.stderr)
        chat_id, place, sender = _staff(app) if side == "staff" else _customer(app, customer)
        _talk(app, chat_id, place, sender)
    finally:
        app.close()


def _talk(app: App, chat_id: int, place: Address, sender: Sender) -> None:
    while app.resume():
        pass
    app.sweep()
    app.deliver([chat_id])
    for line in _lines(sender.name):
        now = app.now()
        app.submit(Inbound(place, sender, dedupe_key=uuid.uuid4().hex, sent_at=now, text=line))
        app.sweep()
        app.deliver([chat_id])


def _lines(name: str) -> Iterator[str]:
    if sys.stdin.isatty():
        click.echo("直接输入消息，回车发送；Ctrl-D 退出。", err=True)
        while True:
            try:
                yield click.prompt(name, prompt_suffix="> ", default="", show_default=False)
            except (EOFError, click.Abort):
                click.echo(err=True)
                return
    else:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        for line in sys.stdin:
            yield line.rstrip("\n")


def _customer(app: App, name: str | None) -> tuple[int, Address, Sender]:
    with app.store.begin(app.now()) as unit:
        query = select(t.CustomerRow).order_by(t.CustomerRow.id)
        rows = [row for row in unit.session.scalars(query) if name is None or name in row.name]
        if not rows:
            known = "、".join(unit.session.scalars(select(t.CustomerRow.name)))
            raise BadInput(f"--customer: no customer is called {name}; there are: {known}")
        row = rows[0]
        contact = unit.session.scalars(
            select(t.ContactRow).filter_by(channel=Console.name, customer_id=row.id)
        ).first()
        sender = Sender(contact.user, contact.name) if contact else Sender(f"customer-{row.id}", row.name)
        place = samples.address(Console.name, sender.user)
        return samples.add_chat(unit.session, place, "private", row.id), place, sender


def _staff(app: App) -> tuple[int, Address, Sender]:
    with app.store.begin(app.now()) as unit:
        samples.add_staff(unit.session, Console.name)
        place = samples.address(Console.name, samples.STAFF_CHAT)
        return samples.add_chat(unit.session, place, "staff", None), place, samples.STAFF[0][0]

"""`hotline staff chats` and `remove-chat`: which chats are sent cards and alarms."""

from __future__ import annotations

import re
from dataclasses import asdict

import click

from bot import clock, settings
from bot.commands.database import opened
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json, print_table
from bot.dialogue import notify
from bot.opening import open_store
from bot.settings import Settings
from bot.store import staff_chats
from bot.store.staff_chats import StaffChat
from bot.store.store import UnitOfWork


@click.command()
@DB_OPTION
@JSON_OPTION
def chats(database_url: str | None, *, as_json: bool) -> None:
    """List the chats in which support works: cards and alarms go there."""
    with opened(database_url) as store, store.read() as session:
        found = staff_chats.made(session)
    if as_json:
        print_json([asdict(chat) for chat in found])
    elif found:
        print_table(("chat", "platform", "account", "id there"), map(_line, found))
    else:
        click.echo("none: `hotline staff chat-code`, which a lead sends in support's chat", err=True)


def _number(_: click.Context, __: click.Parameter, value: str) -> int:
    match = re.fullmatch(r"[Cc]?(\d{1,12})", value)
    if match is None:
        raise click.BadParameter(f"{value!r} is no chat like C5: `hotline staff chats` lists them")
    return int(match[1])


@click.command("remove-chat")
@click.argument("chat", callback=_number)
@DB_OPTION
@JSON_OPTION
def remove_chat(chat: int, database_url: str | None, *, as_json: bool) -> None:
    """Make CHAT, such as C5, an ordinary one again: no card or alarm goes there from now on."""
    loaded = settings.load(database_url=database_url)
    store = open_store(loaded)

    def work(unit: UnitOfWork) -> tuple[StaffChat, int]:
        removed = staff_chats.take_back(unit.session, chat)
        notify.staff_line(unit, f"一个值班群（C{chat}）已取消，卡片和提醒不再发到那里。")
        return removed, len(staff_chats.made(unit.session))

    try:
        removed, left = store.transact(work, clock.now())
    finally:
        store.close()
    if as_json:
        print_json({**asdict(removed), "left": left})
        return
    click.echo(f"C{chat} is no staff chat any more; take the bot out of the group as well")
    if _is_set(removed, loaded):
        click.echo("the settings name it as STAFF_CHAT: take it out there, or the next start makes it one")
    if not left:
        click.echo("no staff chat is left: members are told in their own chats; `hotline staff chat-code`")


def _is_set(chat: StaffChat, loaded: Settings) -> bool:
    account = loaded.telegram.get(chat.account) if chat.channel == "telegram" else None
    return account is not None and account.staff_chat == chat.chat


def _line(chat: StaffChat) -> tuple[str, ...]:
    return f"C{chat.id}", chat.channel, chat.account, chat.chat

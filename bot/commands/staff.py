"""`hotline staff`: who works here, and the one-time codes by which they join."""

from __future__ import annotations

from typing import Any

import click

from bot import clock
from bot.commands.database import opened
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json, print_table
from bot.commands.staff_chats import chats, remove_chat
from bot.contract_files.cells import phones
from bot.desk.calendar import SHANGHAI
from bot.desk.staff import ROLE_NAMES, STAFF_ROLES, Grant, Person, Purpose
from bot.desk.terms import Role
from bot.dialogue import codes
from bot.errors import BadInput
from bot.store.people import PeopleStore
from bot.store.store import UnitOfWork

ISSUER = "hotline staff"
NAME_LIMIT = 40


@click.group()
def staff() -> None:
    """Who may act for support, in which role."""


staff.add_command(chats)
staff.add_command(remove_chat)


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    name = " ".join(value.split())
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise click.BadParameter(f"must be a name of at most {NAME_LIMIT} characters")
    return name


def _phone(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        (phone,) = phones(value)
    except (BadInput, ValueError):
        raise click.BadParameter(f"{value!r} is no phone number like 13800000000") from None
    return phone


@staff.command()
@click.argument("name", callback=_name)
@click.option("--role", type=click.Choice([role.value for role in STAFF_ROLES]), required=True)
@click.option("--phone", callback=_phone, help="Where alarms can reach them when no chat does.")
@DB_OPTION
@JSON_OPTION
def add(name: str, role: str, phone: str | None, database_url: str | None, *, as_json: bool) -> None:
    """Add a member of staff, and print the one-time code by which they join in a chat of their own.

    The first admin joins in the same way.
    """

    def work(unit: UnitOfWork) -> dict[str, Any]:
        return _issue(unit, unit.people.add(name, Role(role), phone))

    _tell(_transact(database_url, work), as_json=as_json)


@staff.command()
@click.argument("name", callback=_name)
@DB_OPTION
@JSON_OPTION
def code(name: str, database_url: str | None, *, as_json: bool) -> None:
    """Print a further code for a member: for another platform, or because the first one expired."""
    _tell(_transact(database_url, lambda unit: _issue(unit, _member(unit.people, name))), as_json=as_json)


@staff.command("chat-code")
@DB_OPTION
@JSON_OPTION
def chat_code(database_url: str | None, *, as_json: bool) -> None:
    """Print a one-time code that makes a chat the one in which support works; a lead sends it there."""
    _tell(_transact(database_url, lambda unit: _issue(unit, None)), as_json=as_json)


@staff.command("list")
@DB_OPTION
@JSON_OPTION
def list_(database_url: str | None, *, as_json: bool) -> None:
    """List the members with their roles and the platforms on which they have joined."""
    with opened(database_url) as store, store.read() as session:
        on_record = PeopleStore(session, clock.now())
        people, others = on_record.active(), on_record.outsiders()
    if as_json:
        print_json([_described(person) for person in people])
    elif people:
        print_table(("姓名", "角色", "电话", "已加入"), map(_line, people))
    else:
        click.echo("nobody yet: `hotline staff add NAME --role admin`", err=True)
    if others:
        named = ", ".join(f"{name} ({role}, {channel})" for name, role, channel in others)
        click.echo(f"without a membership, of the samples or of `hotline chat`: {named}", err=True)


@staff.command()
@click.argument("name", callback=_name)
@DB_OPTION
@JSON_OPTION
def remove(name: str, database_url: str | None, *, as_json: bool) -> None:
    """End a membership: NAME loses the role on every platform at once, and unused codes their use."""

    def work(unit: UnitOfWork) -> dict[str, Any]:
        person = _member(unit.people, name)
        tickets = unit.people.open_tickets(person.id)
        unit.people.remove(person.id)
        return {**_described(person), "open_tickets": tickets}

    removed = _transact(database_url, work)
    if as_json:
        print_json(removed)
        return
    click.echo(f"{name} is removed; take them out of the staff chats as well, the bot can't")
    if removed["open_tickets"]:
        numbers = ", ".join(f"T{ticket}" for ticket in removed["open_tickets"])
        click.echo(f"still assigned to them: {numbers} (接手 in the staff chat takes one over)")


def _transact(database_url: str | None, work: Any) -> dict[str, Any]:
    with opened(database_url) as store:
        done: dict[str, Any] = store.transact(work, clock.now())
        return done


def _member(people: PeopleStore, name: str) -> Person:
    person = people.find(name)
    if person is None:
        known = ", ".join(other.name for other in people.active()) or "nobody"
        raise BadInput(f"no member of staff is named {name}; there are: {known}")
    return person


def _issue(unit: UnitOfWork, person: Person | None) -> dict[str, Any]:
    """Issue a code for a member, or for a staff chat."""
    grant = Grant(Purpose.STAFF, person_id=person.id) if person else Grant(Purpose.STAFF_CHAT)
    made, expires_at = codes.new_code(grant.purpose), unit.now + codes.VALID[grant.purpose]
    unit.people.issue(grant, codes.code_hash(made), ISSUER, expires_at)
    return {
        **(_described(person) if person else {}),
        "code": made,
        "send": f"{codes.WORDS[grant.purpose]} {made}",
        "expires_at": expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    }


def _tell(issued: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(issued)
        return
    if "name" in issued:
        where = f"{issued['name']} ({issued['role']}) sends this in a private chat with the bot"
    else:
        where = "a lead (or higher) sends this in the chat that becomes the staff chat"
    click.echo(f"{where}, once, until {issued['expires_at'][:16].replace('T', ' ')} Asia/Shanghai:")
    click.echo(f"\n    {issued['send']}\n")


def _described(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role.value,
        "phone": person.phone,
        "channels": list(person.channels),
    }


def _line(person: Person) -> tuple[str, ...]:
    joined = "、".join(person.channels) or "尚未加入"
    return person.name, ROLE_NAMES[person.role], person.phone or "", joined

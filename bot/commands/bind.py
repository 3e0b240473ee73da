"""`hotline bind`: single-use codes that bind a customer's chat."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import Any

import click

from bot import clock, settings
from bot.channels.wechat_menu import scan_code
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json, print_table
from bot.commands.wechat import ACCOUNT_OPTION, account_api
from bot.desk.calendar import SHANGHAI
from bot.desk.staff import Grant, Purpose
from bot.dialogue import codes
from bot.errors import BadInput
from bot.opening import open_store
from bot.store import tables as t
from bot.store.store import UnitOfWork

ISSUER = "hotline bind"
STATES = {"valid": "有效", "used": "已使用", "expired": "已过期"}
PURPOSES = {Purpose.CUSTOMER: "客户绑定", Purpose.STAFF: "加入值班人员", Purpose.STAFF_CHAT: "设为值班群"}


@click.command()
@click.argument("customer", metavar="[CUSTOMER|CODE]", required=False)
@click.option("--list", "listed", is_flag=True, help="List the codes that can still be used.")
@click.option("--qr", "with_qr", is_flag=True, help="Make a WeChat QR code of it as well: scanning binds.")
@ACCOUNT_OPTION
@DB_OPTION
@JSON_OPTION
def bind(
    customer: str | None,
    account: str | None,
    database_url: str | None,
    *,
    listed: bool,
    with_qr: bool,
    as_json: bool,
) -> None:
    """Print a code with which a customer's chat is bound: single use, valid for seven days.

    CUSTOMER is a name, part of one, or a contract's number. Given a CODE, says what it is good for, and
    whether it still is; only its hash is on record, so that no code can be shown again.
    """
    if listed == (customer is not None) or (listed and with_qr):
        raise click.UsageError("give a customer or a code, or --list")
    loaded = settings.load(database_url=database_url)
    store = open_store(loaded)
    try:
        if customer is None:
            _list(store.transact(_valid, clock.now()), as_json=as_json)
            return
        with account_api(loaded, store, account) if with_qr else nullcontext() as api:
            found = store.transact(lambda unit: _issue_or_look(unit, customer), clock.now())
            try:
                if api is not None and "code" in found:
                    found["qr"] = scan_code(api, found["code"], codes.VALID[Purpose.CUSTOMER])
            finally:  # the code is issued, whatever the platform says
                _tell(found, as_json=as_json)
    finally:
        store.close()


def _valid(unit: UnitOfWork) -> list[dict[str, Any]]:
    return [_described(unit, row) for row in unit.people.valid_codes()]


def _issue_or_look(unit: UnitOfWork, words: str) -> dict[str, Any]:
    known = unit.people.code(codes.code_hash(words)) if codes.looks_like_code(words) else None
    if known is not None:
        return _described(unit, known)
    found = unit.customers.find(words)
    chosen = [customer for customer in found if customer.name == words] or found
    if not chosen:
        raise BadInput(f"no customer, contract or code is {words}")
    if len(chosen) > 1:
        names = ", ".join(customer.name for customer in chosen)
        raise BadInput(f"{words} is part of several names, write one of them: {names}")
    made, expires_at = codes.new_code(Purpose.CUSTOMER), unit.now + codes.VALID[Purpose.CUSTOMER]
    unit.people.issue(Grant(Purpose.CUSTOMER, chosen[0].id), codes.code_hash(made), ISSUER, expires_at)
    return {
        "customer": chosen[0].name,
        "code": made,
        "send": f"{codes.WORDS[Purpose.CUSTOMER]} {made}",
        "expires_at": _local(expires_at),
    }


def _described(unit: UnitOfWork, row: t.CodeRow) -> dict[str, Any]:
    state = "used" if row.used_at else "valid" if row.expires_at > unit.now else "expired"
    return {
        "purpose": row.purpose,
        "for": _owner(unit, row),
        "state": state,
        "issued_by": row.issued_by,
        "issued_at": _local(row.issued_at),
        "expires_at": _local(row.expires_at),
        "used_at": _local(row.used_at) if row.used_at else None,
    }


def _owner(unit: UnitOfWork, row: t.CodeRow) -> str | None:
    if row.customer_id is not None:
        return unit.customers.get(row.customer_id).name
    if row.person_id is not None:
        return unit.session.get_one(t.PersonRow, row.person_id).name
    return None


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _list(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    elif found:
        print_table(("用途", "对象", "发放人", "发放时间", "有效至"), map(_line, found))
    else:
        click.echo("no code can be used at present", err=True)


def _line(one: dict[str, Any]) -> tuple[str, ...]:
    times = (one[name][:16].replace("T", " ") for name in ("issued_at", "expires_at"))
    return PURPOSES[Purpose(one["purpose"])], one["for"] or "", one["issued_by"], *times


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    until = found["expires_at"][:16].replace("T", " ")
    if as_json:
        print_json(found)
    elif "code" in found:
        click.echo(f"{found['customer']}: somebody there sends this to the bot, once, until {until}:")
        click.echo(f"\n    {found['send']}\n")
        if "qr" in found:
            click.echo(f"or scans this with WeChat:\n\n    {found['qr']}\n")
    else:
        purpose = PURPOSES[Purpose(found["purpose"])]
        click.echo(f"{purpose} {found['for'] or ''}: {STATES[found['state']]}, until {until} Asia/Shanghai")

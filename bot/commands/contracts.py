"""`hotline contracts`: import, list and show contracts, and write the sheet that is imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import IntegrityError

from bot import clock
from bot.commands import contract_view
from bot.commands.database import opened
from bot.commands.output import DB_OPTION, JSON_OPTION, print_fields, print_json, print_table
from bot.contract_files import template as sheet_template
from bot.contract_files.columns import label
from bot.contract_files.importing import Report, import_rows
from bot.contract_files.plan import Outcome, Planned
from bot.contract_files.reading import read
from bot.desk.calendar import SHANGHAI
from bot.errors import BadInput, StoreError
from bot.store.contracts import ContractStore
from bot.store.store import Store


@click.group()
def contracts() -> None:
    """Enter contracts from a sheet, and look at what is on record."""


@contracts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Store the good rows although others are bad.")
@DB_OPTION
@JSON_OPTION
def import_(file: Path, *, partial: bool, database_url: str | None, as_json: bool) -> None:
    """Enter the contracts of FILE, a CSV or XLSX sheet (`hotline contracts template` writes an empty one).

    Every bad row is named with its reasons. Nothing is stored unless all rows are good, or with --partial.
    """
    rows = read(file)
    if not rows:
        raise BadInput(f"{file}: holds no rows but the headers")
    try:
        with opened(database_url) as store:
            report = store.transact(lambda unit: import_rows(unit, rows, partial=partial), clock.now())
    except IntegrityError as error:
        raise StoreError("somebody else entered the same contracts in between: import again") from error
    if as_json:
        print_json(contract_view.report(report))
    else:
        _say(report)
    if report.bad:
        rest = "the others were stored" if report.stored else "nothing was stored (--partial stores the good)"
        raise BadInput(f"{file}: {len(report.bad)} of {len(report.rows)} rows are bad; {rest}")


def _say(report: Report) -> None:
    for row in report.rows:
        if row.outcome is Outcome.BAD:
            for name, reason in row.problems:
                click.echo(f"row {row.row}: {row.number or '?'}: {label(name)}: {reason}", err=True)
        elif report.stored:
            click.echo(f"row {row.row}: {row.number}: {_what(row)}")
            for notice in row.notices:
                click.echo(f"    look at this: {notice}")
    if report.stored:
        counts = [
            f"{sum(row.outcome is outcome for row in report.rows)} {outcome.value}"
            for outcome in Outcome
            if any(row.outcome is outcome for row in report.rows)
        ]
        click.echo(", ".join(counts))


def _what(row: Planned) -> str:
    assert row.terms is not None  # noqa: S101 - a row that is not bad has terms
    version = f" {row.terms.version}" if row.outcome is Outcome.VERSION else ""
    changes = ", ".join(f"{change.field} {change.before} → {change.after}" for change in row.changes)
    return f"{row.outcome.value}{version}{f': {changes}' if changes else ''}"


@contracts.command("list")
@DB_OPTION
@JSON_OPTION
def list_(database_url: str | None, *, as_json: bool) -> None:
    """List the newest version of every contract, with its state today."""
    with opened(database_url) as store:
        with store.read() as session:
            newest = ContractStore(session, clock.now()).newest()
        found = [contract_view.summary(terms, _today(), store.workdays) for terms in newest]
    if as_json:
        print_json(found)
    elif found:
        print_table(contract_view.LIST_HEADERS, map(contract_view.list_line, found))
    else:
        click.echo("no contracts yet: `hotline contracts import FILE`", err=True)


@contracts.command()
@click.argument("number")
@DB_OPTION
@JSON_OPTION
def show(number: str, database_url: str | None, *, as_json: bool) -> None:
    """Show the contract NUMBER: its terms, state and fees today, and its versions."""
    with opened(database_url) as store:
        found = _details(store, number)
    if as_json:
        print_json(found)
    else:
        print_fields(contract_view.fields(found))


def _details(store: Store, number: str) -> dict[str, Any]:
    with store.read() as session:
        on_record = ContractStore(session, clock.now())
        versions, persons = on_record.versions(number), on_record.persons(number)
    if not versions:
        raise BadInput(f"no contract has the number {number}")
    return contract_view.details(versions, persons, _today(), store.workdays)


@contracts.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template(file: Path) -> None:
    """Write an empty contract sheet with all columns to FILE, whose name ends in .csv or .xlsx."""
    sheet_template.write(file)
    click.echo(f"wrote {file}")


def _today() -> date:
    return clock.now().astimezone(SHANGHAI).date()

"""`hotline sla`: a deadline and the reasons for it."""

from __future__ import annotations

import json
from datetime import datetime

import click

from bot.commands.options import hours_of_day, instant
from bot.desk import tables
from bot.desk.calendar import SHANGHAI, Workdays
from bot.desk.contract import Hours, ServiceTerms
from bot.desk.sla import Deadline, onsite_deadline, response_deadline
from bot.desk.terms import Level, Priority, Zone
from bot.dialogue.receipts import no_onsite_line, receipt_lines
from bot.workdays import FILE_NAME, PrcWorkdays, load_workdays


@click.command()
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@click.option("--priority", type=click.Choice(["1", "2"]), required=True)
@click.option(
    "--at",
    "at",
    type=instant,
    metavar="TIME",
    required=True,
    help="Time of the report, ISO 8601 with offset.",
)
@click.option(
    "--hours",
    type=hours_of_day,
    metavar="09:00-17:00",
    help="Service hours of regular (that by default); the customer's office hours of diamond (09:00-18:00).",
)
@click.option(
    "--zone", type=click.Choice([zone.value for zone in Zone]), help="Where on-site service happens."
)
@click.option(
    "--remote-failed-at",
    type=instant,
    metavar="TIME",
    help="When the fault was judged not solvable remotely.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def sla(
    level: str,
    priority: str,
    at: datetime,
    hours: Hours | None,
    zone: str | None,
    remote_failed_at: datetime | None,
    as_json: bool,
) -> None:
    """Print a deadline and the reasons for it, window by window (contract 1)."""
    terms = _terms(Level(level), hours, zone, needs_zone=remote_failed_at is not None)
    if remote_failed_at is not None and remote_failed_at < at:
        raise click.BadParameter("is before the report", param_hint="'--remote-failed-at'")
    workdays = _workdays(terms.level)
    response = response_deadline(at, Priority(int(priority)), terms, workdays)
    onsite = onsite_deadline(remote_failed_at, terms, workdays) if remote_failed_at is not None else None
    receipt = [line for deadline in (response, onsite) if deadline for line in receipt_lines(deadline, terms)]
    if remote_failed_at is not None and onsite is None:
        receipt.append(no_onsite_line(terms))
    if as_json:
        answer = {"response_due": _iso(response), "onsite_due": _iso(onsite), "receipt": receipt}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo("\n".join(receipt))


def _terms(level: Level, hours: Hours | None, zone: str | None, *, needs_zone: bool) -> ServiceTerms:
    if level is Level.ENHANCED:
        if hours is not None:
            raise click.BadParameter("the enhanced level is served around the clock", param_hint="'--hours'")
        if needs_zone and zone is None:
            raise click.UsageError("on-site arrival of the enhanced level depends on --zone")
    return ServiceTerms(
        level=level,
        zone=Zone(zone or Zone.INSIDE),  # of no effect where it was not asked for
        service_hours=hours if hours and level is Level.REGULAR else tables.SERVICE_HOURS,
        office_hours=hours if hours and level is Level.DIAMOND else tables.OFFICE_HOURS,
    )


def _workdays(level: Level) -> Workdays:
    """Return the PRC calendar; with the operator's file for diamond, the only level that asks for days."""
    if level is not Level.DIAMOND:
        return PrcWorkdays()
    from bot.settings import load  # here, since pydantic takes longer than all the rest of this command

    return load_workdays(load().data / FILE_NAME)


def _iso(deadline: Deadline | None) -> str | None:
    return deadline.due.astimezone(SHANGHAI).isoformat() if deadline else None

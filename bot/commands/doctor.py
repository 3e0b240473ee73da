"""`hotline doctor`: what is configured, reachable or missing, each with what to do."""

from __future__ import annotations

import click
from rich.text import Text

from bot import clock
from bot.commands.output import DB_OPTION, JSON_OPTION, print_json, print_table
from bot.desk import record
from bot.doctor.examine import examine
from bot.doctor.finding import Finding, Status

STYLES = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "bold red"}


@click.command()
@DB_OPTION
@JSON_OPTION
def doctor(database_url: str | None, *, as_json: bool) -> int:
    """Say what is configured, reachable or missing, each with what to do; exit 1 if anything fails.

    Looks only: nothing is created, migrated or repaired.
    """
    findings = list(examine(clock.now(), database_url))
    if as_json:
        print_json([record.to_json(finding) for finding in findings])
    else:
        print_table(("check", "status", "found, and what to do"), map(_line, findings))
    return int(any(finding.status is Status.FAIL for finding in findings))


def _line(finding: Finding) -> tuple[str | Text, ...]:
    status = Text(finding.status.value, STYLES[finding.status])
    return finding.check, status, finding.detail + (f"\n→ {finding.advice}" if finding.advice else "")

"""`hotline penalty`: what late payment or missed service costs."""

from __future__ import annotations

import json
from decimal import Decimal

import click

from bot.commands.options import money
from bot.desk import penalty as terms
from bot.dialogue.sums import penalty_lines
from bot.errors import BadInput


@click.command()
@click.option("--amount", type=money, metavar="CNY", required=True, help="The contract's fee.")
@click.option("--days", type=click.IntRange(0), required=True, metavar="N", help="Whole late days.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def penalty(amount: Decimal, days: int, as_json: bool) -> None:
    """Print the penalty for late payment or missed service (contract 5.1)."""
    try:
        result = terms.penalty(amount, days)
    except BadInput as error:
        raise click.BadParameter(str(error), param_hint="'--amount'") from error
    if as_json:
        answer = {
            "penalty": str(result.penalty),
            "terminated": result.terminated,
            "ends_on_day": result.ends_on_day,
        }
        click.echo(json.dumps(answer))
    else:
        click.echo("\n".join(penalty_lines(result)))

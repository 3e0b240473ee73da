"""`hotline quote`: the yearly fee by the contract's tables."""

from __future__ import annotations

import json
from decimal import Decimal

import click

from bot.commands.options import money
from bot.desk import fees
from bot.desk.terms import Level, Place, Purchase, Scheme
from bot.dialogue.sums import quote_lines
from bot.errors import BadInput, Refused


@click.command()
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@click.option("--scheme", type=click.Choice([scheme.value for scheme in Scheme]), required=True)
@click.option("--place", type=click.Choice([place.value for place in Place]), required=True)
@click.option("--price", type=money, metavar="CNY", help="What the platform was sold for.")
@click.option("--lapsed", is_flag=True, help="First renewal after a break in maintenance.")
@click.option("--months", type=click.IntRange(1, 1200), metavar="N", help="Diamond: for how many months.")
@click.option("--people", type=click.IntRange(1, 1000), metavar="N", help="Diamond: how many engineers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def quote(
    level: str,
    scheme: str,
    place: str,
    price: Decimal | None,
    lapsed: bool,
    months: int | None,
    people: int | None,
    as_json: bool,
) -> None:
    """Print the fee by the contract's tables (contract 3)."""
    case = Level(level), Scheme(scheme), Place(place), Purchase.LAPSED if lapsed else Purchase.CONTINUOUS
    try:
        result = fees.quote(
            *case[:3], purchase=case[3], price=price, man_months=_man_months(case[0], case[3], months, people)
        )
    except BadInput as error:
        raise click.UsageError(str(error)) from error
    except Refused as error:
        raise Refused(f"{error}，请联系{_sales_contact()}") from error
    if as_json:
        answer = {
            "fee": str(result.fee),
            "fee_zh": result.fee_zh,
            "rate": None if result.rate is None else str(result.rate),
            "floor": None if result.floor is None else str(result.floor),
            "basis": result.basis,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo("\n".join(quote_lines(result, *case, price)))


def _sales_contact() -> str:
    from bot.settings import load  # here, since pydantic takes longer than all the rest of this command

    settings = load()
    return f"{settings.sales_contact}（{settings.hotline_numbers[0]}）"


def _man_months(level: Level, purchase: Purchase, months: int | None, people: int | None) -> int | None:
    if level is not Level.DIAMOND:
        if months is None and people is None:
            return None
        raise click.UsageError("--months and --people are for the diamond level")
    if purchase is Purchase.LAPSED:
        return None  # the contract has no figure for it, whatever the months
    if months is None or people is None:
        raise click.UsageError("the diamond fee is by the man-month: give --months and --people")
    return months * people

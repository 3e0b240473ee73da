"""What several commands print: one JSON value, or a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 200  # columns where the output is no terminal: nothing is folded there

DB_OPTION = click.option(
    "--db", "database_url", metavar="URL", help="Database address; default: HOTLINE_DATABASE_URL."
)
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")


def print_json(value: Any) -> None:
    """Print one JSON value on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(headers: Sequence[str], lines: Iterable[Sequence[str | Text]]) -> None:
    """Print a table; its cells are taken as they are, without markup."""
    table = Table(*headers, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for line in lines:
        table.add_row(*line)
    _print(table)


def print_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Print names and values, one pair a line."""
    table = Table.grid(padding=(0, 2))
    for name, value in fields:
        table.add_row(name, value)
    _print(table)


def _print(table: Table) -> None:
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(width=WIDE, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        click.echo(line.rstrip())

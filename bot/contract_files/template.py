"""The empty contract sheet, as CSV or as a workbook with drop-down lists and a sheet of notes."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.contract_files.columns import COLUMNS, Column
from bot.errors import BadInput

NOTES_HEADERS = ("列", "是否必填", "怎么填", "示例")


def write(path: Path) -> None:
    """Write the template; the name's ending says as what.

    Raises:
        BadInput: the ending is another, or the file can't be written; one that exists is not replaced.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise BadInput(f"{path}: the name must end in .csv or .xlsx")
    if path.exists():
        raise BadInput(f"{path}: exists already")
    try:
        writer(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def note_lines() -> list[tuple[str, ...]]:
    """Return what is said of each column: header, whether it is required, how to fill it, an example."""
    return [(column.header, _need(column), column.note, column.example) for column in COLUMNS]


def _need(column: Column) -> str:
    return "必填" if column.required else "选填"


def _write_csv(path: Path) -> None:
    """Write headers and two lines that the import leaves out: they begin with #."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:  # the mark tells spreadsheets the encoding
        writer = csv.writer(file)
        writer.writerow(column.header for column in COLUMNS)
        notes = [f"{_need(column)}：{column.note}" for column in COLUMNS]
        examples = [column.example for column in COLUMNS]
        for line, mark in ((notes, "# "), (examples, "# 例：")):
            writer.writerow([mark + line[0], *line[1:]])


def _write_xlsx(path: Path) -> None:
    from bot.contract_files.workbook import save_template  # here: openpyxl is loaded only for such a file

    save_template(path, COLUMNS, [NOTES_HEADERS, *note_lines()])

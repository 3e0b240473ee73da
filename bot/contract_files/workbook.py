"""XLSX workbooks: rows of cells as text, and the template as a workbook."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from bot.contract_files.columns import Column
from bot.contract_files.reading import Cell
from bot.errors import BadInput

SHEET, NOTES = "合同", "填写说明"
FORMATTED_ROWS = 200  # of the template
UNPACKED_LIMIT = 100_000_000  # bytes
_EXACT = 10**15  # a spreadsheet keeps fifteen digits
_DAMAGE = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def lines(content: bytes) -> list[list[Cell]]:
    """Return the rows of the sheet 合同, or of the only sheet that holds anything.

    Raises:
        BadInput: the workbook is damaged, too large, or it isn't clear which sheet is meant.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we don't read
            return list(_lines(content))
    except _DAMAGE as error:
        raise BadInput("a damaged workbook, or none: open it in a spreadsheet and save it anew") from error


def _lines(content: bytes) -> Iterator[list[Cell]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
            raise BadInput(f"holds more than {UNPACKED_LIMIT // 1_000_000} MB")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    try:
        for line in _sheet(book).iter_rows():
            yield [_cell(cell) for cell in line]
    finally:
        book.close()


def _sheet(book: Any) -> Any:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write wrong ones
    named = [sheet for sheet in book.worksheets if sheet.title.strip() == SHEET]
    filled = named or [
        sheet for sheet in book.worksheets if sheet.title.strip() != NOTES and _holds_values(sheet)
    ]
    if not filled:
        raise BadInput("empty: the first row must hold the headers")
    if len(filled) > 1:
        titles = "、".join(sheet.title for sheet in filled)
        raise BadInput(f"several sheets hold values ({titles}): name the one that is meant {SHEET}")
    return filled[0]


def _holds_values(sheet: Any) -> bool:
    return any(value is not None for line in sheet.iter_rows(values_only=True) for value in line)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(problem="is a formula: write its value")
    if cell.data_type == "e":
        return Cell(problem=f"is an error of the spreadsheet ({value})")
    if value is None:
        return Cell()
    if isinstance(value, str):
        return Cell(value.strip())
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return Cell(value.date().isoformat() if value.time() == time() else value.isoformat(" "))
    if isinstance(value, date):
        return Cell(value.isoformat())
    return Cell(problem=f"is {_KINDS.get(type(value), 'of an unknown kind')}: write it as text")


_KINDS = {time: "a time of day"}


def _number(value: float) -> Cell:
    if abs(value) >= _EXACT:
        return Cell(problem="has more digits than a spreadsheet keeps: give the cell the format text")
    shown = f"{value:.15g}"  # as the spreadsheet shows it, without the last bits of a sum
    return Cell(problem=f"is a number with an exponent ({shown})") if "e" in shown else Cell(shown)


def save_template(path: Path, columns: Sequence[Column], notes: Sequence[tuple[str, ...]]) -> None:
    """Write an empty sheet 合同 with drop-down lists, and the sheet of notes."""
    book = openpyxl.Workbook()
    sheet, explained = book.worksheets[0], book.create_sheet(NOTES)
    sheet.title = SHEET
    for at, column in enumerate(columns, 1):
        head = sheet.cell(1, at, column.header)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 18
        for row in range(2, FORMATTED_ROWS + 2):
            sheet.cell(row, at).number_format = "@"  # text: a number keeps its zeros
        if column.choices:
            allowed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            allowed.add(f"{letter}2:{letter}{FORMATTED_ROWS + 1}")
            sheet.add_data_validation(allowed)
    sheet.freeze_panes = "B2"
    for line in notes:
        explained.append(line)
    for letter, width in zip("ABCD", (34, 10, 60, 30), strict=True):
        explained.column_dimensions[letter].width = width
    book.save(path)

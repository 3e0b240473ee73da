"""Rows of cells from a CSV or XLSX file; a file that is none of both is refused with what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.contract_files.columns import BY_FIELD, Column, column_of
from bot.errors import BadInput

FILE_LIMIT = 10_000_000  # bytes
ROW_LIMIT = 5_000
CELL_LIMIT = 10_000  # characters
_XLSX, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as text; ``problem`` says why it can't be used."""

    text: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet: its number as the spreadsheet shows it, and its cells by field."""

    number: int
    cells: dict[str, str]
    problems: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV (UTF-8 or GB18030) or XLSX file, without empty ones and those marked with #.

    Raises:
        BadInput: names the file and why it can't be read, or which headers are wrong.
    """
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise BadInput(f"{path}: larger than {FILE_LIMIT // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    try:
        return _rows(_lines(content))
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _lines(content: bytes) -> Iterable[list[Cell]]:
    if content.startswith(_OLD_OFFICE):
        raise BadInput("an old .xls file, or one with a password: save it as .xlsx without a password")
    if content.startswith(_XLSX):
        from bot.contract_files.workbook import lines  # here: openpyxl is loaded only for such a file

        return lines(content)
    return _csv_lines(content)


def _csv_lines(content: bytes) -> Iterator[list[Cell]]:
    words = _decoded(content)
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=_delimiter(words), strict=True)
    while True:
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(f"line {reader.line_num}: not valid CSV: {error}") from error
        yield [Cell(text.strip()) for text in line]


def _decoded(content: bytes) -> str:
    """Decode UTF-8 (a mark may lead), UTF-16 with a mark, else GB18030, as Chinese spreadsheets write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in words:
            break
        return words
    raise BadInput("neither CSV text (UTF-8 or GB18030) nor an XLSX workbook")


def _delimiter(words: str) -> str:
    header = next((line for line in words.splitlines() if line.strip() and not line.startswith("#")), "")
    return max(_DELIMITERS, key=header.count)


def _rows(lines: Iterable[list[Cell]]) -> list[Row]:
    columns: list[Column | None] | None = None
    rows: list[Row] = []
    for number, line in enumerate(lines, 1):
        marked = next((cell.text for cell in line if cell.text), "").startswith("#")
        if marked or not any(cell.text or cell.problem for cell in line):
            continue
        if columns is None:
            columns = _columns(line)
        else:
            rows.append(_row(number, line, columns))
        if len(rows) > ROW_LIMIT:
            raise BadInput(f"more than {ROW_LIMIT} rows: split the file")
    if columns is None:
        raise BadInput("empty: the first row must hold the headers")
    return rows


def _columns(line: list[Cell]) -> list[Column | None]:
    """Return the column of each header, None for one without a header."""
    problems: list[str] = []
    columns: list[Column | None] = []
    for cell in line:
        try:
            column = column_of(cell.text) if cell.text else None
        except BadInput as error:
            problems.append(str(error))
            continue
        if column is not None and column in columns:
            problems.append(f"column {column.names[0]} stands twice")
        columns.append(column)
    if not problems and BY_FIELD["contract_number"] not in columns:
        problems.append("no column 合同编号 (contract_number)")
    if problems:
        raise BadInput(
            f"{'; '.join(problems)} (`hotline contracts template FILE` writes a sheet with all columns)"
        )
    return columns


def _row(number: int, line: list[Cell], columns: list[Column | None]) -> Row:
    row = Row(number, {})
    for at, cell in enumerate(line):
        column = columns[at] if at < len(columns) else None
        name = column.field if column else f"cell {at + 1}"
        if problem := cell.problem or _oddity(cell.text):
            row.problems.append((name, problem))
        elif column is None and cell.text:
            row.problems.append((name, "stands under no header"))
        elif column is not None and cell.text:
            row.cells[column.field] = cell.text
    return row


def _oddity(words: str) -> str | None:
    if len(words) > CELL_LIMIT:
        return f"has {len(words)} characters, at most {CELL_LIMIT} are allowed"
    if words.startswith("="):
        return "is a formula: write its value"
    if any(not mark.isprintable() and mark not in "\n\r\t\u3000\u00a0" for mark in words):
        return "holds characters that can't be printed"
    return None

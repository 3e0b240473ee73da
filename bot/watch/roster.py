"""The roster as a file: YAML with rotations and given days, or CSV with given days alone.

    rotations:
      - name: 值班
        members: [李工, 王工]
        every: week          # or day, or a number of days
        from: 2026-01-05     # the first day of the first turn
        handover: "09:00"    # when a day of duty begins
        until: "21:00"       # optional: when it ends; left out: at the next handover
    holidays:
      - {days: 2026-10-01..2026-10-03, who: 王工}

A CSV file has the columns ``from``, ``to`` and ``who`` (or 开始, 结束, 值班人).
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from bot.desk.roster import HANDOVER, Given, Roster, Rotation
from bot.errors import BadInput

EVERY = {"day": 1, "week": 7}
_COLUMNS = {"from": "from", "to": "to", "who": "who", "开始": "from", "结束": "to", "值班人": "who"}
_ROTATION_KEYS = {"name", "members", "every", "from", "handover", "until"}


def read(path: Path) -> Roster:
    """Read a roster from a YAML or CSV file.

    Raises:
        BadInput: the file can't be read, or an entry is wrong; names file, entry and reason.
    """
    try:
        text = path.read_text("utf-8-sig")
        roster = _from_csv(text) if path.suffix.lower() == ".csv" else _from_yaml(text)
    except OSError as error:
        raise BadInput(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8") from error
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
    if not roster.names:
        raise BadInput(f"{path}: names nobody")
    return roster


def check_names(roster: Roster, known: Collection[str]) -> None:
    """Raise `BadInput`, naming them, if the roster names somebody who is not staff."""
    strangers = [name for name in roster.names if name not in known]
    if strangers:
        raise BadInput(f"not staff: {', '.join(strangers)}; `hotline staff add` first, or mend the name")


def _from_yaml(text: str) -> Roster:
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a 30 February
        raise BadInput(f"is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(raw, dict) or raw.keys() - {"rotations", "holidays"}:
        raise BadInput("must hold `rotations`, `holidays`, or both")
    rotations = _list(raw, "rotations")
    holidays = _list(raw, "holidays")
    return Roster(
        tuple(_rotation(item, number) for number, item in enumerate(rotations, start=1)),
        tuple(_holiday(item, number) for number, item in enumerate(holidays, start=1)),
    )


def _list(raw: dict[str, Any], name: str) -> list[Any]:
    found = raw.get(name) or []
    if not isinstance(found, list):
        raise BadInput(f"{name}: must be a list")
    return found


def _rotation(raw: Any, number: int) -> Rotation:
    where = f"rotation {number}"
    if not isinstance(raw, dict) or raw.keys() - _ROTATION_KEYS:
        raise BadInput(f"{where}: must have {', '.join(sorted(_ROTATION_KEYS))}")
    members = raw.get("members")
    if not isinstance(members, list) or not members:
        raise BadInput(f"{where}: members: must be a list of names")
    every = raw.get("every", "week")
    days = EVERY.get(every, every) if isinstance(every, str) else every
    if type(days) is not int or days < 1:
        raise BadInput(f"{where}: every: must be day, week or a number of days, not {every!r}")
    return Rotation(
        name=str(raw.get("name") or "值班"),
        members=tuple(str(member).strip() for member in members),
        days=days,
        starts_on=_day(raw.get("from"), f"{where}: from"),
        handover=_time(raw["handover"], f"{where}: handover") if "handover" in raw else HANDOVER,
        until=_time(raw["until"], f"{where}: until") if "until" in raw else None,
    )


def _holiday(raw: Any, number: int) -> Given:
    where = f"holiday {number}"
    if not isinstance(raw, dict) or raw.keys() != {"days", "who"}:
        raise BadInput(f"{where}: must have days and who")
    first, _, last = str(raw["days"]).partition("..")
    return Given(
        _day(first.strip(), f"{where}: days"),
        _day((last or first).strip(), f"{where}: days"),
        str(raw["who"]).strip(),
    )


def _from_csv(text: str) -> Roster:
    rows = list(csv.reader(text.splitlines()))
    if not rows:
        raise BadInput("is empty")
    header = [_COLUMNS.get(cell.strip().lower()) for cell in rows[0]]
    if not {"from", "who"} <= set(header):
        raise BadInput("the first line must name the columns from, to and who (or 开始, 结束, 值班人)")
    given = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if name}
        if not cells.get("who"):
            raise BadInput(f"line {number}: who is missing")
        first = _day(cells.get("from"), f"line {number}: from")
        last = _day(cells["to"], f"line {number}: to") if cells.get("to") else first
        try:
            given.append(Given(first, last, cells["who"]))
        except BadInput as error:
            raise BadInput(f"line {number}: {error}") from error
    return Roster((), tuple(given))


def _day(value: Any, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadInput(f"{where}: {value!r} is no day like 2026-10-01") from None


def _time(value: Any, where: str) -> time:
    try:
        if not isinstance(value, str):  # YAML reads an unquoted 21:00 as the number 1260
            raise TypeError
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadInput(f'{where}: must be a time in quotes like "09:00"') from None

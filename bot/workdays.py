"""Working days of the PRC: the `chinesecalendar` package, and a local file for what it does not know yet.

The State Council announces a year's holidays in the November before. Until the package carries a year, an
operator can write the notice into a YAML file:

    2027:
      holidays: [2027-01-01, 2027-02-05..2027-02-11]
      workdays: [2027-02-14]

A year that stands in the file is known: weekends are off, other days are worked, but for what is listed. Days
listed go before the package, and may lie at the end of the year before, as a notice's sometimes do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import chinese_calendar
import yaml

from bot.errors import BadInput, UnknownYear

FILE_NAME = "workdays.yaml"
_SATURDAY = 5
_OFF, _WORK = "holidays", "workdays"  # not "off", which YAML reads as false


@dataclass(frozen=True, slots=True)
class PrcWorkdays:
    """Working days with make-up days (调休).

    Attributes:
        years: years that the local file makes known.
        days: single days of the local file, worked or not.
    """

    years: frozenset[int] = frozenset()
    days: Mapping[date, bool] = field(default_factory=dict, hash=False)

    def is_workday(self, day: date) -> bool:
        """Tell whether ``day`` is worked.

        Raises:
            UnknownYear: neither the package nor the local file knows the year; it is never guessed.
        """
        if day in self.days:
            return self.days[day]
        if day.year in self.years:
            return day.weekday() < _SATURDAY
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise UnknownYear(
                f"the working days of {day.year} are not known: update the package chinesecalendar, "
                f"or list that year's holidays in {FILE_NAME}"
            ) from error

    def knows(self, year: int) -> bool:
        """Tell whether the working days of ``year`` are known."""
        try:
            self.is_workday(date(year, 7, 1))
        except UnknownYear:
            return False
        return True


class WorkdaysFile:
    """The calendar in use, which follows the edits of its local file; safe to share between threads.

    ``error`` is one sentence while the file's present state is refused, else None.

    Raises:
        BadInput: the file is malformed at the start, when there is no older state to keep.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen = _content(path)
        self.error: str | None = None
        self.workdays = load_workdays(path)

    @property
    def version(self) -> str:
        """Which content was seen last, whether it is in use or refused."""
        return sha256(self._seen or b"").hexdigest()

    def refresh(self) -> bool:
        """Look at the file once; return whether the calendar or the error changed.

        A broken edit is reported once, in ``error``, and the calendar stays as it was.
        """
        with self._lock:
            found = _content(self._path)
            if found == self._seen:
                return False
            self._seen = found
            try:
                edited, error = load_workdays(self._path), None
            except BadInput as problem:
                edited, error = self.workdays, str(problem)
            changed = edited != self.workdays or error != self.error
            self.workdays, self.error = edited, error
            return changed


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def load_workdays(path: Path | None = None) -> PrcWorkdays:
    """Return the calendar with the local file ``path``, where there is one.

    Raises:
        BadInput: the file is malformed; names the file and the entry.
    """
    if path is None or not path.is_file():
        return PrcWorkdays()
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: not UTF-8, or a 30 February
        raise BadInput(f"{path}: can't be read: {' '.join(str(error).split())}") from error
    try:
        return _parse({} if raw is None else raw)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _parse(raw: Any) -> PrcWorkdays:
    if not isinstance(raw, dict):
        raise BadInput(f"must hold years, each with lists `{_OFF}` and `{_WORK}`")
    days: dict[date, bool] = {}
    for year, lists in raw.items():
        if type(year) is not int or not isinstance(lists, dict) or lists.keys() - {_OFF, _WORK}:
            raise BadInput(f"{year}: must be a year with lists `{_OFF}` and `{_WORK}`")
        for kind in (_OFF, _WORK):
            for day in _days(year, kind, lists.get(kind) or []):
                if days.setdefault(day, kind == _WORK) is not (kind == _WORK):
                    raise BadInput(f"{year}: {day} is listed both as off and as worked")
    return PrcWorkdays(frozenset(raw), days)


def _days(year: int, kind: str, entries: Any) -> Iterator[date]:
    if not isinstance(entries, list):
        raise BadInput(f"{year}: {kind} must be a list")
    for entry in entries:
        first, _, last = str(entry).partition("..")
        try:
            start, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            raise BadInput(
                f"{year}: {kind}: {entry!r} is no day like {year}-10-01 nor a range with .."
            ) from None
        if end < start or start.year < year - 1 or end.year > year:
            raise BadInput(f"{year}: {kind}: {entry} does not belong to that year's notice")
        for offset in range((end - start).days + 1):
            yield start + timedelta(days=offset)

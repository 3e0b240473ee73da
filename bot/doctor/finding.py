"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended; only a failure makes the command fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """A check, how it stands, and what to do about it."""

    check: str
    status: Status
    detail: str
    advice: str = ""


def ok(check: str, detail: str) -> Finding:
    """Return that all is well."""
    return Finding(check, Status.OK, detail)


def warn(check: str, detail: str, advice: str) -> Finding:
    """Return what works for now or partly."""
    return Finding(check, Status.WARN, detail, advice)


def fail(check: str, detail: str, advice: str) -> Finding:
    """Return what does not work."""
    return Finding(check, Status.FAIL, detail, advice)

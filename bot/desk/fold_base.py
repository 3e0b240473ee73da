"""What the folding of events shares: which fields an event changes, and values read from its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.late import Late
from bot.desk.sla import ClockName
from bot.desk.ticket import Ticket

Changes = dict[str, Any]


def unacknowledged(ticket: Ticket, *clocks: ClockName) -> Changes:
    """A clock that starts anew alarms anew."""
    return {"acknowledged": {c: at for c, at in ticket.acknowledged.items() if c not in clocks}}


def contract(data: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return number and version of the contract that an event names."""
    named = data.get("contract")
    return (named["number"], named["version"]) if named else None


def missed(data: Mapping[str, Any]) -> tuple[Late, ...]:
    """Return the missed deadlines that an event carries over."""
    return tuple(Late.from_dict(late) for late in data.get("missed", ()))

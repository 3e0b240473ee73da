"""Events as the dialogue makes them, for tests that play many of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.desk.agreement import Agreement
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import Ticket

NAMES = {Side.CUSTOMER: "陈班长", Side.VENDOR: "李工", Side.BOT: "机器人"}
AGREEABLE = (ClockName.RESPONSE, ClockName.ONSITE, ClockName.AGREED)


def actor(side: Side, contact: int | None = None) -> Actor:
    """Return somebody of that side."""
    return Actor(side, contact, NAMES[side])


def reported(
    at: datetime, priority: Priority = Priority.ONE, *, certain: bool = True, contract: str = "DEMO-REGULAR"
) -> Event:
    """Return the first event of a ticket."""
    data = {
        "reported_at": at.isoformat(),
        "priority": int(priority),
        "certain": certain,
        "rule": "rule",
        "clause": "2.1 P1 (A)",
        "words": ["登不上"],
        "knowledge_version": "1",
        "contract": {"number": contract, "version": 1},
    }
    return Event(Kind.REPORTED, at, actor(Side.CUSTOMER), data)


def event(kind: Kind, side: Side, at: datetime, ticket: Ticket, number: int = 0) -> Event:
    """Return an event of that kind; ``number`` varies what it says."""
    return Event(kind, at, actor(side), _data(kind, side, at, ticket, number))


def _data(kind: Kind, side: Side, at: datetime, ticket: Ticket, number: int) -> dict[str, Any]:
    priority = list(Priority)[number % 3]
    until = at + timedelta(minutes=1 + number * 7)
    clock = AGREEABLE[number % 3]
    said = {
        Kind.PROPOSED: {"priority": int(priority), "certain": True, "rule": "r", "clause": None, "words": []},
        Kind.VIEW: {"side": (side if side is not Side.BOT else Side.VENDOR).value, "priority": int(priority)},
        Kind.BOUND: {"customer": 1, "contract": {"number": "DEMO-REGULAR", "version": 1}},
        Kind.ASSIGNED: {"contact": None, "name": "李工"},
        Kind.RESPONDED: {"how": "message", "at": at.isoformat(), "note": "", "inbox": number},
        Kind.UPDATED: {"at": at.isoformat(), "inbox": number},
        Kind.ARRIVED: {"at": at.isoformat()},
        Kind.ACTED: {"at": at.isoformat(), "note": "重启"},
        Kind.TIME_OFFERED: {"clock": clock.value, "until": until.isoformat()},
        Kind.TIME_AGREED: {
            "clock": clock.value,
            "until": until.isoformat(),
            "agreed_at": at.isoformat(),
            "who": "王经理",
            "how": "电话",
            "held": int(ticket.held),
            "due_before": None,
        },
        Kind.TIME_REFUSED: {"clock": clock.value},
        Kind.UPDATE_PROMISED: {"until": until.isoformat()},
        Kind.ACKNOWLEDGED: {"clock": list(ClockName)[number % len(ClockName)].value},
        Kind.PAUSE_ASKED: {"reason": "等客户重启"},
        Kind.MERGED: {"into": 1},
        Kind.ABSORBED: {
            "ticket": 99,
            "reported_at": (at - timedelta(minutes=number)).isoformat(),
            "clock_from": (at - timedelta(minutes=number)).isoformat(),
            "agreement": Agreement.open(priority, certain=True).to_dict(),
            "certain": True,
            "rule": "r",
            "clause": None,
            "words": ["全部"],
            "vendor_view_by": None,
            "vendor_view_at": None,
            "promised": None,
        },
        Kind.RATED: {"stars": 1 + number % 5},
    }
    return said.get(kind, {})

"""The fold: a ticket is what its events make it, the same whenever they are replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desk.agreement import Agreement
from bot.desk.arrangements import AgreedTime, Offer, Promise
from bot.desk.events import Event, Kind, Side
from bot.desk.late import Late
from bot.desk.pauses import Pause
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import LIVE, Ticket, Work
from bot.desk.transitions import TRANSITIONS

Changes = dict[str, Any]


def opened(ticket_id: int, event: Event) -> Ticket:
    """Return the ticket that a `Kind.REPORTED` event opens."""
    data = event.data
    reported_at = datetime.fromisoformat(data["reported_at"])
    return Ticket(
        id=ticket_id,
        revision=1,
        work=Work.OPEN,
        agreement=Agreement.open(Priority(data["priority"]), certain=data["certain"]),
        certain=data["certain"],
        rule=data["rule"],
        clause=data["clause"],
        words=tuple(data["words"]),
        knowledge_version=data["knowledge_version"],
        contract=_contract(data),
        reported_at=reported_at,
        clock_from=reported_at,
        refers_to=data.get("refers_to"),
    )


def apply(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket after ``event``; pure, and the same whenever it is replayed."""
    work = TRANSITIONS[event.kind][ticket.work]
    after = replace(ticket, revision=ticket.revision + 1, work=work)
    handler = _HANDLERS.get(event.kind)
    changes = handler(ticket, event) if handler else {}
    if work not in LIVE:
        changes |= _ended_pause(ticket, event)
    return replace(after, **changes)


def fold(ticket_id: int, events: Iterable[Event]) -> Ticket:
    """Return the ticket that ``events`` make, the first of them `Kind.REPORTED`."""
    iterator = iter(events)
    ticket = opened(ticket_id, next(iterator))
    for event in iterator:
        ticket = apply(ticket, event)
    return ticket


def _contract(data: Mapping[str, Any]) -> tuple[str, int] | None:
    contract = data.get("contract")
    return (contract["number"], contract["version"]) if contract else None


def _unacknowledged(ticket: Ticket, *clocks: ClockName) -> Changes:
    """A clock that starts anew alarms anew."""
    return {"acknowledged": {c: at for c, at in ticket.acknowledged.items() if c not in clocks}}


def _judged(ticket: Ticket, agreement: Agreement) -> Changes:
    changes: Changes = {"agreement": agreement}
    if agreement.held < ticket.held:
        changes |= _unacknowledged(ticket, ClockName.CONFIRMATION, ClockName.RESPONSE)
    if agreement.vendor is None:
        changes |= {"vendor_view_by": None, "vendor_view_at": None}
    return changes


def _proposed(ticket: Ticket, event: Event) -> Changes:
    data = event.data
    agreement = ticket.agreement.propose(Priority(data["priority"]))
    unseen = {"vendor_view_by": None, "vendor_view_at": None} if agreement.vendor is None else {}
    return {
        **_judged(ticket, agreement),
        **unseen,
        "certain": data["certain"],
        "rule": data["rule"],
        "clause": data["clause"],
        "words": tuple(data["words"]),
    }


def _viewed(ticket: Ticket, event: Event) -> Changes:
    side = Side(event.data["side"])
    changes = _judged(ticket, ticket.agreement.view(side, Priority(event.data["priority"])))
    if side is Side.VENDOR:
        changes |= {"vendor_view_by": event.actor.name, "vendor_view_at": event.at}
    return changes


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event.data["at"])


def _heard(ticket: Ticket, at: datetime, event: Event) -> Changes:
    """The customer has heard from an engineer: what was promised is kept, the next update is due anew."""
    promise = ticket.promise if ticket.promise and ticket.promise.made_at > at else None
    changes = _unacknowledged(ticket, ClockName.NEXT_UPDATE)
    latest = at if ticket.updated_at is None else max(at, ticket.updated_at)
    if ticket.asked_at is None and _asks_whether_it_works(ticket, event):
        changes["asked_at"] = at
    return {**changes, "updated_at": latest, "promise": promise, "answer": event.data.get("inbox")}


def _asks_whether_it_works(ticket: Ticket, event: Event) -> bool:
    """Whether these words are the question after 解决, or a call since then."""
    if ticket.work is not Work.RESOLVED:
        return False
    return event.data.get("how") == "call" or event.data.get("inbox") == ticket.resolution


def _responded(ticket: Ticket, event: Event) -> Changes:
    at = _at(event)
    first = at if ticket.responded_at is None else min(at, ticket.responded_at)
    return {**_heard(ticket, at, event), "responded_at": first}


def _assigned(_: Ticket, event: Event) -> Changes:
    return {"assignee": (event.data["contact"], event.data["name"]), "assigned_at": event.at}


def _acted(ticket: Ticket, at: datetime) -> Changes:
    """Record the first action since a time of action was agreed."""
    agreed = ticket.agreed_time(ClockName.AGREED)
    is_first = ticket.acted_at is None or agreed is None
    return {"acted_at": at} if is_first else {}


def _arrived(ticket: Ticket, event: Event) -> Changes:
    return {"arrived_at": _at(event), **_acted(ticket, _at(event))}


def _resolved(ticket: Ticket, event: Event) -> Changes:
    asked = {"resolution": event.data.get("inbox"), "asked_at": None}
    asked |= _unacknowledged(ticket, ClockName.NEXT_UPDATE)
    return {"resolved_at": event.at, **asked, "pause_asked": None, **_acted(ticket, event.at)}


def _offered(ticket: Ticket, event: Event) -> Changes:
    clock = ClockName(event.data["clock"])
    offer = Offer(clock, datetime.fromisoformat(event.data["until"]), event.actor.name)
    return {"offers": (*(o for o in ticket.offers if o.clock is not clock), offer)}


def _agreed(ticket: Ticket, event: Event) -> Changes:
    data = event.data
    clock = ClockName(data["clock"])
    agreed = AgreedTime(
        clock=clock,
        until=datetime.fromisoformat(data["until"]),
        agreed_at=datetime.fromisoformat(data["agreed_at"]),
        held=Priority(data["held"]),
        who=data["who"],
        how=data["how"],
        due_before=datetime.fromisoformat(data["due_before"]) if data["due_before"] else None,
        recorded_by=data.get("recorded_by"),
    )
    changes: Changes = {
        **_unacknowledged(ticket, clock),
        "offers": tuple(o for o in ticket.offers if o.clock is not clock),
        "agreed": (*(time for time in ticket.agreed if time.clock is not clock), agreed),
    }
    return {**changes, "acted_at": None} if clock is ClockName.AGREED else changes


def _time_refused(ticket: Ticket, event: Event) -> Changes:
    clock = ClockName(event.data["clock"])
    offers = tuple(offer for offer in ticket.offers if offer.clock is not clock)
    if len(offers) < len(ticket.offers):
        return {"offers": offers}
    agreed = tuple(time for time in ticket.agreed if time.clock is not clock)
    return {"agreed": agreed, **_unacknowledged(ticket, clock)}


def _promised(ticket: Ticket, event: Event) -> Changes:
    promise = Promise(event.at, datetime.fromisoformat(event.data["until"]))
    return {"promise": promise, **_unacknowledged(ticket, ClockName.NEXT_UPDATE)}


def _acknowledged(ticket: Ticket, event: Event) -> Changes:
    return {"acknowledged": {**ticket.acknowledged, ClockName(event.data["clock"]): event.at}}


def _paused(ticket: Ticket, event: Event) -> Changes:
    pause = Pause(event.at, None, ticket.pause_asked or "")
    changes = _unacknowledged(ticket, ClockName.PAUSE)
    return {**changes, "pauses": (*ticket.pauses, pause), "pause_asked": None}


def _ended_pause(ticket: Ticket, event: Event) -> Changes:
    if ticket.pause is None:
        return {}
    return {"pauses": (*ticket.pauses[:-1], replace(ticket.pause, until=event.at))}


def _absorbed(ticket: Ticket, event: Event) -> Changes:
    """The earliest report's clock and the stricter priority hold, with how that priority came about."""
    data = event.data
    changes: Changes = {
        "reported_at": min(ticket.reported_at, datetime.fromisoformat(data["reported_at"])),
        "clock_from": min(ticket.clock_from, datetime.fromisoformat(data["clock_from"])),
    }
    changes["missed"] = (*ticket.missed, *_missed(data))
    if ticket.promise is None and data["promised"]:
        changes["promise"] = Promise(event.at, datetime.fromisoformat(data["promised"]))
    other = Agreement.from_dict(data["agreement"])
    if other.held < ticket.held:
        changes |= _judged(ticket, other)
        changes |= {name: data[name] for name in ("certain", "rule", "clause", "vendor_view_by")}
        at = data["vendor_view_at"]
        changes |= {
            "words": tuple(data["words"]),
            "vendor_view_at": datetime.fromisoformat(at) if at else None,
        }
    return changes


def _judged_anew(ticket: Ticket) -> Changes:
    """What was found to be no fault is one after all: nobody has judged that yet (contract 2.1).

    The proposal holds again; where that too said no fault it is in doubt, which holds as priority 1.
    """
    if ticket.held is not Priority.NOT_A_FAULT:
        return {}
    proposed = ticket.agreement.proposed
    certain = ticket.certain and proposed is not Priority.NOT_A_FAULT
    agreement = Agreement.open(proposed, certain=certain)
    return {
        "agreement": agreement,
        "certain": certain,
        "vendor_view_by": None,
        "vendor_view_at": None,
    }


def _reopened(ticket: Ticket, event: Event) -> Changes:
    """Support must answer anew; what was agreed about the earlier work is over."""
    over = (
        "responded_at",
        "remote_failed_at",
        "arrived_at",
        "acted_at",
        "updated_at",
        "answer",
        "promise",
        "pause_asked",
        "resolved_at",
        "resolution",
        "asked_at",
        "closed_at",
        "stars",
    )
    return {
        "clock_from": event.at,
        "offers": (),
        "agreed": (),
        "pauses": (),
        "acknowledged": {},
        **dict.fromkeys(over),
        **({"contract": _contract(event.data)} if "contract" in event.data else {}),
        "missed": _missed(event.data),
        **_judged_anew(ticket),
    }


def _missed(data: Mapping[str, Any]) -> tuple[Late, ...]:
    return tuple(Late.from_dict(late) for late in data.get("missed", ()))


_HANDLERS: Mapping[Kind, Callable[[Ticket, Event], Changes]] = {
    Kind.PROPOSED: _proposed,
    Kind.VIEW: _viewed,
    Kind.BOUND: lambda _, event: {"contract": _contract(event.data)},
    Kind.URGED: lambda ticket, _: {"urged": ticket.urged + 1},
    Kind.ASSIGNED: _assigned,
    Kind.RESPONDED: _responded,
    Kind.WORKAROUND: lambda ticket, event: _acted(ticket, event.at),
    Kind.REMOTE_FAILED: lambda _, event: {"remote_failed_at": event.at},
    Kind.ARRIVED: _arrived,
    Kind.ACTED: lambda ticket, event: _acted(ticket, _at(event)),
    Kind.TIME_OFFERED: _offered,
    Kind.TIME_AGREED: _agreed,
    Kind.TIME_REFUSED: _time_refused,
    Kind.UPDATE_PROMISED: _promised,
    Kind.UPDATED: lambda ticket, event: _heard(ticket, _at(event), event),
    Kind.ACKNOWLEDGED: _acknowledged,
    Kind.PAUSE_ASKED: lambda _, event: {"pause_asked": event.data["reason"]},
    Kind.PAUSED: _paused,
    Kind.PAUSE_REFUSED: lambda _, __: {"pause_asked": None},
    Kind.RESUMED: _ended_pause,
    Kind.MERGED: lambda _, event: {"merged_into": event.data["into"], "closed_at": event.at},
    Kind.ABSORBED: _absorbed,
    Kind.RESOLVED: _resolved,
    Kind.CLOSED: lambda _, event: {"closed_at": event.at},
    Kind.WITHDRAWN: lambda _, event: {"closed_at": event.at},
    Kind.REOPENED: _reopened,
    Kind.RATED: lambda _, event: {"stars": event.data["stars"]},
}

"""What events make of times that were agreed or promised, of alarms that were seen, and of pauses.

Each function returns the fields of the ticket that its kind of event changes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.desk.arrangements import AgreedTime, Offer, Promise
from bot.desk.events import Event
from bot.desk.fold_base import Changes, unacknowledged
from bot.desk.pauses import Pause
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import Ticket


def offered(ticket: Ticket, event: Event) -> Changes:
    clock = ClockName(event.data["clock"])
    offer = Offer(clock, datetime.fromisoformat(event.data["until"]), event.actor.name)
    return {"offers": (*(o for o in ticket.offers if o.clock is not clock), offer)}


def agreed(ticket: Ticket, event: Event) -> Changes:
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
        replaced=_unkept(ticket, clock),
    )
    changes: Changes = {
        **unacknowledged(ticket, clock),
        "offers": tuple(o for o in ticket.offers if o.clock is not clock),
        "agreed": (*(time for time in ticket.agreed if time.clock is not clock), agreed),
    }
    return {**changes, "acted_at": None} if clock is ClockName.AGREED else changes


def time_refused(ticket: Ticket, event: Event) -> Changes:
    """What was proposed falls; what staff had recorded never held, so that what it replaced holds again."""
    clock = ClockName(event.data["clock"])
    changes: Changes = {"refused_at": {**ticket.refused_at, clock: event.at}}
    offers = tuple(offer for offer in ticket.offers if offer.clock is not clock)
    if len(offers) < len(ticket.offers):
        return {**changes, "offers": offers}
    refused = ticket.agreed_time(clock)
    restored = refused.replaced if refused and event.data.get("restores") else None
    others = tuple(time for time in ticket.agreed if time.clock is not clock)
    agreed = (*others, restored) if restored else others
    return {**changes, "agreed": agreed, **unacknowledged(ticket, clock)}


def _unkept(ticket: Ticket, clock: ClockName) -> AgreedTime | None:
    """Return the time that a new one replaces; a time of action that was kept is over."""
    is_kept = clock is ClockName.AGREED and ticket.acted_at is not None
    return None if is_kept else ticket.agreed_time(clock)


def promised(ticket: Ticket, event: Event) -> Changes:
    promise = Promise(event.at, datetime.fromisoformat(event.data["until"]))
    return {"promise": promise, **unacknowledged(ticket, ClockName.NEXT_UPDATE)}


def acknowledged(ticket: Ticket, event: Event) -> Changes:
    return {"acknowledged": {**ticket.acknowledged, ClockName(event.data["clock"]): event.at}}


def paused(ticket: Ticket, event: Event) -> Changes:
    pause = Pause(event.at, None, ticket.pause_asked or "")
    changes = unacknowledged(ticket, ClockName.PAUSE)
    return {**changes, "pauses": (*ticket.pauses, pause), "pause_asked": None}


def ended_pause(ticket: Ticket, event: Event) -> Changes:
    if ticket.pause is None:
        return {}
    return {"pauses": (*ticket.pauses[:-1], replace(ticket.pause, until=event.at))}

"""What events make of the work: who has it, what the customer heard, what was done, a new start.

Each function returns the fields of the ticket that its kind of event changes.
"""

from __future__ import annotations

from datetime import datetime

from bot.desk.events import Event
from bot.desk.fold_base import Changes, contract, missed, unacknowledged
from bot.desk.fold_priority import judged_anew
from bot.desk.sla import ClockName
from bot.desk.ticket import Ticket, Work


def instant(event: Event) -> datetime:
    return datetime.fromisoformat(event.data["at"])


def heard(ticket: Ticket, at: datetime, event: Event) -> Changes:
    """The customer has heard from an engineer: what was promised is kept, the next update is due anew."""
    promise = ticket.promise if ticket.promise and ticket.promise.made_at > at else None
    changes = unacknowledged(ticket, ClockName.NEXT_UPDATE)
    latest = at if ticket.updated_at is None else max(at, ticket.updated_at)
    if ticket.asked_at is None and asks_whether_it_works(ticket, event):
        changes["asked_at"] = at
    changes["is_urged"] = False
    return {**changes, "updated_at": latest, "promise": promise, "answer": event.data.get("inbox")}


def urged(ticket: Ticket, _: Event) -> Changes:
    """Who urges is heard anew, whatever was acknowledged, until an engineer has answered."""
    return {"urged": ticket.urged + 1, "is_urged": True, "acknowledged": {}}


def asks_whether_it_works(ticket: Ticket, event: Event) -> bool:
    """Whether these words are the question after 解决, or a call since then."""
    if ticket.work is not Work.RESOLVED:
        return False
    return event.data.get("how") == "call" or event.data.get("inbox") == ticket.resolution


def responded(ticket: Ticket, event: Event) -> Changes:
    at = instant(event)
    first = at if ticket.responded_at is None else min(at, ticket.responded_at)
    offers = tuple(offer for offer in ticket.offers if offer.clock is not ClockName.RESPONSE)
    return {**heard(ticket, at, event), "responded_at": first, "offers": offers}  # no time for it is needed


def assigned(_: Ticket, event: Event) -> Changes:
    return {"assignee": (event.data["contact"], event.data["name"]), "assigned_at": event.at}


def acted(ticket: Ticket, at: datetime) -> Changes:
    """Record the first action since a time of action was agreed."""
    agreed = ticket.agreed_time(ClockName.AGREED)
    is_first = ticket.acted_at is None or agreed is None
    return {"acted_at": at} if is_first else {}


def arrived(ticket: Ticket, event: Event) -> Changes:
    offers = tuple(offer for offer in ticket.offers if offer.clock is not ClockName.ONSITE)
    return {"arrived_at": instant(event), "offers": offers, **acted(ticket, instant(event))}


def resolved(ticket: Ticket, event: Event) -> Changes:
    asked = {"resolution": event.data.get("inbox"), "asked_at": None}
    asked |= unacknowledged(ticket, ClockName.NEXT_UPDATE)
    return {"resolved_at": event.at, **asked, "pause_asked": None, **acted(ticket, event.at)}


def reopened(ticket: Ticket, event: Event) -> Changes:
    """Support must answer anew; what was agreed about the earlier work is over.

    What was never answered goes on by its clock, with what was agreed about that.
    """
    kept: Changes = {}
    if event.data.get("unanswered"):
        agreed = tuple(time for time in ticket.agreed if time.clock is ClockName.RESPONSE)
        kept = {"clock_from": ticket.clock_from, "agreed": agreed, "pauses": ticket.pauses}
    over = (
        "responded_at",
        "raised_at",
        "unjudged_since",
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
        "recovered_at",
        "stars",
    )
    return {
        "clock_from": event.at,
        "reopened_at": event.at,
        "offers": (),
        "agreed": (),
        "pauses": (),
        "acknowledged": {},
        **dict.fromkeys(over),
        **({"contract": contract(event.data)} if "contract" in event.data else {}),
        "missed": missed(event.data),
        **judged_anew(ticket),
        **kept,
    }

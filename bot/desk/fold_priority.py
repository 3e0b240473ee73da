"""What events make of the priority and of how it came about (contract 2.1).

Each function returns the fields of the ticket that its kind of event changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.desk.agreement import Agreement
from bot.desk.arrangements import Consent, Promise, Recorded
from bot.desk.events import Event, Side
from bot.desk.fold_base import Changes, contract, missed, unacknowledged
from bot.desk.sla import ClockName
from bot.desk.terms import Priority
from bot.desk.ticket import Ticket


def judged(ticket: Ticket, agreement: Agreement, at: datetime) -> Changes:
    """Take what both sides' views are now; a raise starts anew what counts from it."""
    changes: Changes = {"agreement": agreement}
    is_raised = agreement.held < ticket.held
    if is_raised:
        changes |= {"raised_at": at, **unacknowledged(ticket, ClockName.CONFIRMATION, ClockName.RESPONSE)}
    if agreement.customer is None:
        changes["recorded"] = None
    if agreement.vendor is None:
        changes |= {"vendor_view_by": None, "vendor_view_at": None}
        is_void = ticket.agreement.vendor is not None
        if is_void and not is_raised:
            changes |= unacknowledged(ticket, ClockName.CONFIRMATION)
        if is_void or is_raised:
            changes["unjudged_since"] = at
    return changes


def proposed(ticket: Ticket, event: Event) -> Changes:
    data = event.data
    agreement = ticket.agreement.propose(Priority(data["priority"]))
    is_graver = agreement != replace(ticket.agreement, proposed=agreement.proposed)
    return {
        **({"customer_word_at": event.at} if is_graver else {}),
        **said(ticket, event),
        **judged(ticket, agreement, event.at),
        "certain": data["certain"],
        "rule": data["rule"],
        "clause": data["clause"],
        "words": tuple(data["words"]),
    }


def viewed(ticket: Ticket, event: Event) -> Changes:
    side = Side(event.data["side"])
    agreement = ticket.agreement.view(side, Priority(event.data["priority"]))
    changes = judged(ticket, agreement, event.at)
    if side is Side.CUSTOMER and (consent := event.data.get("consent")):
        changes["recorded"] = Recorded(Consent.from_dict(consent), event.actor.name)
    elif side is Side.CUSTOMER:
        changes["recorded"] = None
        changes |= {"customer_word_at": event.at, "said": {agreement.customer: event.at}}
    if side is Side.VENDOR:
        changes |= {"vendor_view_by": event.actor.name, "vendor_view_at": event.at}
    return changes


def said(ticket: Ticket, event: Event) -> Changes:
    """Take what the customer's words name, where they name a fault; then it has not recovered."""
    if (priority := event.data.get("priority")) is None or "inbox" not in event.data:
        return {}
    return {"said": {**ticket.said, Priority(priority): event.at}, "recovered_at": None}


def absorbed(ticket: Ticket, event: Event) -> Changes:
    """The clock that the event names and the stricter priority hold, with how that priority came about."""
    data = event.data
    changes: Changes = {
        "reported_at": min(ticket.reported_at, datetime.fromisoformat(data["reported_at"])),
        **_joined_clock(ticket, data),
    }
    if word_at := data.get("customer_word_at"):
        own = ticket.customer_word_at or ticket.reported_at
        changes["customer_word_at"] = max(own, datetime.fromisoformat(word_at))
    changes["missed"] = (*ticket.missed, *missed(data))
    changes["said"] = _latest(ticket.said, data.get("said", {}))
    changes |= _updates(ticket, event)
    other = Agreement.from_dict(data["agreement"])
    if other.held < ticket.held:
        changes |= judged(ticket, other, event.at)
        changes |= {name: data[name] for name in ("certain", "rule", "clause", "vendor_view_by")}
        at = data["vendor_view_at"]
        changes |= {
            "words": tuple(data["words"]),
            "vendor_view_at": datetime.fromisoformat(at) if at else None,
            "recorded": _recorded(data),
        }
    elif other.held == ticket.held:
        joined = ticket.agreement.joined(other)
        if joined.customer != ticket.agreement.customer:
            changes["recorded"] = _recorded(data)
        changes |= judged(ticket, joined, event.at)
    return changes


def _recorded(data: Mapping[str, Any]) -> Recorded | None:
    """Return by what record the other ticket's customer judged it; older events do not say."""
    recorded = data.get("recorded")
    return Recorded.from_dict(recorded) if recorded else None


def _latest(own: Mapping[Priority, datetime], other: Mapping[str, str]) -> Mapping[Priority, datetime]:
    theirs = {Priority(int(name)): datetime.fromisoformat(at) for name, at in other.items()}
    return {one: max(at for said in (own, theirs) if (at := said.get(one))) for one in {*own, *theirs}}


def _updates(ticket: Ticket, event: Event) -> Changes:
    """Return what the customer was promised, and since when they wait for word: of both what is due first.

    Older events do not say when the customer last heard: then the ticket's own holds.
    """
    changes: Changes = {}
    data, own = event.data, ticket.promise
    if data["promised"]:
        until = datetime.fromisoformat(data["promised"])
        made_at = datetime.fromisoformat(data.get("promised_at") or event.at.isoformat())
        if own is None or ("updated_at" in data and until < own.until):
            changes["promise"] = Promise(min(made_at, until), until)  # a promise may be overdue by now
            changes |= unacknowledged(ticket, ClockName.NEXT_UPDATE)
    if (heard_at := data.get("updated_at")) and ticket.updated_at is not None:
        changes["updated_at"] = min(ticket.updated_at, datetime.fromisoformat(heard_at))
    return changes


def _joined_clock(ticket: Ticket, data: Mapping[str, Any]) -> Changes:
    """Return where the joined clock starts and by which contract; older events name only the other start."""
    if clock := data.get("clock"):
        return {"clock_from": datetime.fromisoformat(clock["from"]), "contract": contract(clock)}
    return {"clock_from": min(ticket.clock_from, datetime.fromisoformat(data["clock_from"]))}


def judged_anew(ticket: Ticket) -> Changes:
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
        "recorded": None,
        "vendor_view_by": None,
        "vendor_view_at": None,
    }

"""A ticket: what its events make of it, and which event is possible when.

`apply` folds events, `check` refuses what the table below does not allow. Nothing else changes a ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.desk.agreement import Agreement, Standing
from bot.desk.events import Actor, Event, Kind, Side
from bot.desk.terms import Priority
from bot.errors import Refused


class Work(StrEnum):
    """How far the work on a ticket is; values are stored. How far its priority is: `Agreement.standing`."""

    OPEN = "open"
    RESPONDED = "responded"
    WORKAROUND = "workaround"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LIVE = frozenset({Work.OPEN, Work.RESPONDED, Work.WORKAROUND})
FINAL = frozenset({Work.CLOSED, Work.WITHDRAWN})


def _stay(*states: Work) -> Mapping[Work, Work]:
    return {state: state for state in states}


def _to(target: Work, *states: Work) -> Mapping[Work, Work]:
    return dict.fromkeys(states, target)


_ANY = _stay(*Work)
_LIVE = _stay(*LIVE)
_LIVE_OR_RESOLVED = _stay(*LIVE, Work.RESOLVED)

# The table of states and transitions: event kind → {state before: state after}. What is absent is refused.
TRANSITIONS: Mapping[Kind, Mapping[Work, Work]] = {
    Kind.DETAIL: _LIVE_OR_RESOLVED,
    Kind.JOINED: _LIVE,
    Kind.PROPOSED: _LIVE,
    Kind.VIEW: _LIVE_OR_RESOLVED,
    Kind.BOUND: _ANY,
    Kind.ASKED: _LIVE,
    Kind.URGED: _LIVE,
    Kind.ASSIGNED: _LIVE_OR_RESOLVED,
    Kind.REPLIED: _LIVE_OR_RESOLVED,
    Kind.RESPONDED: {Work.OPEN: Work.RESPONDED, **_stay(Work.RESPONDED, Work.WORKAROUND, Work.RESOLVED)},
    Kind.WORKAROUND: _to(Work.WORKAROUND, *LIVE),
    Kind.RESOLVED: _to(Work.RESOLVED, *LIVE),
    Kind.RECOVERED: _LIVE_OR_RESOLVED,
    Kind.CLOSED: _to(Work.CLOSED, *LIVE, Work.RESOLVED),
    Kind.REOPENED: _to(Work.OPEN, Work.RESOLVED, Work.CLOSED),
    Kind.WITHDRAWN: _to(Work.WITHDRAWN, *LIVE),
    Kind.RATED: _stay(Work.CLOSED),
    Kind.UNDELIVERED: _ANY,
}

# What the kinds are called in the chats; used to say what is possible instead.
ACTION_NAMES: Mapping[Kind, str] = {
    Kind.DETAIL: "补充",
    Kind.VIEW: "确认或改优先级",
    Kind.URGED: "催单",
    Kind.ASSIGNED: "认领",
    Kind.REPLIED: "回复",
    Kind.RESPONDED: "响应",
    Kind.WORKAROUND: "旁路办法",
    Kind.RESOLVED: "解决",
    Kind.CLOSED: "关闭",
    Kind.REOPENED: "重开",
    Kind.WITHDRAWN: "撤销",
    Kind.RATED: "评分",
}
STATE_NAMES: Mapping[Work, str] = {
    Work.OPEN: "待响应",
    Work.RESPONDED: "处理中",
    Work.WORKAROUND: "已给旁路办法",
    Work.RESOLVED: "待客户确认恢复",
    Work.CLOSED: "已关闭",
    Work.WITHDRAWN: "已撤销",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """The state of one ticket after its first ``revision`` events.

    Attributes:
        reported_at: the earlier of the platform's timestamp and our receipt of the first report.
        clock_from: where the response clock starts: the report, or the reopening after it.
        contract: number and version of the contract that it was opened under; None: reporter not bound.
        responded_at: an engineer's first answer that reached the customer, since ``clock_from``.
    """

    id: int
    revision: int
    work: Work
    agreement: Agreement
    certain: bool
    rule: str
    clause: str | None
    words: tuple[str, ...]
    knowledge_version: str
    contract: tuple[str, int] | None
    reported_at: datetime
    clock_from: datetime
    assignee: tuple[int, str] | None = None
    vendor_view_by: str | None = None
    vendor_view_at: datetime | None = None
    responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    stars: int | None = None
    urged: int = 0

    @property
    def held(self) -> Priority:
        """The priority by which the clock runs now."""
        return self.agreement.held

    @property
    def is_open_to_response(self) -> bool:
        """Whether a first answer can still be recorded."""
        return self.work in TRANSITIONS[Kind.RESPONDED]

    @property
    def is_live(self) -> bool:
        """Whether support still has work to do."""
        return self.work in LIVE


def check(ticket: Ticket, kind: Kind, actor: Actor) -> None:
    """Raise `Refused`, saying what is possible instead, if ``kind`` may not happen to ``ticket`` now."""
    if ticket.work not in TRANSITIONS[kind] or not _actor_may(ticket, kind, actor):
        name = ACTION_NAMES.get(kind, kind.value)
        options = [n for k, n in ACTION_NAMES.items() if _possible(ticket, k, actor)]
        instead = f"现在可以：{'、'.join(options)}。" if options else "没有可做的操作。"
        raise Refused(f"工单T{ticket.id}{STATE_NAMES[ticket.work]}，不能{name}。{instead}")


def _possible(ticket: Ticket, kind: Kind, actor: Actor) -> bool:
    return ticket.work in TRANSITIONS[kind] and _actor_may(ticket, kind, actor)


_STAFF_ONLY = frozenset(
    {Kind.ASSIGNED, Kind.REPLIED, Kind.RESPONDED, Kind.WORKAROUND, Kind.RESOLVED, Kind.ASKED}
)
_CUSTOMER_ONLY = frozenset({Kind.WITHDRAWN, Kind.RATED, Kind.URGED, Kind.RECOVERED})


def _actor_may(ticket: Ticket, kind: Kind, actor: Actor) -> bool:
    if actor.side is Side.CUSTOMER:
        return kind not in _STAFF_ONLY
    if kind is Kind.CLOSED and actor.side is Side.VENDOR:
        # What is not resolved is closed by the customer, or when both say that it is no fault.
        not_a_fault = ticket.agreement.standing is Standing.AGREED and ticket.held is Priority.NOT_A_FAULT
        return ticket.work is Work.RESOLVED or not_a_fault
    return kind not in _CUSTOMER_ONLY or actor.side is Side.BOT


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
    )


def apply(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket after ``event``; pure, and the same whenever it is replayed."""
    after = replace(ticket, revision=ticket.revision + 1, work=TRANSITIONS[event.kind][ticket.work])
    handler = _HANDLERS.get(event.kind)
    return replace(after, **handler(ticket, event)) if handler else after


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


def _proposed(ticket: Ticket, event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "agreement": ticket.agreement.propose(Priority(data["priority"])),
        "certain": data["certain"],
        "rule": data["rule"],
        "clause": data["clause"],
        "words": tuple(data["words"]),
    }


def _viewed(ticket: Ticket, event: Event) -> dict[str, Any]:
    side = Side(event.data["side"])
    changes: dict[str, Any] = {"agreement": ticket.agreement.view(side, Priority(event.data["priority"]))}
    if side is Side.VENDOR:
        changes |= {"vendor_view_by": event.actor.name, "vendor_view_at": event.at}
    return changes


def _responded(ticket: Ticket, event: Event) -> dict[str, Any]:
    at = datetime.fromisoformat(event.data["at"])
    return {"responded_at": at if ticket.responded_at is None else min(at, ticket.responded_at)}


def _reopened(_: Ticket, event: Event) -> dict[str, Any]:
    return {
        "clock_from": event.at,
        "responded_at": None,
        "resolved_at": None,
        "closed_at": None,
        "stars": None,
    }


_HANDLERS: Mapping[Kind, Any] = {
    Kind.PROPOSED: _proposed,
    Kind.VIEW: _viewed,
    Kind.BOUND: lambda _, event: {"contract": _contract(event.data)},
    Kind.URGED: lambda ticket, _: {"urged": ticket.urged + 1},
    Kind.ASSIGNED: lambda _, event: {"assignee": (event.data["contact"], event.data["name"])},
    Kind.RESPONDED: _responded,
    Kind.RESOLVED: lambda _, event: {"resolved_at": event.at},
    Kind.CLOSED: lambda _, event: {"closed_at": event.at},
    Kind.WITHDRAWN: lambda _, event: {"closed_at": event.at},
    Kind.REOPENED: _reopened,
    Kind.RATED: lambda _, event: {"stars": event.data["stars"]},
}

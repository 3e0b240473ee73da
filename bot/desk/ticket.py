"""A ticket: what its events have made of it (`bot.desk.history`).

Which event is possible when: `bot.desk.transitions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.desk.agreement import Agreement
from bot.desk.arrangements import AgreedTime, Offer, Promise, Recorded
from bot.desk.late import Late
from bot.desk.pauses import Pause
from bot.desk.sla import ClockName
from bot.desk.terms import Priority


class Work(StrEnum):
    """How far the work on a ticket is; values are stored. How far its priority is: `Agreement.standing`."""

    OPEN = "open"
    RESPONDED = "responded"
    ONSITE = "onsite"  # not solvable remotely: somebody is on the way, or there
    WORKAROUND = "workaround"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


LIVE = frozenset({Work.OPEN, Work.RESPONDED, Work.ONSITE, Work.WORKAROUND})
FINAL = frozenset({Work.CLOSED, Work.WITHDRAWN, Work.MERGED})

STATE_NAMES: Mapping[Work, str] = {
    Work.OPEN: "待响应",
    Work.RESPONDED: "处理中",
    Work.ONSITE: "转现场处理",
    Work.WORKAROUND: "已给旁路办法",
    Work.RESOLVED: "待客户确认恢复",
    Work.CLOSED: "已关闭",
    Work.WITHDRAWN: "已撤销",
    Work.MERGED: "已合并",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """The state of one ticket after its first ``revision`` events.

    Attributes:
        reported_at: the earlier of the platform's timestamp and our receipt of the first report.
        clock_from: where the response clock starts: the report, or the reopening after it.
        contract: number and version of the contract that it was opened under; None: reporter not bound.
        assigned_at: when ``assignee`` took it.
        responded_at: an engineer's first answer that reached the customer, since ``clock_from``.
        recorded: how the customer's view came about where staff recorded it, else None.
        raised_at: when its priority was last raised.
        unjudged_since: when a raise, or facts that made support's view void, asked them to judge anew.
        remote_failed_at: when it was declared not solvable remotely: there the on-site clock starts.
        acted_at: the first action since a time of action was agreed, or the last one.
        updated_at: when the customer last heard from an engineer, by the message ``answer`` (inbox id).
        offers, agreed: times, at most one of each clock.
        customer_word_at: when the customer, by their own hand, last judged it or reported what is graver.
        said: when they last said that it is of a priority; their judgement replaces what they reported.
        recovered_at: when they said that it works again, and nothing else since.
        refused_at: when they last refused a time for a clock.
        acknowledged: of which clock's alarms somebody has last taken notice, and when.
        pause_asked: what support waits for, while the customer has not answered.
        worked_at: when support last did something about it.
        resolution: the message by which the fault was reported as solved (inbox id).
        asked_at: when the customer was asked whether it works again: that message arrived, or by telephone.
        refers_to: the closed ticket whose fault came back.
        reopened_at: when it was last reopened.
        missed: deadlines that were missed before it was last reopened.
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
    assigned_at: datetime | None = None
    vendor_view_by: str | None = None
    vendor_view_at: datetime | None = None
    recorded: Recorded | None = None
    raised_at: datetime | None = None
    unjudged_since: datetime | None = None
    responded_at: datetime | None = None
    remote_failed_at: datetime | None = None
    arrived_at: datetime | None = None
    acted_at: datetime | None = None
    updated_at: datetime | None = None
    answer: int | None = None
    offers: tuple[Offer, ...] = ()
    agreed: tuple[AgreedTime, ...] = ()
    promise: Promise | None = None
    customer_word_at: datetime | None = None
    said: Mapping[Priority, datetime] = field(default_factory=dict, hash=False)
    recovered_at: datetime | None = None
    refused_at: Mapping[ClockName, datetime] = field(default_factory=dict, hash=False)
    acknowledged: Mapping[ClockName, datetime] = field(default_factory=dict, hash=False)
    pause_asked: str | None = None
    pauses: tuple[Pause, ...] = ()
    worked_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: int | None = None
    asked_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    merged_into: int | None = None
    refers_to: int | None = None
    missed: tuple[Late, ...] = ()
    stars: int | None = None
    urged: int = 0
    is_urged: bool = False

    @property
    def held(self) -> Priority:
        """The priority by which the clock runs now."""
        return self.agreement.held

    @property
    def is_open_to_response(self) -> bool:
        """Whether a first answer can still be recorded."""
        return self.work in LIVE or self.work is Work.RESOLVED

    @property
    def is_live(self) -> bool:
        """Whether support still has work to do."""
        return self.work in LIVE

    @property
    def pause(self) -> Pause | None:
        """The agreed pause that goes on, None while the clocks run."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None

    def agreed_time(self, clock: ClockName) -> AgreedTime | None:
        """Return the time that both sides agreed on for a clock."""
        return next((time for time in self.agreed if time.clock is clock), None)

    def offer(self, clock: ClockName) -> Offer | None:
        """Return the time for a clock that waits for the customer's answer."""
        return next((offer for offer in self.offers if offer.clock is clock), None)

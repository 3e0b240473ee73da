"""What the watch must do for a ticket, and when: computed from its state, so no timer needs cancelling.

Every open clock has steps: warnings at shares of its business time, one at the deadline, and after it up the
chain of escalation. A step belongs to one *revision* of its clock: a warning to the time that was given, so
that the end of a pause warns nobody twice; the rest to the instant of the deadline, so that a deadline that
moved rings anew. Of several steps that are overdue at once only the gravest counts; what lies below one that
rang is past.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType as Frozen

from bot.desk import tables
from bot.desk.calendar import AroundTheClock, DailyHours, ServiceHours, Workdays, due, elapsed, next_opening
from bot.desk.case import Case
from bot.desk.clocks import ClockState, clocks
from bot.desk.roster import Member
from bot.desk.sla import ClockName, Deadline, percent_instants
from bot.desk.terms import Priority, Role
from bot.desk.ticket import Work
from bot.errors import UnknownYear

DEADLINE = 100  # the rank of the step at the deadline; warnings have the share in percent, the chain more


class Target(StrEnum):
    """Whom a step calls; the chain of escalation in its order."""

    ASSIGNEE = "assignee"
    ON_CALL = "on_call"
    LEAD = "lead"
    MANAGER = "manager"


CHAIN = tuple(Target)  # in its order
LAST = DEADLINE + len(CHAIN) - 1  # the manager's rank; repetitions count on from it


@dataclass(frozen=True, slots=True)
class Chain:
    """How fast an overdue clock climbs.

    Attributes:
        after: from the deadline to the step of each `Target`, in the order of `CHAIN`, never falling.
        repeat: after the last step it calls the manager again so often; None: it does not.
    """

    after: tuple[timedelta, ...]
    repeat: timedelta | None = None

    @classmethod
    def of_minutes(cls, after: tuple[int, ...], repeat: int | None = None) -> Chain:
        """Return the chain whose times are given in minutes."""
        return cls(tuple(timedelta(minutes=m) for m in after), timedelta(minutes=repeat) if repeat else None)


_GRAVE = Chain.of_minutes((0, 10, 20, 30), 30)
_UNTAKEN = tables.UNTAKEN_ALARM_MINUTES
_AT_ONCE = Chain.of_minutes((0, _UNTAKEN, 2 * _UNTAKEN, 3 * _UNTAKEN), 3 * _UNTAKEN)
_OFFICE = DailyHours(time(9), time(18))
_LESSER = Chain.of_minutes((0, 30, 60, 120), 240)


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """Our own times (nothing of them is in the contract).

    Attributes:
        silence: after a fault was reported as solved, the customer's silence for so long closes the ticket.
        percents: shares of a clock's business time at which it warns.
        least_gap: a warning that would follow the one before, or the start, sooner than this is left out.
        chains: by priority; what is no fault climbs like priority 2.
        at_once: of a clock without duration (diamond level), whatever the priority; no setting.
        office: outside these hours warnings of lesser faults are held back.
        outage_reports: so many reports of priority 1 ...
        outage_window: ... within this time are suspected to be one outage.
        outage_ring: alarms of the same gravity from one outage ring at most so often.
        outage_update: its card changes at most so often.
    """

    silence: timedelta = timedelta(hours=24)
    percents: tuple[int, ...] = (50, 75, 90)
    least_gap: timedelta = timedelta(minutes=5)
    chains: Mapping[Priority, Chain] = field(
        default_factory=lambda: Frozen({Priority.ONE: _GRAVE, Priority.TWO: _LESSER}), hash=False
    )
    at_once: Chain = _AT_ONCE
    office: ServiceHours = _OFFICE
    outage_reports: int = 5
    outage_window: timedelta = timedelta(minutes=5)
    outage_ring: timedelta = timedelta(minutes=10)
    outage_update: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Step:
    """One alarm of one clock.

    Attributes:
        revision: what it belongs to: start plus minutes of a warning's clock, else the instant from which the
            chain climbs, which is the deadline.
        rank: the share of the time in percent, `DEADLINE` at the deadline, more up the chain: the graver, the
            higher.
        at: when it rings.
        target: whom it calls.
        deadline: what it is about.
        also: whom the steps that it stands for would have called.
    """

    clock: ClockName
    revision: datetime
    rank: int
    at: datetime
    target: Target
    deadline: Deadline
    also: tuple[Target, ...] = ()

    @property
    def is_warning(self) -> bool:
        """Whether there is still time."""
        return self.rank < DEADLINE

    @property
    def is_at_once(self) -> bool:
        """Whether the clock has no duration: what it waits for is due as soon as it starts."""
        return self.deadline.duration_minutes is None


Fired = Collection[tuple[str, datetime, int]]
"""What rang for a ticket: the clock's name, revision and rank of each step."""


def due_steps(
    case: Case, fired: Fired, now: datetime, policy: WatchPolicy, workdays: Workdays
) -> tuple[Step, ...]:
    """Return what must ring at ``now``: the gravest step that is due of each clock, the gravest first."""
    found = [step for ladder in _ladders(case, fired, policy, workdays) if (step := ladder.due_at(now))]
    return tuple(sorted(found, key=lambda step: (-step.rank, step.at)))


def next_alarm(case: Case, fired: Fired, policy: WatchPolicy, workdays: Workdays) -> datetime | None:
    """Return the earliest instant at which something must happen to the ticket, None if nothing must."""
    if case.ticket.work is Work.RESOLVED and case.ticket.asked_at is not None:
        return case.ticket.asked_at + policy.silence
    ladders = _ladders(case, fired, policy, workdays)
    return min((at for ladder in ladders if (at := ladder.next_at()) is not None), default=None)


def _ladders(case: Case, fired: Fired, policy: WatchPolicy, workdays: Workdays) -> list[_Ladder]:
    waiting = [
        state
        for state in clocks(case, _NeverSilent(workdays))
        if state.is_open and state.acknowledged_at is None
    ]
    return [_ladder(state, case, fired, policy, is_only=len(waiting) == 1) for state in waiting]


def _ladder(state: ClockState, case: Case, fired: Fired, policy: WatchPolicy, *, is_only: bool) -> _Ladder:
    since = _climbs_from(state, case)
    return _Ladder(state, case, since, _rang(state, since, fired), policy, is_only)


def _climbs_from(state: ClockState, case: Case) -> datetime:
    """Return the instant from which an overdue clock climbs: its deadline.

    Who takes what is due at once has the time of its chain anew, and is called first if they do no more.
    """
    ticket, until = case.ticket, state.deadline.due
    is_at_once = state.deadline.duration_minutes is None
    if not is_at_once or ticket.assigned_at is None or ticket.assigned_at < ticket.clock_from:
        return until
    return max(until, ticket.assigned_at)


def _given(state: ClockState) -> datetime:
    """Return what a clock's warnings belong to; neither a pause nor another calendar changes it."""
    return state.deadline.started_at + timedelta(minutes=state.deadline.duration_minutes or 0)


def _rang(state: ClockState, since: datetime, fired: Fired) -> int:
    """Return the highest rank that rang for this clock as it stands, 0 if none did."""
    given = _given(state)
    ranks = (
        rank
        for clock, revision, rank in fired
        if clock == state.name and revision == (given if rank < DEADLINE else since)
    )
    return max(ranks, default=0)


@dataclass(frozen=True, slots=True)
class _Ladder:
    """The steps of one clock; those up to the rank ``below`` are past. ``since``: from where it climbs."""

    state: ClockState
    case: Case
    since: datetime
    below: int
    policy: WatchPolicy
    is_only: bool

    def due_at(self, now: datetime) -> Step | None:
        reached = [step for step in self._steps() if step.at <= now]
        if self._repeat and (times := self._repeated_by(now)):
            reached.append(self._repetition(times))
        if not reached:
            return None
        gravest = max(reached, key=lambda step: step.rank)
        called = dict.fromkeys(step.target for step in reached if step.target is not gravest.target)
        return replace(gravest, also=tuple(called))

    def next_at(self) -> datetime | None:
        coming = [step.at for step in self._steps()]
        if not coming and self._repeat:
            coming = [self._repetition(max(self.below - LAST, 0) + 1).at]
        return min(coming, default=None)

    def _steps(self) -> Iterator[Step]:
        for rank, at, target in (*self._warnings(), *self._chain()):
            if rank > self.below:
                yield self._step(rank, at, target)

    def _warnings(self) -> Iterator[tuple[int, datetime, Target]]:
        percents = self.policy.percents
        instants = percent_instants(self.state.deadline, self.state.hours, percents)
        latest = self.state.deadline.started_at
        for percent, at in zip(percents, instants, strict=False):
            if at - latest < self.policy.least_gap:
                continue
            latest = at
            rings_at = at if self._is_grave else next_opening(at, self.policy.office)
            if rings_at < self.state.deadline.due:
                yield percent, rings_at, Target.ASSIGNEE

    def _chain(self) -> Iterator[tuple[int, datetime, Target]]:
        was_taken = self.since > self.state.deadline.due
        for number, target in enumerate(CHAIN):
            if was_taken and not number:
                continue  # that is what this step asked for
            whom = Target.ASSIGNEE if was_taken and target is Target.ON_CALL else target
            yield DEADLINE + number, self._after(self._speed.after[number]), whom

    def _after(self, span: timedelta) -> datetime:
        return due(self.since, span, self._climbing_hours)[0] if span else self.since

    def _step(self, rank: int, at: datetime, target: Target) -> Step:
        revision = _given(self.state) if rank < DEADLINE else self.since
        return Step(ClockName(self.state.name), revision, rank, at, target, self.state.deadline)

    def _repetition(self, times: int) -> Step:
        assert self._repeat is not None  # noqa: S101 - asked only where it repeats
        at = self._after(self._speed.after[-1] + self._repeat * times)
        return self._step(LAST + times, at, Target.MANAGER)

    def _repeated_by(self, now: datetime) -> int:
        """Return how often the last step must have been repeated by ``now``; 0: nothing new."""
        assert self._repeat is not None  # noqa: S101 - asked only where it repeats
        over = elapsed(self.since, now, self._climbing_hours) - self._speed.after[-1]
        times = over // self._repeat
        return times if LAST + times > max(self.below, LAST) else 0

    @property
    def _repeat(self) -> timedelta | None:
        # A ticket whose response is awaited rings for that; the confirmation's chain ends with the manager.
        is_doubled = self.state.name == ClockName.CONFIRMATION and not self.is_only
        return None if is_doubled else self._speed.repeat

    @property
    def _is_grave(self) -> bool:
        return self.case.ticket.held is Priority.ONE or self._is_at_once

    @property
    def _is_at_once(self) -> bool:
        return self.state.deadline.duration_minutes is None

    @property
    def _speed(self) -> Chain:
        if self._is_at_once:
            return self.policy.at_once
        return self.policy.chains[min(self.case.ticket.held, Priority.TWO)]

    @property
    def _climbing_hours(self) -> ServiceHours:
        """Priority 1 climbs day and night, what is lesser in the hours of its clock."""
        return AroundTheClock() if self._is_grave else self.state.hours


def called(
    target: Target, case: Case, on_call: Collection[str], members: Sequence[Member]
) -> tuple[Member, ...]:
    """Return the members of staff whom a step calls; nobody: it calls the whole staff chat.

    Where a role has nobody the next one up is called, above the manager the administrator.
    """
    if target is Target.ASSIGNEE:
        assignee = case.ticket.assignee
        own = tuple(m for m in members if assignee is not None and assignee[0] in m.contacts)
        return own or called(Target.ON_CALL, case, on_call, members)
    if target is Target.ON_CALL:
        return tuple(member for member in members if member.name in on_call)
    roles = (Role.LEAD, Role.MANAGER, Role.ADMIN) if target is Target.LEAD else (Role.MANAGER, Role.ADMIN)
    found = (tuple(member for member in members if member.role is role) for role in roles)
    return next((those for those in found if those), ())


@dataclass(frozen=True, slots=True)
class _NeverSilent:
    """A calendar that takes a day of an unknown year for worked: alarms come too early rather than never.

    Only for alarms; a deadline that anybody is told is never guessed.
    """

    workdays: Workdays

    def is_workday(self, day: date) -> bool:
        try:
            return self.workdays.is_workday(day)
        except UnknownYear:
            return True

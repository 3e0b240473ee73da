"""The steps of one clock: warnings, the deadline, and the chain of escalation after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.desk.calendar import AroundTheClock, ServiceHours, due, elapsed, next_opening
from bot.desk.case import Case
from bot.desk.clocks import ClockState
from bot.desk.sla import REMINDERS, ClockName, Deadline, percent_instants
from bot.desk.terms import Priority
from bot.desk.watch_policy import CHAIN, DEADLINE, LAST, REMINDER, Chain, Target, WatchPolicy


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


def ladder(state: ClockState, case: Case, fired: Fired, policy: WatchPolicy, *, is_only: bool) -> Ladder:
    since = _climbs_from(state, case)
    return Ladder(state, case, since, _rang(state, since, fired), policy, is_only)


@dataclass(frozen=True, slots=True)
class Ladder:
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
        if self._is_reminder or self.state.acknowledged_at is not None:
            return
        percents = self.policy.percents
        instants = percent_instants(self.state.deadline, self.state.hours, percents)
        latest = self.state.deadline.started_at
        for percent, at in zip(percents, instants, strict=False):
            if at - latest < self.policy.least_gap:
                continue
            latest = at
            rings_at = at if self._is_grave else self._held_back(at, percent)
            if rings_at < self.state.deadline.due:
                yield percent, rings_at, Target.ASSIGNEE

    def _held_back(self, at: datetime, percent: int) -> datetime:
        """Return when a warning of what is lesser rings: in the office's hours, unless the contract's
        deadline is imminent and would pass before they begin.
        """
        opening = next_opening(at, self.policy.office)
        is_imminent = self.state.deadline.in_contract and percent >= self.policy.imminent
        return at if is_imminent and opening >= self.state.deadline.due else opening

    def _chain(self) -> Iterator[tuple[int, datetime, Target]]:
        was_taken = self.since > self.state.deadline.due
        for number, (target, span) in enumerate(zip(CHAIN, self._speed.after, strict=False)):
            if was_taken and not number:
                continue  # that is what this step asked for
            whom = Target.ASSIGNEE if was_taken and target is Target.ON_CALL else target
            yield DEADLINE + number, self._calls_at(self._after(span), whom), whom

    def _after(self, span: timedelta) -> datetime:
        return due(self.since, span, self._climbing_hours)[0] if span else self.since

    def _calls_at(self, at: datetime, target: Target) -> datetime:
        """Return when somebody is called: above who is on call at night only for what is grave, or for a
        deadline of the contract that was missed.
        """
        may_be_woken = target in (Target.ASSIGNEE, Target.ON_CALL) or self.state.deadline.in_contract
        return at if self._is_grave or may_be_woken else next_opening(at, self.policy.office)

    def _step(self, rank: int, at: datetime, target: Target) -> Step:
        revision = _given(self.state) if rank < DEADLINE else self.since
        return Step(ClockName(self.state.name), revision, rank, at, target, self.state.deadline)

    def _repetition(self, times: int) -> Step:
        assert self._repeat is not None  # noqa: S101 - asked only where it repeats
        target = CHAIN[len(self._speed.after) - 1]
        at = self._calls_at(self._after(self._speed.after[-1] + self._repeat * times), target)
        return self._step(LAST + times, at, target)

    def _repeated_by(self, now: datetime) -> int:
        """Return how often the last step must have been repeated by ``now``; 0: nothing new."""
        assert self._repeat is not None  # noqa: S101 - asked only where it repeats
        over = elapsed(self.since, now, self._climbing_hours) - self._speed.after[-1]
        times = over // self._repeat
        while times > 0 and self._repetition(times).at > now:
            times -= 1  # it is held back
        return times if LAST + times > max(self.below, LAST) else 0

    @property
    def _repeat(self) -> timedelta | None:
        # A ticket whose response is awaited rings for that; the confirmation's chain ends with the manager.
        is_doubled = self.state.name == ClockName.CONFIRMATION and not self.is_only
        return None if is_doubled else self._speed.repeat

    @property
    def _is_reminder(self) -> bool:
        return self.state.name in REMINDERS

    @property
    def _is_grave(self) -> bool:
        return self.case.ticket.held is Priority.ONE or self._is_at_once

    @property
    def _is_at_once(self) -> bool:
        return self.state.deadline.duration_minutes is None

    @property
    def _speed(self) -> Chain:
        if self._is_reminder:
            return REMINDER
        if self._is_at_once:
            return self.policy.at_once
        return self.policy.chains[min(self.case.ticket.held, Priority.TWO)]

    @property
    def _climbing_hours(self) -> ServiceHours:
        """Priority 1 climbs day and night, what is lesser in the hours of its clock."""
        return AroundTheClock() if self._is_grave and not self._is_reminder else self.state.hours


def _climbs_from(state: ClockState, case: Case) -> datetime:
    """Return the instant from which an overdue clock climbs: its deadline.

    Who takes notice of it, or takes what is due at once, has the time of its chain anew, and is called first
    if they do no more.
    """
    ticket, since = case.ticket, state.deadline.due
    if state.acknowledged_at is not None:
        since = max(since, state.acknowledged_at)
    is_at_once = state.deadline.duration_minutes is None
    if not is_at_once or ticket.assigned_at is None or ticket.assigned_at < ticket.clock_from:
        return since
    return max(since, ticket.assigned_at)


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

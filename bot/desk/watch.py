"""What the watch must do for a ticket, and when: computed from its state, so no timer needs cancelling.

Every open clock has steps: warnings at shares of its business time, one at the deadline, and after it up the
chain of escalation. A step belongs to one *revision* of its clock: a warning to the time that was given, so
that the end of a pause warns nobody twice; the rest to the instant of the deadline, so that a deadline that
moved rings anew. Of several steps that are overdue at once only the gravest counts; what lies below one that
rang is past. To take notice silences no clock for good: it ends the warnings, what is overdue climbs anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk.calendar import Workdays
from bot.desk.case import Case
from bot.desk.clocks import clocks
from bot.desk.ladder import Fired, Ladder, Step, ladder
from bot.desk.roster import Member
from bot.desk.sla import REMINDERS, ClockName
from bot.desk.terms import Role
from bot.desk.ticket import Work
from bot.desk.watch_policy import Target, WatchPolicy
from bot.errors import UnknownYear

_OURS = frozenset({ClockName.CONFIRMATION, *REMINDERS})


def due_steps(
    case: Case, fired: Fired, now: datetime, policy: WatchPolicy, workdays: Workdays
) -> tuple[Step, ...]:
    """Return what must ring at ``now``: the gravest step that is due of each clock, the weightiest first.

    What is overdue goes before what still has time, what a customer waits for before our own targets, and of
    that what the contract gives before what only we have set.
    """
    found = [step for one in _ladders(case, fired, policy, workdays) if (step := one.due_at(now))]
    return tuple(sorted(found, key=_weight))


def _weight(step: Step) -> tuple[bool, bool, bool, int, datetime]:
    is_ours = not step.deadline.in_contract
    return (step.is_warning, step.clock in _OURS, is_ours, -step.rank, step.at)


def next_alarm(case: Case, fired: Fired, policy: WatchPolicy, workdays: Workdays) -> datetime | None:
    """Return the earliest instant at which something must happen to the ticket, None if nothing must."""
    if case.ticket.work is Work.RESOLVED and case.ticket.asked_at is not None:
        return case.ticket.asked_at + policy.silence
    ladders = _ladders(case, fired, policy, workdays)
    return min((at for one in ladders if (at := one.next_at()) is not None), default=None)


def _ladders(case: Case, fired: Fired, policy: WatchPolicy, workdays: Workdays) -> list[Ladder]:
    waiting = [state for state in clocks(case, _NeverSilent(workdays)) if state.is_open]
    rings_by_itself = [state for state in waiting if state.name not in REMINDERS]
    is_only = len(rings_by_itself) == 1
    return [ladder(state, case, fired, policy, is_only=is_only) for state in waiting]


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

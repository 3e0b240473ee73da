"""Rings what is due for a ticket: in the staff chats, and with the people whom the step calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import structlog

from bot.desk.case import Case
from bot.desk.ladder import Fired, Step
from bot.desk.roster import Member
from bot.desk.sla import REMINDERS, ClockName
from bot.desk.watch import called, due_steps
from bot.desk.watch_policy import DEADLINE, Target
from bot.dialogue import outages
from bot.dialogue.alarms import EVERYBODY, Tried, alarm
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

NOBODY = "nobody"
OUTAGE = "疑似共性故障"


class Watch:
    """One round of the sweep within one unit of work; who is on call is looked up once.

    Attributes:
        missed: the clock of each deadline that was found missed, for the first time.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self.missed: list[str] = []
        self._unit = unit
        self._rang: dict[int, Fired] = {}
        self._folded: dict[int, list[tuple[Case, tuple[Step, ...]]]] = {}

    def ring(self, case: Case) -> None:
        """Ring what is due for a ticket, each step once, and set when to look at it again.

        What a suspected common outage rings for is only gathered: `ring_outage` must follow.
        """
        unit = self._unit
        rang = unit.alarms.fired(case.ticket.id)
        steps = due_steps(case, rang, unit.now, unit.policy, unit.workdays)
        outage = unit.outages.holds(case) if steps else None
        if outage is not None:
            self._folded.setdefault(outage, []).append((case, steps))
            self._rang[case.ticket.id] = rang
            return
        if steps:
            self._send(case, steps)
        unit.tickets.schedule(case)
        self.missed += _missed(steps, rang)

    def gathered(self) -> dict[int, list[int]]:
        """Return the outages that must ring, with their tickets."""
        return {outage: [case.ticket.id for case, _ in found] for outage, found in self._folded.items()}

    def ring_outage(self, outage_id: int) -> None:
        """Ring once for all tickets of an outage, unless it rang as gravely for that clock lately."""
        unit, found = self._unit, self._folded[outage_id]
        loud = [
            (case, step)
            for case, step in _gravest_by_clock(found)
            if not unit.outages.rang_lately(outage_id, step.clock, step.rank)
        ]
        message = self._send_outage(outage_id, loud) if loud else None
        clocks = {step.clock for _, step in loud}
        for one, steps in found:
            for step in steps:
                unit.alarms.ring(
                    one.ticket.id,
                    step,
                    f"outage:{outage_id}",
                    OUTAGE,
                    message=message if step.clock in clocks else None,
                    outage=outage_id,
                )
            unit.tickets.schedule(one)
        self.missed += [clock for one, steps in found for clock in _missed(steps, self._rang[one.ticket.id])]

    def _send_outage(self, outage_id: int, loud: Sequence[tuple[Case, Step]]) -> int | None:
        """Say the alarm of an outage's clocks, the gravest first; return the first message of it."""
        unit, (case, gravest) = self._unit, loud[0]
        numbers = [
            one.ticket.id
            for one, steps in self._folded[outage_id]
            if any(step.clock is gravest.clock for step in steps)
        ]
        who = self._called(case, [gravest.target])
        say = outages.alarm(unit.outages.get(outage_id), loud, numbers, who, unit.now)
        everybody = self._called(case, [target for _, step in loud for target in (step.target, *step.also)])
        sent = [unit.messages.say(chat, say) for chat, _ in self._chats(everybody)]
        return sent[0] if sent else None

    def _send(self, case: Case, steps: Sequence[Step]) -> None:
        gravest = steps[0]
        message = alarm(
            case, steps, self._called(case, [gravest.target]), self._tried(case, gravest), self._unit.now
        )
        everybody = self._called(case, [target for step in steps for target in (step.target, *step.also)])
        sent = False
        for chat, name in self._chats(everybody):
            outbox_id = self._unit.messages.say(chat, message, ticket=case.ticket.id)
            for step in steps:
                self._unit.alarms.ring(case.ticket.id, step, f"chat:{chat}", name, message=outbox_id)
            sent = True
        if not sent:
            self._nobody(case, steps)

    def _chats(self, people: Sequence[Member]) -> Iterator[tuple[int, str]]:
        """Yield where an alarm goes: every staff chat, and each person's private chat if they have one."""
        owners = {chat: member.name for member in self._members for chat in member.chats}
        for chat in self._staff_chats:
            yield chat, owners.get(chat, EVERYBODY)
        for member in people:
            if member.chats and not set(member.chats) & set(self._staff_chats):
                yield member.chats[0], member.name

    def _nobody(self, case: Case, steps: Sequence[Step]) -> None:
        """There is no chat to ring in: another way, or at least the log."""
        log.error("an alarm has nobody to go to: make a staff chat", ticket=case.ticket.id)
        for step in steps:
            self._unit.alarms.ring(case.ticket.id, step, NOBODY, NOBODY)

    def _called(self, case: Case, targets: Sequence[Target]) -> list[Member]:
        found = {
            member.contacts: member
            for target in targets
            for member in called(target, case, self._on_call, self._members)
        }
        return list(found.values())

    def _tried(self, case: Case, step: Step) -> list[Tried]:
        rang = self._unit.alarms.rang(case.ticket.id, step, case.ticket.clock_from)
        return [Tried(one.at, one.name, one.lost) for one in rang]

    @cached_property
    def _staff_chats(self) -> list[int]:
        return self._unit.chats.staff()

    @cached_property
    def _members(self) -> list[Member]:
        return self._unit.alarms.members()

    @cached_property
    def _on_call(self) -> tuple[str, ...]:
        roster = self._unit.roster.get()
        return roster.on_call(self._unit.now) if roster else ()


def _missed(steps: Sequence[Step], rang: Fired) -> list[str]:
    """Return the clocks whose deadline has passed and whose chain has not climbed from there before."""
    return [step.clock.value for step in steps if _is_late(step) and not _climbed(step, rang)]


def _is_late(step: Step) -> bool:
    """Whether a step rings for a missed deadline; what is due at once is late from the next step on."""
    is_past = step.rank > DEADLINE if step.is_at_once else not step.is_warning
    return step.clock not in REMINDERS and is_past and step.revision == step.deadline.due


def _climbed(step: Step, rang: Fired) -> bool:
    least = DEADLINE + step.is_at_once
    return any(
        (clock, revision) == (step.clock.value, step.revision) and rank >= least
        for clock, revision, rank in rang
    )


def _gravest_by_clock(found: Sequence[tuple[Case, Sequence[Step]]]) -> list[tuple[Case, Step]]:
    """Return of each clock the gravest step, with its ticket; the gravest first."""
    gravest: dict[ClockName, tuple[Case, Step]] = {}
    for case, steps in found:
        for step in steps:
            if step.clock not in gravest or step.rank > gravest[step.clock][1].rank:
                gravest[step.clock] = (case, step)
    return sorted(gravest.values(), key=lambda pair: -pair[1].rank)

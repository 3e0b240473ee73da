"""Rings what is due for a ticket: in the staff chats, and with the people whom the step calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import structlog

from bot.desk.case import Case
from bot.desk.roster import Member
from bot.desk.watch import Step, Target, called, due_steps
from bot.dialogue.alarms import EVERYBODY, Tried, alarm
from bot.store.store import UnitOfWork

log = structlog.get_logger(__name__)

NOBODY = "nobody"


class Watch:
    """One round of the sweep within one unit of work; who is on call is looked up once."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def ring(self, case: Case) -> None:
        """Ring what is due for a ticket, each step once; nothing where nothing is."""
        unit = self._unit
        rang = unit.alarms.fired(case.ticket.id)
        if steps := due_steps(case, rang, unit.now, unit.policy, unit.workdays):
            self._send(case, steps)

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
        for chat in self._staff_chats:
            yield chat, EVERYBODY
        for member in people:
            if member.chats:
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

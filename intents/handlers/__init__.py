"""Reading the hits of one message from left to right: what each kind of term does to the state.

A handler gets the reading, the term, and where the hit starts and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from mypy_extensions import i64

from intents.automaton import Hit
from intents.features import Features
from intents.handlers import failures, fates, whom, wishes
from intents.reading import Reading
from intents.terms import Kind, Term

_Handler = Callable[[Reading, Term, int, int], None]
_HANDLERS: Final[dict[Kind, _Handler]] = {
    Kind.COMPONENT: failures.component,
    Kind.ACTION: failures.action,
    Kind.SYMPTOM: failures.symptom,
    Kind.CANNOT: failures.cannot,
    Kind.FAILED: failures.failed,
    Kind.WORKS: failures.works,
    Kind.SCOPE: whom.scope,
    Kind.ANYONE: whom.anyone,
    Kind.NONEOF: whom.noneof,
    Kind.ALSO: whom.also,
    Kind.ALL_ARE: whom.all_are,
    Kind.NEG: fates.neg,
    Kind.DENY: fates.deny,
    Kind.RECOVERED: fates.recovered,
    Kind.DEMAND: fates.demand,
    Kind.PENDING: fates.pending,
    Kind.AGAIN: fates.again,
    Kind.OCCURS: fates.occurs,
    Kind.MODAL: fates.modal,
    Kind.HYPOTHETICAL: fates.hypothetical,
    Kind.WILL: fates.will,
    Kind.HOWTO: wishes.howto,
    Kind.MANAGE: wishes.manage,
    Kind.REQUEST: wishes.request,
    Kind.RECORD: wishes.record,
    Kind.EXCEPT: whom.exception,
    Kind.FUTURE: fates.future,
    Kind.OF: wishes.of,
    Kind.LISTED: whom.listed,
    Kind.OTHERS: whom.others,
    Kind.CONTRAST: fates.contrast,
    Kind.SELF: whom.speaker,
    Kind.WE: whom.group,
    Kind.TRIES: whom.tries,
    Kind.QUESTION: wishes.question,
    Kind.IDLE: failures.idle,
    Kind.UNBIDDEN: wishes.unbidden,
    Kind.WEAK: failures.weak,
    Kind.NOTE: wishes.note,
    Kind.CUE: wishes.cue,
    Kind.IGNORE: wishes.ignore,
    Kind.STOP: wishes.stop,
    Kind.PAUSE: wishes.pause,
}


#: More than half of all hits: called by name, which is a third of the cost where it is compiled.
_COMPONENT: Final = 1
_PAUSE: Final = 2
_SYMPTOM: Final = 3
_CUE: Final = 4
_COMMON: Final = {
    Kind.COMPONENT: _COMPONENT,
    Kind.PAUSE: _PAUSE,
    Kind.SYMPTOM: _SYMPTOM,
    Kind.CUE: _CUE,
}


class Step:
    """A term, and what to do on a hit of it."""

    __slots__ = ("common", "handle", "term")

    def __init__(self, term: Term) -> None:
        self.term = term
        self.handle = _HANDLERS[term.kind]
        self.common: i64 = _COMMON.get(term.kind, 0)


class Steps:
    """The steps of all terms: looked up on the first hit, not once a hit."""

    __slots__ = ("_terms", "known")

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = terms
        self.known: list[Step | None] = [None] * len(terms)

    def meet(self, index: int) -> Step:
        """Return the step of a term that was not met before."""
        step = self.known[index] = Step(self._terms[index])
        return step


def read(hits: Sequence[Hit], steps: Steps, features: Features, size: int) -> Reading:
    """Return the reading of one message's hits."""
    reading = Reading(features, size)
    known = steps.known
    for index, start, end in hits:
        step = known[index]
        if step is None:
            step = steps.meet(index)
        if step.common == _COMPONENT:
            failures.component(reading, step.term, start, end)
        elif step.common == _PAUSE:
            wishes.pause(reading, step.term, start, end)
        elif step.common == _SYMPTOM:
            failures.symptom(reading, step.term, start, end)
        elif step.common == _CUE:
            wishes.cue(reading, step.term, start, end)
        else:
            step.handle(reading, step.term, start, end)
    reading.finish()
    return reading

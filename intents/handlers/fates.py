# ruff: noqa: ARG001 - all handlers share one signature
"""What takes a failure away, or gives it back: negations, conditions, time, recovery."""

from __future__ import annotations

from typing import Final

from intents.features import BITS, FATE_PAST, NOTE_AGAIN
from intents.handlers import wishes
from intents.reading import FAR, NEG_GAP, Reading
from intents.terms import Term

FATE_PLAN: Final = BITS["fate.plan"]
NOTE_OCCURS: Final = BITS["note.occurs"]
NOTE_OFTEN: Final = BITS["note.often"]


def neg(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.neg = e
    # 没有任何掉线, but 不明原因掉线: a single character does not reach far
    r.clause.neg_until = e + (NEG_GAP if t.bare or e - s > 1 else 1)
    r.clause.missing = (t, s, e) if t.bare else None


def deny(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.deny = e


def pending(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.pending = r.clause.neg = e
    r.clause.neg_until = e + NEG_GAP
    r.present = e


def demand(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.demand = e


def recovered(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    if clause.demand > FAR and not _has_come(t):  # 领导要求半小时内恢复
        r.present = r.now = s
        r.cues |= r.features.bits.get("cue.urge", 0)
        return
    if 0 <= s - clause.pending <= 3 or 0 <= s - clause.neg <= 1 or clause.cannot:
        r.again = r.present = r.now = s
        if t.bare:
            r.cues |= r.features.bits.get(
                "cue.urge", 0
            )  # 还没修好: the work is asked for, not the fault told
        elif not r.findings:
            r.add(t, [(t, s, e)], 0)
        return
    if clause.sentence.hypothetical >= 0 or clause.howto > FAR:
        return
    if r.again >= clause.start:
        r.again = r.again_before
    if t.text[0] in "没未":  # 没再出现掉线
        clause.neg, clause.neg_until = e, e + NEG_GAP
    r.recovered = s
    r.recovered_span = (t, s, e)
    r.cues |= t.cue
    clause.works = True


def _has_come(t: Term) -> bool:
    """Return whether a recovery is told as done, whatever was asked for: 按要求重启后恢复了."""
    return t.text[-1] == "了" or t.text[0] in "已后"


def again(r: Reading, t: Term, s: int, e: int) -> None:
    if t.note & NOTE_OFTEN and r.sentence.fates & FATE_PAST:
        return  # 以前老是掉线: it was so
    r.again_before = r.again
    r.again = r.present = r.now = s
    r.clause.unbidden = e
    r.notes |= NOTE_AGAIN | t.note


def occurs(r: Reading, t: Term, s: int, e: int) -> None:
    r.present = s
    r.clause.unbidden = e
    if t.bare:
        r.now = s
    r.notes |= NOTE_OCCURS


def modal(r: Reading, t: Term, s: int, e: int) -> None:
    if t.bare and s:
        return  # 修复 is the title of a change only at the start of a message
    r.sentence.fates |= t.fate
    if t.cue:
        wishes.cue(r, t, s, e)


def hypothetical(r: Reading, t: Term, s: int, e: int) -> None:
    if r.sentence.hypothetical < 0:
        # 的话 closes the condition that it ends; all others open it
        r.sentence.hypothetical = r.clause.start if t.bare else s
    if t.cue:
        wishes.cue(r, t, s, e)


def will(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.will = e


def future(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.planned = t.fate or FATE_PLAN
    r.cues |= t.cue


def contrast(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    r.open(e, sentence=t.bare)  # 但 turns the sentence, 另外 begins another matter
    r.sentence.added = r.sentence.added or t.bare

# ruff: noqa: ARG001 - all handlers share one signature
"""Whom it meets: all, some, one; the others, and all but one."""

from __future__ import annotations

from typing import Final

from intents.features import BITS, EFFECT_FAIL, SCOPE_ALL, SCOPE_SOME
from intents.reading import FAR, Clause, Finding, Reading, Span
from intents.terms import Term

DEVICE: Final = BITS["sphere.device"]


def all_but(r: Reading, works: Span) -> None:
    """除了小赵，大家都能听录音: it fails for the one."""
    first = r.clause.components[-1] if r.clause.components else works
    r.clause.scope = SCOPE_SOME
    r.findings.append(Finding(EFFECT_FAIL, first[0].sphere, r.clause, [works], 0))
    r.sentence.other_than = FAR


def scope(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    scope = t.scope
    if scope == SCOPE_ALL and (0 <= s - clause.neg <= 2 or 0 <= s - clause.deny <= 2):
        scope = SCOPE_SOME
        clause.neg = clause.deny = FAR  # 不是人人都进不去: the negation is spent on 'all'
    if scope == SCOPE_ALL and clause.self and _own(clause):
        scope = SCOPE_SOME  # 我的电脑所有网页都打不开: of one person all the same
    if not scope & SCOPE_ALL and 0 <= s - clause.deny <= 2:
        scope = SCOPE_ALL  # 不是个别坐席: it meets more than that
        clause.deny = FAR
    clause.scope |= scope
    r.scoped = True
    clause.unbidden = e
    clause.scoped.append((t, s, e))
    if t.plural:
        clause.plural = True


def _own(clause: Clause) -> bool:
    """Return whether the clause has told of a device before; whoever says 我 means their own."""
    return bool(clause.components) and not clause.we and bool(clause.components[-1][0].sphere & DEVICE)


def anyone(r: Reading, t: Term, s: int, e: int) -> None:
    r.scoped = True
    clause = r.clause
    clause.anyone = (t, s, e)
    if 0 <= s - clause.neg <= 2 or 0 <= s - clause.deny <= 2:
        clause.scope |= SCOPE_SOME
        clause.neg = clause.deny = FAR
    else:
        clause.scope |= SCOPE_ALL
    clause.scoped.append((t, s, e))


def noneof(r: Reading, t: Term, s: int, e: int) -> None:
    r.scoped = True
    clause = r.clause
    clause.noneof = (t, s, e)
    clause.scope |= SCOPE_ALL
    clause.scoped.append((t, s, e))
    if clause.action and s - clause.action[2] <= 4 and not clause.settled:
        r.add(clause.action[0], [clause.action, (t, s, e)])


def also(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    clause.unbidden = e
    if (clause.plural or clause.we) and not clause.tries and not clause.others:
        clause.also = SCOPE_ALL
        clause.scoped.append((t, s, e))


def all_are(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.all_are = True


def others(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    clause.others = True
    if r.sentence.other_than > FAR:
        # 除了那台，其他都: what was said of the one no longer narrows it
        for other in r.clauses[r.sentence.first :]:
            other.scope = 0
            other.scoped.clear()
        clause.scope = SCOPE_ALL
        r.sentence.first = clause.index
    else:
        clause.scope |= t.scope


def exception(r: Reading, t: Term, s: int, e: int) -> None:
    r.sentence.other_than = s


def listed(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    known = [span for span in (clause.action, *clause.components[-1:]) if span and span[2] == s]
    if not known and not (r.findings and r.findings[-1].end == s):
        clause.listed += 1


def speaker(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.self = True


def group(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.we = True


def tries(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.tries = True

"""What is found: things that can fail, what is done with them, and failures."""

from __future__ import annotations

from typing import Final

from intents.features import BITS, FATE_HOWTO, FATE_REQUEST, MONITOR, NOTE_AGAIN, SCOPE_ALL, SINGLE, THINGS
from intents.handlers import fates, whom
from intents.reading import ATTACH_GAP, CANNOT_GAP, DENY_GAP, FAR, NEG_GAP, Reading
from intents.terms import Term

FATE_NEGATED: Final = BITS["fate.negated"]
NOTE_OTHERS_FINE: Final = BITS["note.others_fine"]
NOTE_REST_WORKS: Final = BITS["note.rest_works"]


def component(r: Reading, t: Term, s: int, e: int) -> None:
    clause, span = r.clause, (t, s, e)
    clause.components.append(span)
    r.cues |= t.cue
    clause.sentence.last = span
    if clause.request > FAR and r.findings and r.findings[-1].end == s and not r.findings[-1].negative:
        r.findings[-1].fate |= FATE_REQUEST  # 把故障提示音换掉: the name of a thing
    if r.first is None:
        r.first = span
    if t.plural:
        clause.plural = True
    if t.effect:
        action(r, t, s, e)


def action(r: Reading, t: Term, s: int, e: int) -> None:
    clause, span = r.clause, (t, s, e)
    clause.action = span
    if t.manage:
        clause.manage = e
    if clause.howto > FAR and clause.manage > FAR:
        return
    if clause.cannot and s - clause.cannot[2] <= CANNOT_GAP:
        r.add(t, [clause.cannot, span], _negated(r, clause.cannot[0], clause.cannot[1]))
        clause.cannot = None
    elif clause.noneof:
        r.add(t, [clause.noneof, span])
        clause.noneof = None
    elif 0 <= s - clause.neg <= 1 and (t.auto or clause.anyone):
        r.add(t, [span])


def _negated(r: Reading, t: Term, s: int) -> int:
    """Return the fate of a symptom after a negation in its clause, else 0."""
    clause = r.clause
    if t.negative:  # 我们没有登不上
        hit = 0 <= s - clause.deny <= NEG_GAP or (clause.missing is not None and clause.missing[2] == s)
    else:
        hit = (
            clause.neg <= s <= clause.neg_until
            or 0 <= s - clause.deny <= DENY_GAP
            or clause.noneof is not None
        )
    return FATE_NEGATED if hit else 0


def symptom(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    fate = _negated(r, t, s)
    if fate and not t.negative:
        clause.noneof = None
    fate |= clause.planned
    if t.note & NOTE_AGAIN:
        fates.again(r, t, s, e)
    r.notes |= t.note
    if t.text[0] == "会":
        clause.will = s
    if clause.howto > FAR and clause.manage > clause.howto:
        fate |= FATE_HOWTO
    if clause.request > FAR and clause.manage > FAR:
        fate |= FATE_REQUEST
    if t.scope and not clause.self and not _single(r):
        clause.also |= t.scope
    parts = [(t, s, e)]
    if t.bare and clause.action and s - clause.action[2] <= ATTACH_GAP:
        parts.insert(0, clause.action)
        t = clause.action[0] if clause.action[0].effect else t
    r.add(t, parts, fate)


def _single(r: Reading) -> bool:
    """Return whether the clause tells of one device or screen: 屏幕全黑 is not everybody's."""
    last = r.clause.components[-1][0] if r.clause.components else None
    return bool(last and last.sphere & SINGLE and not last.plural)


def failed(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    if clause.action and s - clause.action[2] <= (0 if not t.bare else ATTACH_GAP):
        fate = _negated(r, t, s) if not t.negative else 0
        r.add(clause.action[0], [clause.action, (t, s, e)], fate)
    elif clause.anyone:
        r.add(t, [clause.anyone, (t, s, e)])
    elif clause.components or clause.sentence.last:
        r.add(t, [(t, s, e)])


def cannot(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.cannot = (t, s, e)
    if t.bare and r.clause.action and s - r.clause.action[2] <= ATTACH_GAP:
        r.add(r.clause.action[0], [r.clause.action, (t, s, e)], _negated(r, t, s))


def works(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    if clause.cannot and s - clause.cannot[2] <= NEG_GAP:
        return
    if clause.noneof or (0 <= s - clause.neg <= 2 and not t.negative):
        part = clause.noneof or (t, s, e)
        r.add(
            clause.components[-1][0] if clause.components else t,
            [part, (t, s, e)] if part[0] is not t else [part],
        )
        clause.noneof = None
        return
    clause.works = True
    if r.again >= clause.start:
        r.again = r.again_before  # 现在一直正常 takes no recovery back
    if r.sentence.other_than > FAR and (clause.start > r.sentence.other_than or clause.scoped):
        whom.all_but(r, (t, s, e))
    things = [part[0].sphere for part in clause.components[-4:] if not part[0].person]
    thing = clause.action or (things and not things[-1] & MONITOR)
    if t.bare or clause.others or (r.findings and thing):
        r.notes |= NOTE_OTHERS_FINE
    if clause.others:
        r.notes |= NOTE_REST_WORKS
    r.cues |= t.cue


def weak(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    last = clause.components[-1] if clause.components else None
    behind = last and not t.bare and last[0].sphere & THINGS and s == last[2]
    if behind or 0 <= s - clause.unbidden <= 1:
        symptom(r, t, s, e)
    elif t.cue:  # 没有了: nothing else is wanted
        r.cues |= t.cue
        r.cue_spans.append((t, s, e))


def idle(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    if (r.clause.scope | r.clause.also) & SCOPE_ALL:
        r.add(t, [(t, s, e)])

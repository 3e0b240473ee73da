# ruff: noqa: ARG001 - all handlers share one signature
"""Reading the hits of one message from left to right: what each kind of term does to the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intents.automaton import Hit
from intents.features import Features
from intents.reading import (
    ATTACH_GAP,
    CANNOT_GAP,
    DENY_GAP,
    FAR,
    NEG_GAP,
    RECORD_GAP,
    Finding,
    Reading,
    Span,
)
from intents.terms import Kind, Term


def _component(r: Reading, t: Term, s: int, e: int) -> None:
    clause, span = r.clause, (t, s, e)
    clause.components.append(span)
    r.cues |= t.cue
    clause.sentence.last = span
    if clause.request > FAR and r.findings and r.findings[-1].end == s and not r.findings[-1].negative:
        r.findings[-1].fate |= r.bits["fate.request"]  # 把故障提示音换掉: the name of a thing
    if r.first is None:
        r.first = span
    if t.plural:
        clause.plural = True
    if t.effect:
        _action(r, t, s, e)


def _action(r: Reading, t: Term, s: int, e: int) -> None:
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
    return r.bits["fate.negated"] if hit else 0


def _symptom(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    fate = _negated(r, t, s)
    if fate and not t.negative:
        clause.noneof = None
    fate |= clause.planned
    if t.note & r.bits["note.again"]:
        _again(r, t, s, e)
    r.notes |= t.note
    if t.text[0] == "会":
        clause.will = s
    if clause.howto > FAR and clause.manage > clause.howto:
        fate |= r.bits["fate.howto"]
    if clause.request > FAR and clause.manage > FAR:
        fate |= r.bits["fate.request"]
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
    return bool(last and last.sphere & r.features.single and not last.plural)


def _failed(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    if clause.action and s - clause.action[2] <= (0 if not t.bare else ATTACH_GAP):
        fate = _negated(r, t, s) if not t.negative else 0
        r.add(clause.action[0], [clause.action, (t, s, e)], fate)
    elif clause.anyone:
        r.add(t, [clause.anyone, (t, s, e)])
    elif clause.components or clause.sentence.last:
        r.add(t, [(t, s, e)])


def _cannot(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.cannot = (t, s, e)
    if t.bare and r.clause.action and s - r.clause.action[2] <= ATTACH_GAP:
        r.add(r.clause.action[0], [r.clause.action, (t, s, e)], _negated(r, t, s))


def _works(r: Reading, t: Term, s: int, e: int) -> None:
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
        _all_but(r, (t, s, e))
    thing = clause.action or any(not part[0].person for part in clause.components[:4])
    if t.bare or clause.others or (r.findings and thing):
        r.notes |= r.bits["note.others_fine"]
    if clause.others:
        r.notes |= r.bits["note.rest_works"]
    r.cues |= t.cue


def _all_but(r: Reading, works: Span) -> None:
    """除了小赵，大家都能听录音: it fails for the one."""
    first = r.clause.components[-1] if r.clause.components else works
    r.clause.scope = r.bits["scope.some"]
    r.findings.append(Finding(r.bits["effect.fail"], first[0].sphere, r.clause, [works], 0))
    r.sentence.other_than = FAR


def _scope(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    scope = t.scope
    if scope == r.bits["scope.all"] and (0 <= s - clause.neg <= 2 or 0 <= s - clause.deny <= 2):
        scope = r.bits["scope.some"]
        clause.neg = clause.deny = FAR  # 不是人人都进不去: the negation is spent on 'all'
    if not scope & r.bits["scope.all"] and 0 <= s - clause.deny <= 2:
        scope = r.bits["scope.all"]  # 不是个别坐席: it meets more than that
        clause.deny = FAR
    clause.scope |= scope
    r.scoped = True
    clause.unbidden = e
    clause.scoped.append((t, s, e))
    if t.plural:
        clause.plural = True


def _anyone(r: Reading, t: Term, s: int, e: int) -> None:
    r.scoped = True
    clause = r.clause
    clause.anyone = (t, s, e)
    if 0 <= s - clause.neg <= 2 or 0 <= s - clause.deny <= 2:
        clause.scope |= r.bits["scope.some"]
        clause.neg = clause.deny = FAR
    else:
        clause.scope |= r.bits["scope.all"]
    clause.scoped.append((t, s, e))


def _noneof(r: Reading, t: Term, s: int, e: int) -> None:
    r.scoped = True
    clause = r.clause
    clause.noneof = (t, s, e)
    clause.scope |= r.bits["scope.all"]
    clause.scoped.append((t, s, e))
    if clause.action and s - clause.action[2] <= 4 and not clause.settled:
        r.add(clause.action[0], [clause.action, (t, s, e)])


def _also(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    clause.unbidden = e
    if (clause.plural or clause.we) and not clause.tries and not clause.others:
        clause.also = r.bits["scope.all"]
        clause.scoped.append((t, s, e))


def _all_are(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.all_are = True


def _neg(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.neg = e
    # 没有任何掉线, but 不明原因掉线: a single character does not reach far
    r.clause.neg_until = e + (NEG_GAP if t.bare or e - s > 1 else 1)
    r.clause.missing = (t, s, e) if t.bare else None


def _deny(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.deny = e


def _recovered(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    if 0 <= s - clause.pending <= 3 or 0 <= s - clause.neg <= 1 or clause.cannot:
        r.again = r.present = r.now = s
        if t.bare:
            r.cues |= r.bits["cue.urge"]  # 还没修好: the work is asked for, not the fault told
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


def _pending(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.pending = r.clause.neg = e
    r.clause.neg_until = e + NEG_GAP
    r.present = e


def _again(r: Reading, t: Term, s: int, e: int) -> None:
    if t.note & r.bits["note.often"] and r.sentence.fates & r.bits["fate.past"]:
        return  # 以前老是掉线: it was so
    r.again_before = r.again
    r.again = r.present = r.now = s
    r.clause.unbidden = e
    r.notes |= r.bits["note.again"]


def _occurs(r: Reading, t: Term, s: int, e: int) -> None:
    r.present = s
    r.clause.unbidden = e
    if t.bare:
        r.now = s
    r.notes |= r.bits["note.occurs"]


def _modal(r: Reading, t: Term, s: int, e: int) -> None:
    if t.bare and s:
        return  # 修复 is the title of a change only at the start of a message
    r.sentence.fates |= t.fate
    if t.cue:
        _cue(r, t, s, e)


def _hypothetical(r: Reading, t: Term, s: int, e: int) -> None:
    if r.sentence.hypothetical < 0:
        # 的话 closes the condition that it ends; all others open it
        r.sentence.hypothetical = r.clause.start if t.bare else s
    if t.cue:
        _cue(r, t, s, e)


def _will(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.will = e


def _kill(r: Reading, fate: int) -> None:
    """Take away what this clause has reported so far."""
    for finding in reversed(r.findings):
        if finding.clause is not r.clause:
            break
        finding.fate |= fate


def _howto(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.howto = e
    r.cues |= t.cue
    if t.manage:  # 如何判断掉线: asks of the thing, whatever comes next
        r.clause.manage = e + 1
    attributed = r.clause.attributed
    if attributed:  # 误删的资料怎么找回
        attributed.fate |= r.bits["fate.howto"]
    if t.bare:  # 转接失败的代码在哪能查到
        _kill(r, r.bits["fate.howto"])


def _manage(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.manage = e
    r.cues |= t.cue
    if t.bare and r.clause.request > FAR:  # 把超时挂断改成60秒
        _kill(r, r.bits["fate.request"])


def _request(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.request = e
    r.cues |= t.cue


_CLOSING = frozenset('”’"」』')


def _record(r: Reading, t: Term, s: int, e: int) -> None:
    if t.text[0] in _CLOSING:  # “系统故障请稍后再拨”那段语音
        _kill(r, r.bits["fate.record"])
    elif r.findings:
        last = r.findings[-1]
        # 收不到提醒 names what is missing; 掉线提醒 and 收不到的提醒 are names themselves
        named = not last.negative or t.text[0] in "的那这”"
        if named and last.clause is r.clause and 0 <= s - last.end <= RECORD_GAP:
            last.fate |= t.fate or r.bits["fate.record"]
    if t.cue:
        _cue(r, t, s, e)


def _of(r: Reading, t: Term, s: int, e: int) -> None:
    if r.findings and r.findings[-1].end == s:
        r.clause.attributed = r.findings[-1]
        if r.clause.request > FAR:
            r.findings[-1].fate |= r.bits["fate.request"]


def _listed(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    known = [span for span in (clause.action, *clause.components[-1:]) if span and span[2] == s]
    if not known and not (r.findings and r.findings[-1].end == s):
        clause.listed += 1


def _others(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    clause.others = True
    if r.sentence.other_than > FAR:
        for other in r.clauses:  # 除了那台，其他都: what was said of the one no longer narrows it
            if other.sentence is r.sentence:
                other.scope = 0
                other.scoped.clear()
        clause.scope = r.bits["scope.all"]
    else:
        clause.scope |= t.scope


def _except(r: Reading, t: Term, s: int, e: int) -> None:
    r.sentence.other_than = s


def _future(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.planned = t.fate or r.bits["fate.plan"]
    r.cues |= t.cue


def _contrast(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    r.open(e, sentence=t.bare)  # 但 turns the sentence, 另外 begins another matter


def _self(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.self = True


def _we(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.we = True


def _tries(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.tries = True


def _question(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= r.bits["note.question"]
    r.cues |= t.cue
    if t.bare:
        r.clause.asks = True


def _note(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    r.clause.unbidden = e


def _unbidden(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.unbidden = e


def _weak(r: Reading, t: Term, s: int, e: int) -> None:
    clause = r.clause
    last = clause.components[-1] if clause.components else None
    behind = last and not t.bare and last[0].sphere & r.features.things and s == last[2]
    if behind or 0 <= s - clause.unbidden <= 1:
        _symptom(r, t, s, e)


def _idle(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    if (r.clause.scope | r.clause.also) & r.bits["scope.all"]:
        r.add(t, [(t, s, e)])


def _cue(r: Reading, t: Term, s: int, e: int) -> None:
    r.cues |= t.cue
    r.cue_spans.append((t, s, e))
    r.sentence.fates |= t.fate


def _ignore(r: Reading, t: Term, s: int, e: int) -> None:
    return


def _stop(r: Reading, t: Term, s: int, e: int) -> None:
    r.open(e, sentence=True)


def _pause(r: Reading, t: Term, s: int, e: int) -> None:
    r.open(e, sentence=False)


_Handler = Callable[[Reading, Term, int, int], None]
_HANDLERS: dict[Kind, _Handler] = {
    Kind.COMPONENT: _component,
    Kind.ACTION: _action,
    Kind.SYMPTOM: _symptom,
    Kind.CANNOT: _cannot,
    Kind.FAILED: _failed,
    Kind.WORKS: _works,
    Kind.SCOPE: _scope,
    Kind.ANYONE: _anyone,
    Kind.NONEOF: _noneof,
    Kind.ALSO: _also,
    Kind.ALL_ARE: _all_are,
    Kind.NEG: _neg,
    Kind.DENY: _deny,
    Kind.RECOVERED: _recovered,
    Kind.PENDING: _pending,
    Kind.AGAIN: _again,
    Kind.OCCURS: _occurs,
    Kind.MODAL: _modal,
    Kind.HYPOTHETICAL: _hypothetical,
    Kind.WILL: _will,
    Kind.HOWTO: _howto,
    Kind.MANAGE: _manage,
    Kind.REQUEST: _request,
    Kind.RECORD: _record,
    Kind.EXCEPT: _except,
    Kind.FUTURE: _future,
    Kind.OF: _of,
    Kind.LISTED: _listed,
    Kind.OTHERS: _others,
    Kind.CONTRAST: _contrast,
    Kind.SELF: _self,
    Kind.WE: _we,
    Kind.TRIES: _tries,
    Kind.QUESTION: _question,
    Kind.IDLE: _idle,
    Kind.UNBIDDEN: _unbidden,
    Kind.WEAK: _weak,
    Kind.NOTE: _note,
    Kind.CUE: _cue,
    Kind.IGNORE: _ignore,
    Kind.STOP: _stop,
    Kind.PAUSE: _pause,
}


class Steps(dict[int, tuple[_Handler, Term]]):
    """What to do on a hit of a term, beside it: looked up on the first hit, not once a hit."""

    def __init__(self, terms: Sequence[Term]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, index: int) -> tuple[_Handler, Term]:
        term = self._terms[index]
        step = self[index] = (_HANDLERS.get(term.kind, _ignore), term)
        return step


def read(hits: Sequence[Hit], steps: Steps, features: Features, size: int) -> Reading:
    """Return the reading of one message's hits."""
    reading = Reading(features)
    for index, start, end in hits:
        handle, term = steps[index]
        handle(reading, term, start, end)
    reading.finish(size)
    return reading

"""From a reading to features: which findings live, and what each looks like to the rules."""

from __future__ import annotations

import re
from typing import Final

from intents.features import (
    ASIDE,
    BITS,
    FATE_PAST,
    FATE_RECORD,
    MONITOR,
    NOTE_QUESTION,
    SCOPE_ALL,
    SCOPE_SOME,
    SHARED,
    SPOKEN,
    STRONG,
)
from intents.quantity import Quantity, find
from intents.reading import Clause, Finding, Reading, Span
from intents.terms import Kind, Term

_LIVE: Final = BITS["found.live"]
_DEAD: Final = BITS["found.dead"]
_NONE: Final = BITS["found.none"]
_LINE: Final = BITS["sphere.line"]
_UNKNOWN_SPHERE: Final = BITS["sphere.unknown"]
_NO_TOPIC: Final = BITS["sphere.person"] | ASIDE
_ONE: Final = BITS["scope.one"]
_NARROW: Final = SCOPE_SOME | _ONE
_UNKNOWN_SCOPE: Final = BITS["scope.unknown"]
_SELF: Final = BITS["who.self"]
_WE: Final = BITS["who.we"]
_HYPOTHETICAL: Final = BITS["fate.hypothetical"]
_RECOVERED: Final = BITS["fate.recovered"]
_NOT_NOW: Final = FATE_PAST | BITS["fate.status"] | BITS["fate.define"]
_INTERMITTENT: Final = BITS["note.intermittent"]
_SHORT: Final = BITS["note.short"]


class Case:
    """A reading with every finding's fate settled."""

    __slots__ = ("_asks", "_before", "live", "norm", "reading", "scope_anywhere", "size")

    def __init__(self, reading: Reading, norm: str, marks: int) -> None:
        self.reading = reading
        self.norm = norm
        self.size = len(norm.strip())
        self.live: list[Finding] = []
        # looked for at most once, however many findings ask
        self._asks: bool | None = None
        self._before: int | None = None
        if reading.findings:
            possible = _possible(norm)
            for finding in reading.findings:
                finding.fate = self._fate(finding, possible)
                if not finding.fate:
                    self.live.append(finding)
        self.scope_anywhere = 0
        self._count(norm, marks)
        if reading.scoped:
            self._spread()

    def _count(self, norm: str, marks: int) -> None:
        """Give each clause the scope of the quantities in it."""
        found = find(norm, marks)
        if not found:
            return
        clauses = self.reading.clauses
        at = 0
        for quantity in sorted(found):
            while at + 1 < len(clauses) and clauses[at + 1].start <= quantity.start:
                at += 1
            clause = clauses[at]
            if quantity.scope == "none":  # 一条录音都没有: not about the one
                clause.scope = SCOPE_ALL
                clause.scoped.append((COUNTED["all"], quantity.start, quantity.end))
                self.reading.scoped = True
                continue
            if clause.sentence.other_than > FAR_AWAY:
                continue  # 除了两台，其他四个: the exception has said it all
            _drop_inside(clause, quantity)
            if any(quantity.start < end and start < quantity.end for _, start, end in clause.scoped[:REACH]):
                continue  # 没有一条, 只有两个: the words around the number say more than it does
            term = COUNTED[quantity.scope]
            clause.scope |= BITS[term.concept]
            clause.scoped.append((term, quantity.start, quantity.end))
            self.reading.scoped = True

    def _spread(self) -> None:
        """Let each sentence, and the message, know what its clauses say of whom it meets."""
        for clause in self.reading.clauses:
            scope = clause.scope
            if clause.works:
                if any(span[0].text.startswith(("只", "仅", "就")) for span in clause.scoped[:REACH]):
                    continue  # 只有一个还能用: it does not fail for the one
                scope &= ~SCOPE_ALL  # 大家都好好的 does not widen what comes next
            if scope:
                clause.sentence.scope |= scope
                self.scope_anywhere |= scope

    def _fate(self, f: Finding, possible: int) -> int:
        r = self.reading
        clause, sentence = f.clause, f.clause.sentence
        fate = sentence.fates
        present = r.present > FAR_AWAY
        if fate and r.now > FAR_AWAY:
            fate &= ~_NOT_NOW
        if clause.asks and 0 <= f.start - clause.will <= 1:
            fate |= _HYPOTHETICAL
        if possible >= f.end and r.now <= FAR_AWAY and r.again <= FAR_AWAY:
            fate |= _HYPOTHETICAL
        if 0 <= sentence.hypothetical <= f.start and not present and not self._habit(f):
            fate |= _HYPOTHETICAL
        recovered = r.recovered
        if recovered > FAR_AWAY:
            passing = r.notes & _INTERMITTENT  # 偶发超时，刷新后正常: it comes back
            if recovered > f.start:
                over = r.again < recovered and not passing
            else:
                was = sentence.fates & FATE_PAST and not present
                over = r.again < recovered and (was or self._earlier(f))
            if over:
                fate |= _RECOVERED
        if r.again > f.end:
            return fate | (f.fate & ~FATE_RECORD)  # 杂音那个单子先别关，还是有
        return fate | f.fate

    def _habit(self, f: Finding) -> bool:
        """Return whether an 'if' only says when it happens: 要是连打三个，第三个必定没声音."""
        if f.start - f.clause.sentence.hypothetical < 2 or not _ALWAYS.search(self.norm, f.start - 6, f.end):
            return False
        if self._asks is None:
            self._asks = bool(self.reading.notes & NOTE_QUESTION or _ASKS.search(self.norm))
        return not self._asks

    def _earlier(self, f: Finding) -> bool:
        """Return whether what comes after the recovery tells what was before it: 恢复了，刚才应该是崩了."""
        if self._before is None:
            match = _BEFORE.search(self.norm, self.reading.recovered)
            self._before = match.end() if match else len(self.norm)
        return self._before <= f.start

    def sphere(self, f: Finding) -> int:
        """Return the bit of what failed: the finding's own, or the component nearest to it."""
        near = f.near or _after(f)
        if near:
            sphere = near[0].sphere
            if sphere & STRONG:
                return sphere
            if f.sphere and sphere & _LINE & ~f.sphere:
                return sphere | f.sphere  # 热线没声音: all its calls
        if f.sphere:
            return f.sphere
        return _topic(near) or _topic(f.topic) or _topic(self.reading.first) or _UNKNOWN_SPHERE

    def scope(self, f: Finding) -> int:
        """Return the bits of whom it meets: said in its clause, else in its sentence, else anywhere."""
        clause = f.clause
        near = clause.scope | clause.also
        if clause.all_are and f.effect & SPOKEN:
            near |= SCOPE_ALL
        if not near:
            if clause.listed > 1:
                return SCOPE_SOME
            near = clause.sentence.scope
            if not near and self.size <= LONG:  # a long message tells of many things
                near = self.scope_anywhere
            if near & _NARROW and not near & SCOPE_ALL and len(self.live) <= REACH and self.told_apart(f):
                return _UNKNOWN_SCOPE  # 有个座席没声音，另外数据库挂了: not of the one
        elif near & SCOPE_ALL and near != SCOPE_ALL and self._shared(f):
            return SCOPE_ALL  # 两台网关全部失联
        return near & SCOPE_SOME or near & _ONE or near or _UNKNOWN_SCOPE

    def _shared(self, f: Finding) -> bool:
        """Return whether 'all', said in the finding's clause, is of what everybody shares."""
        clause = f.clause
        said = (clause.scope | clause.also) & SCOPE_ALL
        alone = clause.others or clause.sentence.other_than > FAR_AWAY or _narrowed(clause.scoped)
        return bool(said and not alone and self.sphere(f) & SHARED)

    def told_apart(self, f: Finding) -> bool:
        """Return whether another failure is told beside this one, and not of it: 另外服务器宕机了."""
        for other in self.live:
            if other.clause is f.clause:
                continue
            if self.sphere(other) & MONITOR and not self.sphere(f) & MONITOR:
                return True
            one, two = f.clause.sentence, other.clause.sentence
            if one is not two and (one.added or two.added):
                return True
        return False

    def who(self, f: Finding) -> int:
        """Return the bits of who speaks: one person, or a group."""
        clause = f.clause
        alone = clause.self or (clause.others and f.effect & SPOKEN)
        return (_SELF if alone else 0) | (_WE if clause.we else 0)

    def seen(self, f: Finding) -> int:
        """Return the features of one finding."""
        what = f.effect | self.sphere(f) | self.scope(f) | self.who(f)
        return what | self.reading.notes | self.reading.cues | _LIVE

    def seen_empty(self) -> int:
        """Return the features of a message in which no finding lives."""
        r = self.reading
        mask = r.notes | r.cues | (_DEAD if r.findings else _NONE)
        for finding in r.findings:
            mask |= finding.fate
        if r.first:
            mask |= r.first[0].sphere
        if self.size <= SHORT:
            mask |= _SHORT
        return mask | self.scope_anywhere


def _topic(span: Span | None) -> int:
    """Return the bit of a component that a failure can be about though it does not say so, else 0."""
    if span is None or span[0].sphere & _NO_TOPIC:
        return 0
    return span[0].sphere


def _drop_inside(clause: Clause, quantity: Quantity) -> None:
    """Take away a scope that is only the end of a number: 一条 in 十一条, 几台 in 三十几台."""
    near = clause.scoped[:REACH]
    kept = [span for span in near if not (quantity.start < span[1] and span[2] <= quantity.end)]
    if len(kept) < len(near):
        clause.scoped[:REACH] = kept
        if not any(span[0].scope & _NARROW for span in kept):
            clause.scope &= ~_NARROW


def _narrowed(scoped: list[Span]) -> bool:
    """Return whether the last word on whom it meets is a narrow one: 全中心就他一个人."""
    return bool(scoped) and bool(scoped[-1][0].scope & _NARROW)


def _possible(norm: str) -> int:
    """Return where a message asks, at its end, what would happen then: 断网的时候还能接电话吗."""
    if norm[-1] not in _ENDS and not norm[-1].isspace():
        return FAR_AWAY
    match = _WITHOUT.search(norm)
    if match:
        return match.end()
    match = _WOULD.search(norm)
    return match.start() if match and not _HELP.search(match[0]) else FAR_AWAY


_WOULD: Final = re.compile(r"(?:会|能|可以|支持)(?!不能)[^，。？?！!；、\s]{0,14}(?:吗|么|嘛|不)[？?。\s]*$")
#: What cannot be without something, asked of as of a condition: 不是会员不能用吗.
_WITHOUT: Final = re.compile(
    "(?:没有?|不是|不用|不装|不开)[^，。？?！!了]{1,10}(?:不能|不可以|用不了|没法)[^，。？?！!了]{0,8}[吗么][？?]?$"
)
#: 一…就, 必定: what is told of every time is told as it is.
_ALWAYS: Final = re.compile("[就必准总都便老]")
_ASKS: Final = re.compile(
    "[?？吗谁哪]|怎么|怎样|如何|多久|什么|应该|多少|会不会|能不能|可不可以|算|找|联系|投诉|负责|请|希望"
)
_BEFORE: Final = re.compile("刚才|刚刚|之前|早上|上午|昨[天晚]|原来是|应该是|原因|由于|导致")
_ENDS: Final = frozenset("吗么嘛不？?。")
#: Whoever asks for this has the fault: 打不开了，能看一下吗.
_HELP: Final = re.compile("看|查|找|处理|修|解决|过来|帮|派|快|远程|尽|安排|恢复|给|是不是|会不会|能不能")
#: What a quantity is evidence of.
COUNTED: Final = {scope: Term("", Kind.SCOPE, f"scope.{scope}") for scope in ("all", "many", "some", "one")}
SHORT: Final = 8
LONG: Final = 60
#: How many neighbours are looked at: a message of 4,000 characters must cost no more than its length.
REACH: Final = 8
FAR_AWAY: Final = -1


def _after(f: Finding) -> Span | None:
    """Return the first component behind a finding whose clause named none before it.

    What is none of ours counts only as the subject: 人脸识别就闪退，…银行卡.
    """
    for span in f.clause.components[:REACH]:
        if span[1] >= f.end and not span[0].sphere & ASIDE:
            return span
    return None

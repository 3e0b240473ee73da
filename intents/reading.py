"""The state while one message is read: its sentences, clauses, and the failures found in them."""

from __future__ import annotations

from typing import Final

from intents.features import EFFECT_FAIL, MACHINE, Features
from intents.terms import Term

#: How many characters may stand between a negation and what it negates, a verb and its failure, …
NEG_GAP: Final = 4
DENY_GAP: Final = 6
ATTACH_GAP: Final = 8
CANNOT_GAP: Final = 14
RECORD_GAP: Final = 2
FAR: Final = -1000


Span = tuple[Term, int, int]


class Sentence:
    """What holds up to the next full stop."""

    __slots__ = ("added", "fates", "first", "hypothetical", "last", "other_than", "scope")

    def __init__(self, first: int) -> None:
        self.first = first  # index of its first clause whose scope may count
        self.added = False  # does it begin with 另外
        self.fates = 0  # bits: fates for all findings inside
        self.scope = 0  # of all its clauses, known when the message has been read
        self.hypothetical = -1  # where an 'if' begins
        self.last: Span | None = None  # the component spoken of
        self.other_than = FAR  # where an 'except' begins


class Clause:
    """What holds up to the next comma, or a 'but'.

    A clause is made for every comma, and its marks are read far more often than made: hence the slots.
    """

    __slots__ = (
        *("index", "start", "sentence", "components", "scoped", "scope", "planned", "listed", "also"),
        *("action", "anyone", "cannot", "missing", "noneof", "attributed"),
        *("demand", "deny", "howto", "manage", "neg", "neg_until", "pending", "request", "unbidden", "will"),
        *("all_are", "asks", "others", "plural", "self", "settled", "tries", "we", "works"),
    )

    def __init__(self, index: int, start: int, sentence: Sentence) -> None:
        self.index = index
        self.start = start
        self.sentence = sentence
        self.components: list[Span] = []
        self.scoped: list[Span] = []
        # the span of the last …; missing: 没有, with nothing after it yet
        self.action: Span | None = None
        self.anyone: Span | None = None
        self.cannot: Span | None = None
        self.missing: Span | None = None
        self.noneof: Span | None = None
        self.attributed: Finding | None = None  # the failure that a 的 makes an attribute
        # where the last … ended
        self.demand = self.deny = self.howto = self.manage = self.neg = self.neg_until = FAR
        self.pending = self.request = self.unbidden = self.will = FAR
        # was there a …
        self.all_are = self.asks = self.others = self.plural = self.self = False
        self.settled = self.tries = self.we = self.works = False
        # planned: fate of what follows, 明天要重启, 能不能让它自动签出; listed: names that are no terms but
        # places; also: 都 says all of its own clause only
        self.scope = self.planned = self.listed = self.also = 0


class Finding:
    """One reported failure, alive while ``fate`` is 0."""

    __slots__ = (
        *("clause", "effect", "end", "fate", "near", "negative", "parts", "sphere", "start", "swept"),
        "topic",
    )

    def __init__(self, effect: int, sphere: int, clause: Clause, parts: list[Span], fate: int) -> None:
        self.effect = effect
        self.sphere = sphere
        self.clause = clause
        self.parts = parts
        self.near = _nearest(clause.components, parts) if clause.components else None
        self.topic = clause.sentence.last
        term, self.start, self.end = parts[0]
        self.negative = term.negative
        if len(parts) > 1:
            self.negative = any(part[0].negative for part in parts)
            self.start = min(part[1] for part in parts)
            self.end = max(part[2] for part in parts)
        self.fate = fate
        self.swept = 0  # what of its fate came with that of all before it in its clause


def _nearest(components: list[Span], parts: list[Span]) -> Span | None:
    """Return the last component that is no part of the finding, rather a thing than a person."""
    person: Span | None = None
    for span in components[:-5:-1]:
        if any(span[1] == part[1] for part in parts):
            continue
        if not span[0].person:
            return span
        person = person or span
    return person


class Reading:
    """The state while reading, and its outcome."""

    __slots__ = (
        *("features", "sentence", "clause", "clauses", "findings", "cue_spans", "cues", "notes", "first"),
        *("scoped", "size", "recovered_span", "again", "again_before", "now", "present", "recovered"),
    )

    def __init__(self, features: Features, size: int) -> None:
        self.features = features
        self.size = size  # of the text
        self.sentence = Sentence(0)
        self.clause = Clause(0, 0, self.sentence)
        self.clauses = [self.clause]
        self.findings: list[Finding] = []
        self.cue_spans: list[Span] = []
        self.cues = self.notes = 0
        self.first: Span | None = None  # the first component of all
        self.scoped = False  # does any clause say whom it meets
        self.recovered_span: Span | None = None
        # where the last … stood; present: something that really happened, now: and still does
        self.again = self.again_before = self.now = self.present = self.recovered = FAR

    def add(self, term: Term, parts: list[Span], fate: int = 0) -> None:
        effect = term.effect or EFFECT_FAIL
        self.findings.append(Finding(effect, term.sphere, self.clause, parts, fate))
        self.clause.settled = True

    def open(self, at: int, *, sentence: bool) -> None:
        """End the clause, and the sentence if told so; nothing opens at the end of the text."""
        if at == self.size:
            return
        clause = self.clause
        if clause.missing or clause.cannot or clause.noneof:
            self._settle(at)
        if sentence:
            self.sentence = Sentence(len(self.clauses))
        self.clause = Clause(len(self.clauses), at, self.sentence)
        self.clauses.append(self.clause)

    def _settle(self, end: int) -> None:
        """A clause that says 'not one' of something and then ends reports a failure all the same."""
        clause = self.clause
        if clause.settled or clause.works or clause.howto > FAR:
            return
        missing = clause.missing
        if missing and clause.components and missing[1] - clause.deny > NEG_GAP and end - missing[2] <= 1:
            part = clause.components[-1]
            if part[0].sphere & MACHINE and part[2] <= missing[1]:
                effect = part[0].effect or EFFECT_FAIL
                self.findings.append(Finding(effect, part[0].sphere, clause, [part, missing], 0))
                return
        if clause.cannot and clause.components:
            part = clause.components[-1]
            if 0 <= part[1] - clause.cannot[2] <= NEG_GAP and not part[0].person:
                effect = part[0].effect or EFFECT_FAIL
                self.findings.append(Finding(effect, part[0].sphere, clause, [clause.cannot, part], 0))
                return
        if clause.noneof and clause.components:
            part = clause.components[-1]
            self.findings.append(
                Finding(
                    part[0].effect or EFFECT_FAIL,
                    part[0].sphere,
                    clause,
                    [part, clause.noneof],
                    0,
                )
            )

    def finish(self) -> None:
        """End the last clause at the end of the text."""
        clause = self.clause
        if clause.missing or clause.cannot or clause.noneof:
            self._settle(self.size)

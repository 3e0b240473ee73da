"""The state while one message is read: its sentences, clauses, and the failures found in them."""

from __future__ import annotations

from intents.features import Features
from intents.terms import Term

#: How many characters may stand between a negation and what it negates, a verb and its failure, …
NEG_GAP = 4
DENY_GAP = 6
ATTACH_GAP = 8
CANNOT_GAP = 14
RECORD_GAP = 2
FAR = -1000

Span = tuple[Term, int, int]


class Sentence:
    """What holds up to the next full stop; marks are class attributes until they are set."""

    fates = 0  # bits: fates for all findings inside
    hypothetical = -1  # where an 'if' begins
    last: Span | None = None  # the component spoken of
    other_than = FAR  # where an 'except' begins
    scope = 0  # of all its clauses, known when the message has been read


class Clause:
    """What holds up to the next comma, or a 'but'.

    Most marks are never set, so they are class attributes until they are: a clause is made for every comma.
    """

    # the span of the last …
    action: Span | None = None
    anyone: Span | None = None
    cannot: Span | None = None
    missing: Span | None = None  # 没有, with nothing after it yet
    noneof: Span | None = None
    # where the last … ended
    deny = howto = manage = neg = neg_until = pending = request = unbidden = will = FAR
    attributed: Finding | None = None  # the failure that a 的 makes an attribute
    # was there a …
    all_are = asks = others = plural = self = settled = tries = we = works = False
    scope = 0
    planned = 0  # fate of what follows: 明天要重启, 能不能让它自动签出
    listed = 0  # names in a list that are no terms: places
    also = 0  # 都 says all of its own clause only

    def __init__(self, index: int, start: int, sentence: Sentence) -> None:
        self.index = index
        self.start = start
        self.sentence = sentence
        self.components: list[Span] = []
        self.scoped: list[Span] = []


class Finding:
    """One reported failure, alive while ``fate`` is 0."""

    __slots__ = ("clause", "effect", "end", "fate", "near", "negative", "parts", "sphere", "start", "topic")

    def __init__(self, effect: int, sphere: int, clause: Clause, parts: list[Span], fate: int) -> None:
        self.effect = effect
        self.sphere = sphere
        self.clause = clause
        self.parts = parts
        self.near = _nearest(clause.components, parts) if clause.components else None
        self.topic = clause.sentence.last
        term, self.start, self.end = parts[0]
        self.negative = term.negative
        for term, start, end in parts[1:]:
            self.negative = self.negative or term.negative
            self.start = min(self.start, start)
            self.end = max(self.end, end)
        self.fate = fate


def _nearest(components: list[Span], parts: list[Span]) -> Span | None:
    """Return the last component that is no part of the finding, rather a thing than a person."""
    own = [part[1] for part in parts]
    person: Span | None = None
    for span in components[:-5:-1]:
        if span[1] in own:
            continue
        if not span[0].person:
            return span
        person = person or span
    return person


class Reading:
    """The state while reading, and its outcome; marks are class attributes until they are set."""

    cues = 0
    notes = 0
    first: Span | None = None  # the first component of all
    scoped = False  # does any clause say whom it meets
    recovered_span: Span | None = None
    # where the last … stood; present: something that really happened, now: and still does
    again = again_before = now = present = recovered = FAR

    def __init__(self, features: Features) -> None:
        self.bits = features.bits
        self.features = features
        self.sentence = Sentence()
        self.clause = Clause(0, 0, self.sentence)
        self.clauses = [self.clause]
        self.findings: list[Finding] = []
        self.cue_spans: list[Span] = []

    def add(self, term: Term, parts: list[Span], fate: int = 0) -> None:
        effect = term.effect or self.bits["effect.fail"]
        self.findings.append(Finding(effect, term.sphere, self.clause, parts, fate))
        self.clause.settled = True

    def open(self, at: int, *, sentence: bool) -> None:
        """End the clause, and the sentence if told so."""
        clause = self.clause
        if clause.missing or clause.cannot or clause.noneof:
            self._settle(at)
        if sentence:
            self.sentence = Sentence()
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
            if part[0].sphere & self.features.machine and part[2] <= missing[1]:
                effect = part[0].effect or self.bits["effect.fail"]
                self.findings.append(Finding(effect, part[0].sphere, clause, [part, missing], 0))
                return
        if clause.cannot and clause.components:
            part = clause.components[-1]
            if 0 <= part[1] - clause.cannot[2] <= NEG_GAP and not part[0].person:
                effect = part[0].effect or self.bits["effect.fail"]
                self.findings.append(Finding(effect, part[0].sphere, clause, [clause.cannot, part], 0))
                return
        if clause.noneof and clause.components:
            part = clause.components[-1]
            self.findings.append(
                Finding(
                    part[0].effect or self.bits["effect.fail"],
                    part[0].sphere,
                    clause,
                    [part, clause.noneof],
                    0,
                )
            )

    def finish(self, end: int) -> None:
        """End the last clause at the end of the text."""
        clause = self.clause
        if clause.missing or clause.cannot or clause.noneof:
            self._settle(end)

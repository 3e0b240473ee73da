"""The state while one message is read: its sentences, clauses, and the failures found in them."""

from __future__ import annotations

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
    """What holds up to the next full stop."""

    __slots__ = ("fates", "hypothetical", "last", "other_than")

    def __init__(self) -> None:
        self.fates = 0  # bits: fates for all findings inside
        self.hypothetical = -1  # where an 'if' begins
        self.last: Span | None = None  # the component spoken of
        self.other_than: int = FAR  # where an 'except' begins


class Clause:
    """What holds up to the next comma, or a 'but'."""

    __slots__ = (
        *(
            "action",
            "all_are",
            "also",
            "anyone",
            "cannot",
            "components",
            "counted",
            "deny",
            "future",
            "howto",
            "index",
        ),
        *(
            "manage",
            "missing",
            "neg",
            "neg_until",
            "noneof",
            "others",
            "pending",
            "plural",
            "request",
            "scope",
        ),
        *("scoped", "self", "sentence", "settled", "start", "tries", "we", "will", "works", "asks"),
    )

    def __init__(self, index: int, start: int, sentence: Sentence) -> None:
        self.index = index
        self.start = start
        self.sentence = sentence
        self.components: list[Span] = []
        self.action: Span | None = None
        self.noneof: Span | None = None
        self.anyone: Span | None = None
        self.cannot: Span | None = None
        self.missing: Span | None = None  # 没有, with nothing after it yet
        self.scoped: list[Span] = []
        self.scope = 0
        self.also = 0  # 都 says all of its own clause only
        self.counted: list[tuple[int, int]] = []
        self.neg = self.deny = self.howto = self.manage = self.request = self.pending = self.future = (
            self.will
        ) = self.neg_until = FAR
        self.all_are = self.asks = self.self = self.we = self.others = self.tries = self.works = (
            self.plural
        ) = self.settled = False


class Finding:
    """One reported failure, alive while ``fate`` is 0."""

    __slots__ = ("clause", "effect", "end", "fate", "parts", "sphere", "start", "topic")

    def __init__(self, effect: int, sphere: int, clause: Clause, parts: list[Span], fate: int) -> None:
        self.effect = effect
        self.sphere = sphere
        self.clause = clause
        self.parts = parts
        self.topic = clause.sentence.last
        self.start = min(part[1] for part in parts)
        self.end = max(part[2] for part in parts)
        self.fate = fate


class Reading:
    """The state while reading, and its outcome."""

    def __init__(self, bits: dict[str, int]) -> None:
        self.bits = bits
        self.machine = bits["sphere.core"] | bits["sphere.function"]
        self.sentence = Sentence()
        self.clause = Clause(0, 0, self.sentence)
        self.clauses = [self.clause]
        self.findings: list[Finding] = []
        self.cues = 0
        self.cue_spans: list[Span] = []
        self.notes = 0
        self.first: Span | None = None
        self.recovered = FAR
        self.recovered_span: Span | None = None
        self.again = self.again_before = FAR
        self.present = FAR

    def add(self, term: Term, parts: list[Span], fate: int = 0) -> None:
        effect = term.effect or self.bits["effect.fail"]
        self.findings.append(Finding(effect, term.sphere, self.clause, parts, fate))
        self.clause.settled = True

    def open(self, at: int, *, sentence: bool) -> None:
        """End the clause, and the sentence if told so."""
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
            if part[0].sphere & self.machine and part[2] <= missing[1]:
                effect = part[0].effect or self.bits["effect.fail"]
                self.findings.append(Finding(effect, part[0].sphere, clause, [part, missing], 0))
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
        self._settle(end)

"""Why a text got its verdict: everything that the classifier saw, in plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from intents.features import BITS
from intents.judge import Case
from intents.quantity import find
from intents.reading import FAR, Clause, Finding
from intents.signs import CONCEPT, FIRST, LAST, THEN
from intents.tables import normalise
from intents.telling import Sign, caution
from intents.verdict import Verdict
from knowledge import WANTED

if TYPE_CHECKING:
    from intents.analysis import Analysis
    from intents.classifier import Classifier

_WISHES: Final = 3  # intents in an explanation
_ENDS: Final = {FIRST: "（开头）", LAST: "（结尾）"}


@dataclass(frozen=True, slots=True)
class Match:
    """One term found: ``text`` as written, ``title`` the concept's Chinese name."""

    text: str
    start: int
    end: int
    concept: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class ClauseNote:
    """One clause and what was noticed in it (negation, hypothetical, recovered, scope, …)."""

    text: str
    start: int
    end: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reported failure: its features, and its fate when it does not count."""

    text: str
    start: int
    end: int
    features: tuple[str, ...]
    fate: tuple[str, ...]
    rule: str | None


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule whose condition held; ``lost`` says why it did not decide, '' for the one that did."""

    rule: str
    label: str
    clause: str | None
    lost: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What speaks for one intent of a message that is none: how it is put, the rule, and in which words."""

    intent: str
    told: float
    rule: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict and the way to it; offsets in characters of the original text.

    ``found`` is the rule that won by what the message names; ``telling`` what the way it is told adds for P1,
    P2 and none, and ``signs`` the characters, words and concepts that add most. ``trust`` is what ``found``
    adds to P1 and P2, None where it decides alone; none holds only where P1 and P2 lie ``caution`` below it.
    ``apart`` is by how much P1 and P2 lie above none in the graver fault's own clause, where that was
    weighed.
    Where all that outweighs ``found``, another rule stands in the verdict. ``wishes`` are the likeliest
    intents of a message that is none.
    """

    verdict: Verdict
    version: str
    normalised: str
    tokens: tuple[str, ...]
    matches: tuple[Match, ...]
    clauses: tuple[ClauseNote, ...]
    candidates: tuple[Candidate, ...]
    scope: tuple[str, ...]
    quantities: tuple[tuple[str, str], ...]
    rules: tuple[Considered, ...]
    found: str
    telling: tuple[float, float, float]
    trust: tuple[float, float] | None
    caution: tuple[float, float]
    apart: tuple[float, float] | None
    signs: tuple[Sign, ...]
    wishes: tuple[Wish, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists, dictionaries and strings, ready for JSON."""
        plain = asdict(self)
        plain["verdict"] = self.verdict._asdict() | {
            "label": self.verdict.label.value,
            "evidence": [evidence._asdict() for evidence in self.verdict.evidence],
        }
        plain["signs"] = [sign._asdict() for sign in self.signs]
        return plain


def explain(classifier: Classifier, text: str) -> Explanation:
    """Return why ``classifier`` says what it says of ``text``."""
    norm = normalise(text)
    analysis = classifier.analyse(text)
    telling = classifier.scales.weigh(norm, analysis.hits)
    case = analysis.case
    mask = analysis.mask
    verdict = classifier.verdict(text, analysis)
    return Explanation(
        verdict=verdict,
        version=classifier.base.version,
        normalised=norm,
        tokens=tuple(classifier.segment(norm)) if norm else (),
        matches=tuple(_matches(classifier, text, analysis.hits)),
        clauses=tuple(_clause(case, clause, text) for clause in case.reading.clauses),
        candidates=tuple(_candidate(classifier, case, one, text) for one in case.reading.findings),
        scope=tuple(name[6:] for name in classifier.features.names(mask) if name.startswith("scope.")),
        quantities=tuple((text[q.start : q.end], q.scope) for q in find(norm)),
        rules=tuple(
            Considered(rule.id, rule.label, rule.clause, lost)
            for rule, lost in classifier.judge.considered(mask)
        ),
        found=analysis.found.id,
        telling=telling,
        trust=classifier.base.telling.trusted(analysis.found) if any(telling) else None,
        caution=caution(analysis.found),
        apart=analysis.apart,
        signs=tuple(_sign(classifier, sign, text) for sign in classifier.scales.signs(norm, analysis.hits)),
        wishes=_wishes(classifier, analysis, text),
    )


def _wishes(classifier: Classifier, analysis: Analysis, text: str) -> tuple[Wish, ...]:
    """Return the intents that have most, where how the message is put counts."""
    found = analysis.case.norm, analysis.hits
    rule, wishing = analysis.wish, classifier.base.wishing
    trust = wishing.trust.get(rule.level) if rule and wishing.signs else None
    if rule is None or trust is None:
        return ()
    wishes = [
        (intent, told, trust if intent == rule.intent else 0.0)
        for intent, told in zip(WANTED, classifier.wishes.weigh(*found), strict=True)
    ]
    likeliest = sorted(wishes, key=lambda wish: -wish[1] - wish[2])[:_WISHES]
    return tuple(
        Wish(*wish, tuple(text[start:end] for start, end in classifier.wishes.evidence(*found, wish[0])))
        for wish in likeliest
    )


def _sign(classifier: Classifier, sign: Sign, text: str) -> Sign:
    """Return the sign as people write it: what stands in the text, and the concept's Chinese name."""
    written = text[sign.start : sign.end]
    if len(sign.text) == 2 and sign.text[0] in _ENDS:
        return sign._replace(text=written + _ENDS[sign.text[0]])
    concept = sign.text.removeprefix(CONCEPT)
    if concept == sign.text or len(sign.text) == 1:
        return sign._replace(text=written)
    titles = map(classifier.base.title, concept.split(THEN))
    return sign._replace(text=f"{written}（{'，后接 '.join(titles)}）")


def _matches(classifier: Classifier, text: str, hits: list[tuple[int, int, int]]) -> list[Match]:
    found = []
    for index, start, end in hits:
        term = classifier.terms[index]
        if term.concept:
            title = classifier.base.title(term.concept)
            found.append(Match(text[start:end], start, end, term.concept, title, term.kind.name.lower()))
    return found


def _clause(case: Case, clause: Clause, text: str) -> ClauseNote:
    clauses = case.reading.clauses
    end = clauses[clause.index + 1].start if clause.index + 1 < len(clauses) else len(text)
    seen = {
        "negation": clause.neg > FAR or clause.deny > FAR,
        "not yet": clause.pending > FAR or clause.demand > FAR,
        "how to": clause.howto > FAR,
        "request": clause.request > FAR,
        "hypothetical": clause.sentence.hypothetical >= 0,
        "recovered": clause.start <= case.reading.recovered < end,
        "works": clause.works,
        "others": clause.others,
        "speaker alone": clause.self,
    }
    marks = [name for name, is_so in seen.items() if is_so]
    marks += [name for name, bit in BITS.items() if name.startswith("scope.") and clause.scope & bit]
    return ClauseNote(text[clause.start : end], clause.start, end, tuple(marks))


def _candidate(classifier: Classifier, case: Case, finding: Finding, text: str) -> Candidate:
    names = classifier.features.names(case.seen(finding))
    rule = None if finding.fate else classifier.judge.decide(case.seen(finding)).id
    return Candidate(
        text[finding.start : finding.end], finding.start, finding.end, tuple(names),
        tuple(name[5:] for name in classifier.features.names(finding.fate)), rule,
    )  # fmt: skip

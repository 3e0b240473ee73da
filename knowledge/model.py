"""The knowledge base as data: concepts with their aliases, rules with their examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: What a message can be about; ``fault`` for P1 and P2, each other one gets its own answer.
INTENTS = (
    *("fault", "greeting", "thanks", "howto", "status", "urge", "supplement", "recovered", "object", "fee"),
    *("level", "training", "inspection", "upgrade", "backup", "ivr_change", "hardware_change", "complaint"),
    *("human", "other"),
)


class KnowledgeError(Exception):
    """The base cannot be used; the sentence names file, line and what is wrong, in Chinese: staff read it.

    Attributes:
        others: what else is wrong, where it could be seen at the same time.
    """

    def __init__(self, where: str, what: str, others: Sequence[KnowledgeError] = ()) -> None:
        more = f"（另有 {len(others)} 处）" if others else ""
        super().__init__(f"{where}: {what}{more}" if where else what + more)
        self.where = where
        self.what = what
        self.others = tuple(others)


def raise_all(problems: Sequence[KnowledgeError]) -> None:
    """Raise the first problem with the others in it; none, nothing."""
    if problems:
        first, *others = problems
        raise KnowledgeError(first.where, first.what, others) from first


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and all the ways in which it is written.

    Attributes:
        kind: what part it plays in a sentence (component, symptom, action, scope, cue, …).
        traits: details of the kind, e.g. ``sphere``, ``effect``, ``scope``, ``cue``.
        self_help: Chinese lines: what the customer can try or collect while they wait (contract 2.2.2).
        where: ``file:line`` of its definition.
    """

    id: str
    title: str
    kind: str
    traits: Mapping[str, str]
    aliases: tuple[str, ...]
    self_help: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One named decision.

    Attributes:
        label: ``P1``, ``P2`` or ``none``.
        intent: ``fault``, or the intent of a message that is none.
        clause: clause of the contract, None where it is silent.
        when: feature → values, of which one must hold; every feature must.
        unless: feature → values, of which none may hold.
        overrides: ids of rules that lose against this one.
        level: key of the base's calibration table, which gives the confidence.
        ask: a question, in Chinese, that would decide it.
        hit: messages that this rule must decide.
        miss: messages that it must not decide.
    """

    id: str
    label: str
    intent: str
    clause: str | None
    when: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    overrides: tuple[str, ...]
    level: str
    ask: str | None
    hit: tuple[str, ...]
    miss: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Points of signs, what the rules' opinion counts beside them, and where each label starts.

    Attributes:
        base: what each of P1, P2 and none has before any sign.
        trust: ``label.level`` of a rule → what its opinion adds to P1 and to P2; a rule whose level is not
            listed decides alone.
        signs: sign → points for P1, P2 and none, and rarity, in tenths.
    """

    base: tuple[float, float, float] = (0.0, 0.0, 0.0)
    trust: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    signs: Mapping[str, tuple[int, int, int, int]] = field(default_factory=dict)

    def trusted(self, rule: Rule) -> tuple[float, float] | None:
        """Return what a rule's opinion adds to P1 and to P2; None where it decides alone."""
        return self.trust.get(f"{rule.label}.{rule.level}")


@dataclass(frozen=True, slots=True)
class Wishing:
    """Points of signs for what a message wants that reports no fault; empty: rules alone decide.

    Attributes:
        base: what each intent has before any sign.
        trust: level of a rule for none → what its opinion adds to its intent; one that is not listed decides.
        signs: sign → rarity, and points by intent, in tenths.
    """

    base: Mapping[str, float] = field(default_factory=dict)
    trust: Mapping[str, float] = field(default_factory=dict)
    signs: Mapping[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything that the classifier knows, and which version of it.

    Attributes:
        questions: what is in doubt (``priority``, ``present``, ``what``) → the question that settles it.
    """

    version: str
    concepts: Mapping[str, Concept]
    rules: tuple[Rule, ...]
    calibration: Mapping[str, float]
    telling: Telling = field(default_factory=Telling)
    questions: Mapping[str, str] = field(default_factory=dict)
    wishing: Wishing = field(default_factory=Wishing)
    folder: str = ""

    def title(self, concept_id: str) -> str:
        """Return the Chinese name of a concept; an unknown id is returned as it is."""
        concept = self.concepts.get(concept_id)
        return concept.title if concept else concept_id

    def self_help(self, concept_id: str) -> tuple[str, ...]:
        """Return what the customer can try or collect while they wait, in Chinese; else nothing."""
        concept = self.concepts.get(concept_id)
        return concept.self_help if concept else ()

"""A message that is understood: what was found, how it is told, and the rule that stands."""

from __future__ import annotations

from intents.automaton import Hit
from intents.judge import Case
from intents.reading import Finding
from intents.telling import Above
from intents.wishing import TOLD
from knowledge import Rule


class Analysis:
    """A settled case: the rule that won by what was found, on which finding, and the rule that stands."""

    __slots__ = ("apart", "case", "favoured", "finding", "found", "hits", "rule", "wish")

    def __init__(
        self, case: Case, found: Rule, finding: Finding | None, hits: list[Hit], rule: Rule, favoured: str
    ) -> None:
        self.case = case
        self.found = found
        self.finding = finding
        self.hits = hits
        self.rule = rule
        #: The label that the way it is told speaks for.
        self.favoured = favoured
        #: What the graver fault's own clause weighs, where that was asked.
        self.apart: Above | None = None
        #: The rule whose opinion on what is wanted counted, where the message is none.
        self.wish: Rule | None = None

    @property
    def doubted(self) -> bool:
        """Whether the way it is told speaks against the verdict, though not enough to change it."""
        return self.favoured != self.rule.label

    @property
    def told(self) -> bool:
        """Whether how the message is told took the place of what was found."""
        return self.rule.label != self.found.label

    @property
    def wished(self) -> bool:
        """Whether how the message is put took the place of the rule that says what it wants."""
        return self.rule.level == TOLD and self.rule.label == "none"

    @property
    def level(self) -> str:
        """The key of the base's calibration that says how sure the verdict is."""
        return "doubted" if self.doubted else "told" if self.told else self.found.level

    @property
    def mask(self) -> int:
        """The features that the rule won on."""
        return self.case.seen(self.finding) if self.finding else self.case.seen_empty()

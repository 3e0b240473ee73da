"""What the classifier says about one message."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Label(StrEnum):
    """The priority that a message asks for (contract 2.1); ``NONE``: it reports no present fault."""

    P1 = "P1"
    P2 = "P2"
    NONE = "none"


class Evidence(NamedTuple):
    """One span that counted: ``text == message[start:end]``, offsets in characters of the original."""

    text: str
    start: int
    end: int
    concept: str


class Verdict(NamedTuple):
    """The final verdict on one message, read alone.

    Attributes:
        intent: ``fault`` for P1 and P2, else one of ``intents.INTENTS`` (each gets its own answer).
        rule: id of the rule that decided; the rule stands in the knowledge base.
        clause: clause of the contract, e.g. ``2.1 P1 (A)``; None where the contract is silent.
        confidence: 0..1, the share of such verdicts that were right (``tests.bench.calibration``).
        ask: a question to the customer that would decide it, in Chinese; None when nothing is open.
    """

    text: str
    label: Label
    intent: str
    rule: str
    clause: str | None
    evidence: tuple[Evidence, ...]
    confidence: float
    ask: str | None

"""From the text of a message to a verdict: what priority it asks for, and why."""

from __future__ import annotations

from functools import cache

from intents.classifier import Classifier
from intents.explain import Explanation
from intents.reload import Reloader
from intents.verdict import Evidence, Label, Verdict
from knowledge import load

#: What a message can be about; ``fault`` for P1 and P2, each other one gets its own answer.
INTENTS = (
    *("fault", "greeting", "thanks", "howto", "status", "urge", "supplement", "recovered", "object", "fee"),
    *("level", "training", "inspection", "upgrade", "backup", "ivr_change", "hardware_change", "complaint"),
    *("human", "other"),
)


@cache
def default_classifier() -> Classifier:
    """Return the classifier over the packaged base, built on the first call."""
    return Classifier(load())


__all__ = [
    "INTENTS",
    "Classifier",
    "Evidence",
    "Explanation",
    "Label",
    "Reloader",
    "Verdict",
    "default_classifier",
]

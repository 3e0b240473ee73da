"""From the text of a message to a verdict: what priority it asks for, and why."""

from __future__ import annotations

from functools import cache

from intents.classifier import Classifier
from intents.explain import Explanation
from intents.reload import Reloader
from intents.verdict import Evidence, Label, Verdict
from knowledge import INTENTS, load


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

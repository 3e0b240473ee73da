"""What the classifier knows, as YAML that a support lead can edit, one file a subject."""

from knowledge.corrections import Correction, read_corrections
from knowledge.loader import PACKAGED, fingerprint, load
from knowledge.model import Concept, KnowledgeBase, KnowledgeError, Rule

__all__ = [
    "PACKAGED",
    "Concept",
    "Correction",
    "KnowledgeBase",
    "KnowledgeError",
    "Rule",
    "fingerprint",
    "load",
    "read_corrections",
]

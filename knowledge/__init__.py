"""What the classifier knows, as YAML that a support lead can edit, one file a subject."""

from knowledge.corrections import Correction, read_corrections
from knowledge.loader import PACKAGED, fingerprint, load
from knowledge.model import INTENTS, Concept, KnowledgeBase, KnowledgeError, Rule, Telling, raise_all
from knowledge.telling import MESSAGES, read_messages
from knowledge.telling import write as write_telling

__all__ = [
    "INTENTS",
    "MESSAGES",
    "PACKAGED",
    "Concept",
    "Correction",
    "KnowledgeBase",
    "KnowledgeError",
    "Rule",
    "Telling",
    "fingerprint",
    "load",
    "raise_all",
    "read_corrections",
    "read_messages",
    "write_telling",
]

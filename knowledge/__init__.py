"""What the classifier knows, as YAML that a support lead can edit, one file a subject."""

from knowledge.corrections import Correction, read_corrections
from knowledge.loader import PACKAGED, fingerprint, load
from knowledge.model import INTENTS, Concept, KnowledgeBase, KnowledgeError, Rule, Telling, Wishing, raise_all
from knowledge.telling import MESSAGES, read_messages
from knowledge.telling import write as write_telling
from knowledge.wishing import WANTED, WISHES, read_wishes
from knowledge.wishing import write as write_wishing

__all__ = [
    "INTENTS",
    "MESSAGES",
    "PACKAGED",
    "WANTED",
    "WISHES",
    "Concept",
    "Correction",
    "KnowledgeBase",
    "KnowledgeError",
    "Rule",
    "Telling",
    "Wishing",
    "fingerprint",
    "load",
    "raise_all",
    "read_corrections",
    "read_messages",
    "read_wishes",
    "write_telling",
    "write_wishing",
]

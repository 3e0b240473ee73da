"""What the classifier knows, as YAML that a support lead can edit, one file a subject."""

from knowledge.loader import PACKAGED, fingerprint, load
from knowledge.model import Concept, KnowledgeBase, KnowledgeError, Rule

__all__ = ["PACKAGED", "Concept", "KnowledgeBase", "KnowledgeError", "Rule", "fingerprint", "load"]

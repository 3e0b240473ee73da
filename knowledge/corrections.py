"""What staff decided where the classifier had proposed something else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.model import KnowledgeError

_LABELS = ("P1", "P2", "none")


@dataclass(frozen=True, slots=True)
class Correction:
    """One message, the label that was proposed, and the one that staff decided (P1, P2 or none)."""

    text: str
    proposed: str
    decided: str


def read_corrections(lines: Iterable[str], name: str) -> Iterator[Correction]:
    """Yield corrections from JSON lines with ``text``, ``proposed`` and ``decided``; empty lines are skipped.

    Raises:
        KnowledgeError: names file and line of what is malformed.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found = Correction(row["text"], row["proposed"], row["decided"])
        except (ValueError, KeyError, TypeError) as error:
            raise KnowledgeError(f"{name}:{number}", '要有 {"text", "proposed", "decided"}') from error
        if not isinstance(found.text, str) or found.proposed not in _LABELS or found.decided not in _LABELS:
            raise KnowledgeError(f"{name}:{number}", "标签只能是 P1、P2、none，text 是一段文字")
        yield found

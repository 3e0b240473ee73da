"""What the customer can try or collect while they wait: one line of the knowledge base (contract 2.2.2)."""

from __future__ import annotations

from bot.dialogue.reading import Report
from bot.dialogue.turn import Turn
from knowledge import Concept

ASKS_SCOPE = "是否所有"  # in a line: it asks how many are affected
ELSEWHERE = "换一"  # in a line: it compares with another computer, phone or headset
PEOPLE = "agent.people"  # the concept of whom it concerns: that they have said already
#: Effects of a failure that are met at once, wherever it is: what leaks is closed, what is lost is kept.
KEEPING = frozenset({"leak", "lost"})
#: Those that say by themselves what to try.
TELLING = KEEPING | {"slow", "access", "call", "voice", "quality", "drop", "alarm"}
#: Spheres of parts whose own lines fit better even so: another headset shows nothing of a recording.
APART = frozenset({"server", "core", "device"})
#: Spheres so wide that what was seen says more.
WIDE = frozenset({"system", "call"})


def self_help(turn: Turn, report: Report) -> str | None:
    """Return one thing to try or to collect; None where the knowledge base has none that fits.

    Where it failed goes before what was seen, unless that says more by itself.
    """
    base = turn.office.classifier.base
    named = dict.fromkeys(e.concept for e in sorted(report.verdict.evidence, key=lambda e: e.start))
    known = [base.concepts[concept] for concept in named if concept in base.concepts]
    seen = {effect for c in known if c.kind == "symptom" for effect in c.traits.get("effect", "").split()}
    is_everybody = "scope.all" in named  # then another computer or phone shows nothing new

    def rank(concept: Concept) -> int:
        if concept.kind == "symptom":
            return 1
        if concept.kind != "component" or concept.id == PEOPLE:
            return 3
        sphere = concept.traits.get("sphere", "")
        is_apart = sphere in APART and not (sphere == "device" and is_everybody)
        return 2 if sphere in WIDE or seen & (KEEPING if is_apart else TELLING) else 0

    is_told = any(concept.startswith("scope.") for concept in named)  # how many: they have said that too
    useless = [ASKS_SCOPE] * is_told + [ELSEWHERE] * is_everybody
    lines = (line for concept in sorted(known, key=rank) for line in concept.self_help)
    first = next((line for line in lines if not any(words in line for words in useless)), None)
    return f"等待时{first}" if first else None

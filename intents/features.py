"""The vocabulary of conditions: every feature value is one bit, so that a rule is two integers' work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from knowledge import Concept, KnowledgeError

#: group → its values; ``cue`` is filled from the base's concepts.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    # what went wrong
    "effect": (
        *("down", "access", "call", "voice", "fail", "quality", "slow", "lost", "leak", "wrong", "drop"),
        *("alarm", "stop", "vague", "none"),
    ),
    # what it happened to
    "sphere": (
        "system",
        "server",
        "line",
        "call",
        "core",
        "function",
        "device",
        "person",
        "foreign",
        "own",
        "admin",
        "monitor",
        "unknown",
    ),
    # whom it meets
    "scope": ("all", "many", "some", "one", "unknown"),
    "who": ("self", "we"),
    "note": (
        "others_fine",
        "impact",
        "intermittent",
        "occurs",
        "question",
        "again",
        "short",
        "negated",
        "joined",
        "rest_works",
        "often",
        "contrary",
        "slow",
    ),
    # why a finding does not count
    "fate": (
        *("negated", "hypothetical", "define", "howto", "request", "plan", "past", "status", "recovered"),
        *("foreign", "record", "speech"),
    ),
    # ``told``: not what was found, but how the message is told decided (``intents.telling``)
    "found": ("live", "dead", "none", "told"),
}

#: The bits of all values but the cues, which are the base's own and come after them.
BITS: Final = {
    name: 1 << at
    for at, name in enumerate(f"{group}.{value}" for group, values in GROUPS.items() for value in values)
}


def _spheres(*names: str) -> int:
    return sum(BITS[f"sphere.{name}"] for name in names)


#: What a failure is about, wherever a component of this sphere stands next to it.
STRONG: Final = _spheres("device", "server", "foreign", "own", "admin", "monitor")
ASIDE: Final = _spheres("foreign", "own", "admin")
#: What 没有 after it says is missing.
MACHINE: Final = _spheres("core", "function")
#: What one person looks at.
SINGLE: Final = _spheres("device", "function")
#: What 全部 means all of, whatever number stands before it.
SHARED: Final = _spheres("system", "server", "line", "call")
#: What a bare 断 or 黑 behind it is said of.
THINGS: Final = _spheres("core", "function", "system", "server", "line", "call", "device")
#: That it is well says nothing of the work: 系统无法访问，期间指标正常.
MONITOR: Final = BITS["sphere.monitor"]
#: What one phone can tell: 别人打不进来.
SPOKEN: Final = BITS["effect.call"] | BITS["effect.voice"]

#: What several readers of a message set or ask for.
EFFECT_FAIL: Final = BITS["effect.fail"]
SCOPE_ALL: Final = BITS["scope.all"]
SCOPE_SOME: Final = BITS["scope.some"]
FATE_HOWTO: Final = BITS["fate.howto"]
FATE_PAST: Final = BITS["fate.past"]
FATE_RECORD: Final = BITS["fate.record"]
FATE_REQUEST: Final = BITS["fate.request"]
NOTE_AGAIN: Final = BITS["note.again"]
NOTE_QUESTION: Final = BITS["note.question"]


class Features:
    """Bits of all feature values of one base."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        cues = sorted({cue for c in concepts for cue in c.traits.get("cue", "").split()})
        self.cues = frozenset(cues)
        self.bits = BITS | {f"cue.{cue}": 1 << at for at, cue in enumerate(cues, len(BITS))}
        self.groups = {*GROUPS, "cue", "with"}

    def bit(self, group: str, value: str, where: str) -> int:
        """Return the bit of one value.

        Raises:
            KnowledgeError: there is no such feature or value.
        """
        found = self.bits.get(f"{'cue' if group == 'with' else group}.{value}")
        if found is None:
            raise KnowledgeError(where, f"没有“{group}: {value}”这个特征")
        return found

    def masks(self, conditions: Mapping[str, tuple[str, ...]], where: str) -> tuple[int, ...]:
        """Return one mask a group: a message must share a bit with each of them."""
        return tuple(
            sum({self.bit(group, value, where) for value in values}) for group, values in conditions.items()
        )

    def mask(self, group: str) -> int:
        """Return the bits of a whole group."""
        return sum(self.bits[f"{group}.{value}"] for value in GROUPS[group])

    def names(self, mask: int) -> list[str]:
        """Return the feature values whose bits are set, for explanations."""
        return [name for name, bit in self.bits.items() if mask & bit]

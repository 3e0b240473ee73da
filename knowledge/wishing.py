"""The learnt points of what a message wants that reports no fault, as a table of text: ``wishing.tsv``.

A line that says where each intent starts (``# base``), one for each level of the rules (``# trust``: what a
rule of it adds to its own intent), then a sign a line: the sign, its rarity, and its points for the intents
that it speaks for or against, in tenths. It is learnt from ``wishes.tsv``: intent, tab, text.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.lines import bounded, decoded, encoded, finite, labelled, numbered
from knowledge.model import INTENTS, KnowledgeError, Wishing

FILE = "wishing.tsv"
WISHES = "wishes.tsv"
WANTED = tuple(intent for intent in INTENTS if intent != "fault")


def parse(content: bytes) -> Wishing:
    """Return the points that a table holds.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    base: dict[str, float] = {}
    trust: dict[str, float] = {}
    signs: dict[str, tuple[int, dict[str, int]]] = {}
    for number, line in numbered(FILE, content):
        try:
            if line.startswith("# base "):
                base = {name: finite(value) for name, value in _pairs(line.split()[2:])}
                _known(base)
            elif line.startswith("# trust "):
                _, _, level, adds = line.split()
                trust[level] = finite(adds)
            elif line and not line.startswith("# "):
                sign, rarity, points = line.split("\t")
                row = {name: int(value) for name, value in _pairs(points.split())}
                _known(row)
                bounded(int(rarity), row.values())
                signs[decoded(sign)] = (int(rarity), row)
        except ValueError as error:
            raise KnowledgeError(f"{FILE}:{number}", f"不是一行分数（{error}）") from error
    return Wishing(base, trust, signs)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    found = []
    for word in words:
        name, _, value = word.partition(":")
        found.append((name, value))
    return found


def _known(names: dict[str, float] | dict[str, int]) -> None:
    for name in names:
        if name not in WANTED:
            raise ValueError(name)


def read_wishes(file: Path) -> list[tuple[str, str]]:
    """Return the labelled messages (intent, text) of a table of text.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    return labelled(file, WANTED, "意图")


def write(wishing: Wishing, folder: Path) -> None:
    """Write the table of a base."""
    rows = [
        "# base " + " ".join(f"{name}:{value:g}" for name, value in wishing.base.items()),
        *(f"# trust {level} {adds:g}" for level, adds in wishing.trust.items()),
    ]
    for sign, (rarity, points) in sorted(wishing.signs.items()):
        row = " ".join(f"{name}:{value}" for name, value in points.items())
        rows.append(f"{encoded(sign)}\t{rarity}\t{row}")
    (folder / FILE).write_text("\n".join(rows) + "\n", encoding="utf-8")

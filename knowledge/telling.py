"""The learnt points of how messages are told, as a table of text: ``telling.tsv`` beside the YAML.

A line that says where each label starts (``# base``), one for each level of the rules (``# trust``: label and
level, what it adds to P1 and to P2), then a sign a line: the sign, its points for P1, P2 and none, and its
rarity, in tenths.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from knowledge.lines import bounded, decoded, encoded, finite, labelled, numbered
from knowledge.model import KnowledgeError, Telling

FILE = "telling.tsv"
MESSAGES = "messages.tsv"
LABELS = ("P1", "P2", "none")


def parse(content: bytes) -> Telling:
    """Return the points that a table holds.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    base: list[float] = [0.0, 0.0, 0.0]
    trust: dict[str, tuple[float, float]] = {}
    signs: dict[str, tuple[int, int, int, int]] = {}
    for number, line in numbered(FILE, content):
        try:
            if line.startswith("# base "):
                base = [finite(word) for word in line.split()[2:]]
                _, _, _ = base
            elif line.startswith("# trust "):
                level, p1, p2 = line.split()[2:]
                trust[level] = finite(p1), finite(p2)
            elif line and not line.startswith("# "):
                sign, *values = line.split("\t")
                first, second, none, rarity = map(int, values)
                bounded(rarity, (first, second, none))
                signs[decoded(sign)] = (first, second, none, rarity)
        except ValueError as error:
            raise KnowledgeError(f"{FILE}:{number}", f"不是一行分数（{error}）") from error
    return Telling((base[0], base[1], base[2]), trust, signs)


def read_messages(files: Sequence[Path]) -> list[tuple[str, str]]:
    """Return the labelled messages (label, text) of tables of text.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    return [message for file in files for message in labelled(file, LABELS, "标签（P1、P2 或 none）")]


def write(telling: Telling, folder: Path) -> None:
    """Write the table of a base."""
    lines = [
        "# base " + " ".join(f"{value:g}" for value in telling.base),
        *(f"# trust {level} {p1:g} {p2:g}" for level, (p1, p2) in telling.trust.items()),
        *("\t".join([encoded(sign), *map(str, row)]) for sign, row in sorted(telling.signs.items())),
    ]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")

"""The learnt points of how messages are told, as a table of text: ``telling.tsv`` beside the YAML.

A line that says where each label starts (``# base``), one for each level of the rules (``# trust``: label and
level, what it adds to P1 and to P2), then a sign a line: the sign, its points for P1, P2 and none, and its
rarity, in tenths.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from knowledge.model import KnowledgeError, Telling

FILE = "telling.tsv"
MESSAGES = "messages.tsv"
LABELS = ("P1", "P2", "none")
_MOST = 1000  # points of a sign, and its rarity: what is learnt stays near 100


def parse(content: bytes) -> Telling:
    """Return the points that a table holds.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{FILE}:1", "不是 UTF-8 编码") from error
    base: list[float] = [0.0, 0.0, 0.0]
    trust: dict[str, tuple[float, float]] = {}
    signs: dict[str, tuple[int, int, int, int]] = {}
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith("# base "):
                base = [_finite(word) for word in line.split()[2:]]
                _, _, _ = base
            elif line.startswith("# trust "):
                level, p1, p2 = line.split()[2:]
                trust[level] = _finite(p1), _finite(p2)
            elif line and not line.startswith("# "):
                sign, *values = line.split("\t")
                first, second, none, rarity = map(int, values)
                if max(abs(first), abs(second), abs(none)) > _MOST or not 0 < rarity <= _MOST:
                    raise ValueError(f"> {_MOST}")
                signs[_decoded(sign)] = (first, second, none, rarity)
        except ValueError as error:
            raise KnowledgeError(f"{FILE}:{number}", f"不是一行分数（{error}）") from error
    return Telling((base[0], base[1], base[2]), trust, signs)


def _finite(word: str) -> float:
    value = float(word)
    if not isfinite(value):
        raise ValueError(word)
    return value


def read_messages(files: Sequence[Path]) -> list[tuple[str, str]]:
    """Return the labelled messages (label, text) of tables of text.

    Raises:
        KnowledgeError: names file and line of what is wrong.
    """
    found = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise KnowledgeError(file.name, f"读不出来（{error}）") from error
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            label, _, text = line.partition("\t")
            if label not in LABELS or not text.strip():
                raise KnowledgeError(f"{file.name}:{number}", "要写：标签（P1、P2 或 none）、制表符、消息")
            found.append((label, text))
    return found


def write(telling: Telling, folder: Path) -> None:
    """Write the table of a base."""
    lines = [
        "# base " + " ".join(f"{value:g}" for value in telling.base),
        *(f"# trust {level} {p1:g} {p2:g}" for level, (p1, p2) in telling.trust.items()),
        *("\t".join([_encoded(sign), *map(str, row)]) for sign, row in sorted(telling.signs.items())),
    ]
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _encoded(sign: str) -> str:
    """Return a sign that survives a line of tabs: white space and ``#`` are written as escapes."""
    return "".join(
        f"\\u{ord(c):04x}" if c.isspace() or c in "\\#" or not c.isprintable() else c for c in sign
    )


def _decoded(sign: str) -> str:
    parts = sign.split("\\u")
    return parts[0] + "".join(chr(int(part[:4], 16)) + part[4:] for part in parts[1:])

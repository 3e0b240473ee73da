"""Our own labelled messages: ``utterances.tsv``, one a line: labels, intent, phenomenon, text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("utterances.tsv")


def read_golden() -> list[dict[str, Any]]:
    """Return rows with id, text, label, also, intent and phenomenon."""
    rows = []
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        labels, intent, phenomenon, text = line.split("\t")
        label, *also = labels.split("/")
        rows.append(
            {
                "id": f"g{number:03}", "text": text, "label": label, "also": also,
                "intent": intent, "phenomenon": int(phenomenon),
            }
        )  # fmt: skip
    return rows

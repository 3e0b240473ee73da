"""How well and how fast messages are classified: ``python -m tests.bench.classify --eval FOLDER``.

FOLDER (or HOTLINE_EVAL) holds dev-chat.jsonl and dev-real.jsonl, which are never part of this project, and
score.py. Without it only our own golden messages and the yardsticks of speed are measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from intents import Classifier
from knowledge import load
from tests.bench.baselines import crossed, keywords, nearest, svm
from tests.bench.classify_speed import speed
from tests.golden.utterances import read_golden

Row = dict[str, Any]
PHENOMENA = (
    *("plain", "negation", "scope", "hypothetical", "past and recurring", "typos and pinyin"),
    *("traditional, full width", "English mixed in", "slang and emoji", "sarcasm, understatement"),
    *("other sense of the word", "request with fault words", "long and buried", "status, urging, thanks"),
)


def _score(folder: Path) -> Callable[[dict[str, Row], dict[str, str]], dict[str, float]]:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder} holds no score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return]


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _phenomenon(row: Row) -> int:
    return int(row.get("phenomenon") or 0)


def quality(console: Console, classifier: Classifier, folder: Path | None) -> list[str]:
    """Print the table of scores; return the messages it was measured on."""
    table = Table("set", "by", "n", "macro-F1", "strict", "lenient", "P1 called none", "faults called none")
    texts: list[str] = []
    sets: dict[str, list[Row]] = {"golden": read_golden()}
    if folder:
        sets |= {name: _rows(folder / f"dev-{name}.jsonl") for name in ("chat", "real")}
    score = _score(folder) if folder else None
    right: dict[float, list[bool]] = defaultdict(list)
    for name, rows in sets.items():
        texts += [row["text"] for row in rows]
        data = [(row["text"], row["label"]) for row in rows]
        verdicts = [classifier.classify(row["text"]) for row in rows]
        _line(table, score, name, "hotline", rows, [v.label.value for v in verdicts])
        for row, verdict in zip(rows, verdicts, strict=True):
            right[verdict.confidence].append(verdict.label.value in (row["label"], *row["also"]))
        if name != "golden":
            for baseline in (keywords, nearest, svm):
                _line(table, score, name, baseline.__name__, rows, crossed(baseline, data))
        for number, title in enumerate(PHENOMENA) if name != "real" else ():
            chosen = [at for at, row in enumerate(rows) if _phenomenon(row) == number]
            part = [rows[at] for at in chosen]
            _line(
                table,
                score,
                f"  {number} {title}",
                "hotline",
                part,
                [verdicts[at].label.value for at in chosen],
            )
    console.print(table)
    for level, found in sorted(right.items(), reverse=True):
        console.print(
            f"confidence {level}: {sum(found)} of {len(found)} right, {sum(found) / len(found):.3f}"
        )
    return texts


def _line(table: Table, score: Any, name: str, by: str, rows: list[Row], labels: list[str]) -> None:
    if not rows:
        return
    gold = {row["id"]: row for row in rows}
    found = {row["id"]: label for row, label in zip(rows, labels, strict=True)}
    if score is None:
        good = sum(found[i] in (row["label"], *row["also"]) for i, row in gold.items()) / len(gold)
        table.add_row(name, by, str(len(rows)), "", "", f"{good:.4f}", "", "")
        return
    s = score(gold, found)
    keys = ("n", "macro_f1", "strict", "lenient", "p1_called_none", "faults_called_none")
    table.add_row(name, by, *(str(s[key]) for key in keys))


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--eval", type=Path, default=os.environ.get("HOTLINE_EVAL"), help="folder of the labelled sets"
    )
    folder = parser.parse_args().eval
    console = Console(width=130)
    texts = quality(console, Classifier(load()), Path(folder) if folder else None)
    speed(console, texts)


if __name__ == "__main__":
    main()

"""The share of right verdicts at each level of confidence: ``python -m tests.bench.calibration``.

The messages of the telling are left out fold by fold and judged by points learnt from the others, so that
every verdict is on a message that its points have not seen. Needs the extra ``learn``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

import knowledge
from intents import Classifier
from intents.learn import examples, learn
from knowledge import load
from knowledge.telling import MESSAGES, read_messages

FOLDS = 5


def shares() -> dict[tuple[str, float], list[bool]]:
    """Return for each level, and what it stands for, whether each of its verdicts was right."""
    base = load()
    known = read_messages([Path(knowledge.__file__).parent / MESSAGES])
    random.Random(1).shuffle(known)
    found: dict[tuple[str, float], list[bool]] = defaultdict(list)
    for fold in range(FOLDS):
        others = [one for at, one in enumerate(known) if at % FOLDS != fold]
        telling = learn([*others, *examples(base)], base)
        classifier = Classifier(replace(base, telling=telling))
        for label, text in known[fold::FOLDS]:
            analysis = classifier.analyse(text)
            verdict = classifier.verdict(text, analysis)
            found[analysis.level, verdict.confidence].append(verdict.label.value == label)
    return found


def main() -> None:
    """Print the table."""
    table = Table("level", "confidence", "messages", "share right")
    for (level, confidence), right in sorted(shares().items(), key=lambda item: -item[0][1]):
        table.add_row(level, f"{confidence:.2f}", str(len(right)), f"{sum(right) / len(right):.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()

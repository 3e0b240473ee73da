"""Our own messages get the verdicts that people gave them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from intents import INTENTS, default_classifier
from tests.golden.utterances import read_golden

ROWS = read_golden()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_golden_message_gets_its_label(row: dict[str, Any]) -> None:
    verdict = default_classifier().classify(row["text"])
    assert verdict.label.value in (row["label"], *row["also"]), f"{row['text']}: {verdict.rule}"


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row["label"] == "none" and row["intent"] != "other"],
    ids=lambda row: row["id"],
)
def test_a_golden_message_that_is_no_fault_gets_its_intent(row: dict[str, Any]) -> None:
    verdict = default_classifier().classify(row["text"])
    assert verdict.intent == row["intent"], f"{row['text']}: {verdict.rule}"


def test_golden_messages_cover_every_phenomenon_and_intent() -> None:
    assert len(ROWS) >= 300
    phenomena = Counter(row["phenomenon"] for row in ROWS)
    assert min(phenomena[number] for number in range(14)) >= 12
    intents = Counter(row["intent"] for row in ROWS)
    assert min(intents[intent] for intent in INTENTS) >= 6


def test_no_golden_message_stands_twice() -> None:
    assert max(Counter(row["text"] for row in ROWS).values()) == 1

"""What a message costs grows no faster than its length, counted in steps and not in time."""

from __future__ import annotations

import re
import sys
from types import FrameType, ModuleType
from typing import Any

import pytest

from tests.bench.hostile import repeated

SHORT = 300
MESSAGES = [
    pytest.param(text, longer, id=name)
    for (name, text), (_, longer) in zip(repeated(SHORT), repeated(2 * SHORT), strict=True)
]


def lines_run(intents: ModuleType, text: str) -> int:
    """Return how many lines of Python a verdict on the text takes."""
    run = 0

    def count(_frame: FrameType, event: str, _value: object) -> Any:
        nonlocal run
        run += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        intents.default_classifier().classify(text)
    finally:
        sys.settrace(before)
    return run


@pytest.mark.parametrize(("text", "longer"), MESSAGES)
def test_twice_the_length_takes_twice_the_steps(text: str, longer: str, plain: ModuleType) -> None:
    for message in (text, longer):
        plain.default_classifier().classify(message)  # what is loaded, or tabled, on the first sight
    assert 0 < lines_run(plain, longer) < 2.4 * lines_run(plain, text) + 200


class Counted:
    """A pattern that counts how often it is looked for."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.searched = 0

    def search(self, *where: Any) -> re.Match[str] | None:
        self.searched += 1
        return self.pattern.search(*where)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("_ASKS", "如果" + "系统就崩了，" * 9), ("_BEFORE", "系统好了" + "，崩了" * 9)],
    ids=["asks", "before"],
)
def test_the_whole_message_is_searched_once_however_many_failures_it_tells(
    pattern: str, text: str, plain: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(getattr(plain.judge, pattern))
    monkeypatch.setattr(plain.judge, pattern, counted)
    plain.default_classifier().classify(text)
    assert counted.searched == 1

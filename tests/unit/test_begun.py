"""What the engine says is begun and does not run is over, and is remembered for as long as that matters."""

from __future__ import annotations

import pytest

from bot.delivery.begun import LOOKS, REMEMBERED, Begun


def is_over(begun: Begun, *workflows: str) -> set[str]:
    """Let so many looks find these workflows that they are over."""
    for _ in range(LOOKS - 1):
        assert begun.over(workflows) == set()
    return begun.over(workflows)


def test_what_is_over_begins_no_more_and_what_runs_is_not_over() -> None:
    begun = Begun()
    assert begun.begin("runs")
    assert is_over(begun, "runs", "lost") == {"lost"}
    assert not begun.begin("lost")
    begun.end("runs")
    assert is_over(begun, "runs") == {"runs"}


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_was_over_long_ago_is_forgotten(at_once: int) -> None:
    begun = Begun()
    for number in range(0, 2 * REMEMBERED, at_once):
        is_over(begun, *(f"w{number + each}" for each in range(at_once)))
    assert not begun.begin(f"w{2 * REMEMBERED - 1}")
    assert begun.begin("w0")

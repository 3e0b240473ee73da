"""The figures of `tests.bench.startup` in `make bench`."""

from __future__ import annotations

from tests.bench import startup


def test_the_demo_starts_and_its_figures_are_printed() -> None:
    startup.main()

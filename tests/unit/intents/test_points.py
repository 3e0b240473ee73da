"""Points by number: every key gets its own, whatever stands beside it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from librt.vecs import vec
from mypy_extensions import i64

from intents.points import Table

KEYS = st.integers(1, 2**45) | st.integers(1, 40) | st.integers(1, 40).map(lambda high: high << 21)


@given(st.dictionaries(KEYS, st.integers(-(2**41), 2**41), max_size=200), st.lists(KEYS, max_size=50))
def test_a_key_gets_its_points_and_one_without_any_gets_0(points: dict[int, int], others: list[int]) -> None:
    table = Table(points)
    for key in [*points, *others]:
        assert table.get(key) == points.get(key, 0)


@given(st.dictionaries(KEYS, st.integers(-(2**20), 2**20), max_size=60), st.lists(KEYS, max_size=80))
def test_a_total_counts_each_key_once(points: dict[int, int], keys: list[int]) -> None:
    keys += [*points][:20] * 2
    assert Table(points).total(vec[i64](keys)) == sum(points.get(key, 0) for key in set(keys))

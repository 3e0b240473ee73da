"""What is compiled says what its source says, and is never older than it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents import default_classifier
from tests.bench.hostile import hostile
from tests.golden.utterances import read_golden
from tests.support.compiled import ROOT, SUFFIX, compiled, outdated

TERMS = [term.text for term in default_classifier().terms]
CHARS = (
    st.characters()
    | st.characters(categories=["Cs"])
    | st.sampled_from("一二三四几十百个没不都，。？0123456789ab")
)
SALAD = st.lists(st.sampled_from(TERMS) | st.text(CHARS, max_size=3), max_size=25).map("".join)


@pytest.mark.compiled
def test_all_that_is_listed_is_compiled() -> None:
    built = {str(source.relative_to(ROOT)) for _, source in compiled()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert built == set(project["tool"]["hotline"]["compiled"])


@pytest.mark.compiled
@settings(max_examples=300, deadline=None)
@given(SALAD | st.text(CHARS, max_size=200))
def test_any_string_gets_the_verdict_that_plain_python_gives(plain: ModuleType, text: str) -> None:
    assert default_classifier().classify(text) == plain.default_classifier().classify(text)


@pytest.mark.compiled
def test_golden_and_hostile_messages_get_the_verdict_that_plain_python_gives(plain: ModuleType) -> None:
    texts = [row["text"] for row in read_golden()] + [text for _, text in hostile(TERMS, 4000)]
    for text in texts:
        assert default_classifier().classify(text) == plain.default_classifier().classify(text)


def test_the_plain_package_runs_no_compiled_module(plain: ModuleType) -> None:
    assert plain.judge.__file__.endswith("judge.py")
    assert plain.judge is not sys.modules["intents.judge"]


def test_a_source_that_was_changed_later_is_named(tmp_path: Path) -> None:
    (tmp_path / "intents").mkdir()
    for name in ("judge", "rules"):
        (tmp_path / "intents" / f"{name}.py").touch()
        (tmp_path / "intents" / f"{name}{SUFFIX}").touch()
        os.utime(tmp_path / "intents" / f"{name}.py", (1, 1))
    assert outdated(tmp_path) == []
    os.utime(tmp_path / "intents" / f"rules{SUFFIX}", (0, 0))
    assert outdated(tmp_path) == ["intents/rules.py"]


def test_without_a_compiler_nothing_is_compiled_and_one_line_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "setup.py", "--quiet", "build_ext", "--build-lib", tmp_path],
        cwd=tmp_path,
        env=os.environ | {"CC": "no-such-compiler"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "hotline: not compiled, there is no C compiler (no-such-compiler); it works all the same, only slower"
    ]
    assert list(tmp_path.iterdir()) == []

"""The cache saves time and nothing else: its state changes no verdict, nor do starts at the same moment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from intents import Classifier, Verdict, default_classifier
from knowledge import load, private
from tests.golden.utterances import read_golden

#: Every tenth message, and ones for which words are cut and sounds are heard.
TEXTS = [
    *["麻烦找个司机来", "电话打不近来", "xitong bengle", "幺蛾子为什么不能", "什么时候恢复匹配错"],
    *[row["text"] for row in read_golden()][::10],
]
EXPECTED = [default_classifier().classify(text) for text in TEXTS]

_START = """
import json, sys
from bot.cli import run
run(["classify", "--json", "--jsonl"])
"""


def verdicts() -> list[Verdict]:
    """What a process says that starts now."""
    fresh = Classifier(load())
    return [fresh.classify(text) for text in TEXTS]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache as a first start leaves it."""
    folder = tmp_path_factory.mktemp("filled") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_CACHE", str(folder))
        assert verdicts() == EXPECTED
    return folder


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTLINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def cache(filled: Path, empty: Path) -> Path:
    return shutil.copytree(filled, empty)


def _nothing(cache: Path) -> None:
    assert sorted(file.name.split("-")[0] for file in cache.iterdir()) == ["base", "dictionary", "words"]


def _cut_short(cache: Path) -> None:
    for file in cache.iterdir():
        file.write_bytes(file.read_bytes()[:-100])


def _tampered_with(cache: Path) -> None:
    for file in cache.iterdir():
        file.write_bytes(file.read_bytes().replace(b"P1", b"P2").replace(b"1", b"7"))


def _open_to_others(cache: Path) -> None:
    cache.chmod(0o777)


def _full_of_folders(cache: Path) -> None:
    for file in cache.iterdir():
        file.unlink()
        file.mkdir()


@pytest.mark.parametrize("change", [_nothing, _cut_short, _tampered_with, _open_to_others, _full_of_folders])
def test_no_verdict_depends_on_the_state_of_the_cache(cache: Path, change: Callable[[Path], None]) -> None:
    change(cache)
    assert verdicts() == EXPECTED


def test_what_was_tampered_with_is_made_anew(filled: Path, cache: Path) -> None:
    _tampered_with(cache)
    verdicts()
    for file in filled.iterdir():
        assert (cache / file.name).read_bytes() == file.read_bytes()


def test_a_content_that_is_not_what_was_written_is_not_read(empty: Path) -> None:
    private.write("x", b"content")
    assert private.read("x") == b"content"
    (empty / "x").write_bytes((empty / "x").read_bytes() + b"!")
    assert private.read("x") is None


def _by_others(file: Path, patch: pytest.MonkeyPatch) -> None:
    owner = file.stat().st_uid
    patch.setattr(os, "getuid", lambda: owner + 1)


def _to_others(file: Path, _: pytest.MonkeyPatch) -> None:
    file.chmod(0o660)


def _to_all(file: Path, _: pytest.MonkeyPatch) -> None:
    file.chmod(0o606)


def _a_pipe(file: Path, _: pytest.MonkeyPatch) -> None:
    file.unlink()
    os.mkfifo(file)


def _a_link(file: Path, _: pytest.MonkeyPatch) -> None:
    elsewhere = file.parent.with_name("elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def _in_a_linked_folder(file: Path, _: pytest.MonkeyPatch) -> None:
    elsewhere = file.parent.with_name("elsewhere")
    file.parent.rename(elsewhere)
    file.parent.symlink_to(elsewhere)


@pytest.mark.parametrize("change", [_by_others, _to_others, _to_all, _a_pipe, _a_link, _in_a_linked_folder])
def test_what_others_could_have_written_is_not_read(
    empty: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    private.write("x", b"content")
    assert private.read("x") == b"content"
    change(empty / "x", monkeypatch)
    assert private.read("x") is None


def test_what_cannot_be_written_leaves_nothing_behind(empty: Path) -> None:
    (empty / "x" / "inside").mkdir(parents=True)
    empty.chmod(0o700)
    private.write("x", b"content")
    assert [file.name for file in empty.iterdir()] == ["x"]


def test_old_files_of_a_kind_go_when_new_ones_come(empty: Path) -> None:
    private.write("words-0", b"content")
    for number in range(private.KEPT + 3):
        private.write(f"base-{number:02}", b"content")
        os.utime(empty / f"base-{number:02}", (number, number))
    kept = sorted(file.name for file in empty.iterdir())
    assert kept == [*(f"base-{number:02}" for number in range(3, private.KEPT + 3)), "words-0"]


def test_processes_that_start_at_once_fill_one_cache_and_say_the_same(empty: Path) -> None:
    lines = "".join(json.dumps(text) + "\n" for text in TEXTS)
    command = [sys.executable, "-c", _START]
    started = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONHASHSEED": str(seed)},  # sets may be in any order
        )
        for seed in range(3)
    ]
    said = [process.communicate(lines)[0] for process in started]
    assert [json.loads(line)["rule"] for line in said[0].splitlines()] == [one.rule for one in EXPECTED]
    assert said[1:] == said[:1] * 2
    assert len(list(empty.iterdir())) == 3  # and no half-written file
    assert all(private.read(file.name) for file in empty.iterdir())

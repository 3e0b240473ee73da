"""``hotline classify`` over a long standard input, shared by several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.classify import ALONE
from tests.golden.utterances import read_golden

COMMAND = [sys.executable, "-m", "bot", "classify", "--json"]
TEXTS = [row["text"].replace("\n", " ") for row in read_golden()]
LINES = [text.encode() + b"\n" for text in TEXTS * 10]
LONG = b"".join(LINES)


def test_long_is_longer_than_what_one_process_answers_alone() -> None:
    assert len(LONG) > 2 * ALONE


def test_several_processes_say_what_one_says_in_the_same_order() -> None:
    one, three = (
        subprocess.run([*COMMAND, "--jobs", jobs], input=LONG, capture_output=True, check=True)
        for jobs in ("1", "3")
    )
    assert one.stdout == three.stdout
    assert len(one.stdout.splitlines()) == len(LINES)


def test_a_line_that_cannot_be_read_ends_it_where_it_stands() -> None:
    at = len(LINES) - 500
    broken = b"".join([*LINES[:at], b"\xff\n", *LINES[at:]])
    done = subprocess.run([*COMMAND, "--jobs", "2"], input=broken, capture_output=True, check=False)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == at
    assert done.stderr.startswith(f"hotline: standard input, line {at + 1}: ".encode())


@pytest.fixture
def sharing(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a command that has answered much with two more processes, and waits for the next line."""
    answers = tmp_path / "answers"
    with (
        answers.open("wb") as out,
        subprocess.Popen(
            [*COMMAND, "--jobs", "2"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdin
        process.stdin.write(LONG)
        process.stdin.flush()
        while answers.read_bytes().count(b"\n") < len(LINES):
            assert process.poll() is None
            time.sleep(0.05)
        yield process
        process.kill()


def errors(process: subprocess.Popen[bytes]) -> bytes:
    """Return what was written to standard error, once nobody is left who could write to it."""
    _, written = process.communicate(timeout=120)
    return written


def test_no_process_outlives_the_one_that_was_killed(sharing: subprocess.Popen[bytes]) -> None:
    sharing.kill()
    assert errors(sharing) == b""


def test_an_interrupt_from_the_terminal_ends_all_without_a_word(sharing: subprocess.Popen[bytes]) -> None:
    os.killpg(sharing.pid, signal.SIGINT)
    assert errors(sharing).strip() == b""
    assert sharing.returncode == 130


def test_all_end_when_nobody_reads_the_answers_any_more(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(LONG * 4)
    pipe = subprocess.PIPE
    with (
        (tmp_path / "lines").open("rb") as lines,
        subprocess.Popen([*COMMAND, "--jobs", "2"], stdin=lines, stdout=pipe, stderr=pipe) as process,
    ):
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        assert errors(process) == b""
        assert process.returncode == 1

"""What a verdict costs, beside bare jieba in the same minute: time, start, memory, hostile messages."""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from intents import Classifier
from intents.segment import load_jieba
from knowledge import load
from tests.bench.hostile import LONGEST, hostile

MESSAGES = 2000
ROUNDS = 7
#: How often the command gets the messages: its start is taken off, what it loads on the way is not.
TIMES = 10
#: A message for which words must be cut, sounds heard and slips looked for: nearly all that can be loaded is.
FIRST = "hello 热线平台整体非计划停运了"

Work = Callable[[str], object]


def speed(console: Console, texts: list[str]) -> None:
    """Print every figure of the issue's fifth part beside its goal."""
    messages = (texts * (MESSAGES // len(texts) + 1))[:MESSAGES]
    base = load()
    jieba = _bare()
    classifiers = {"jieba": Classifier(base, accelerate=False), "fast": Classifier(base)}
    works: dict[str, Work] = {name: one.classify for name, one in classifiers.items()}
    rounds = [_round(jieba, works, messages) for _ in range(ROUNDS + 1)][1:]
    bare = median(one["bare"] for one in rounds)
    table = Table("figure", "measured", "goal")
    table.add_row("bare jieba.lcut(HMM=False)", f"{bare:.1f} µs a message", "")
    for name, goal in (("jieba", "≤ 1.5"), ("fast", "")):
        cost = median(one[name] for one in rounds)
        share = median(one[name] / one["bare"] for one in rounds)
        table.add_row(f"verdict with {name}", f"{cost:.1f} µs, {share:.2f} of bare jieba", goal)
    rate = 1e6 / median(one["fast"] for one in rounds)
    table.add_row("verdicts a second in process, fast", f"{rate:,.0f}", "≥ 20,000")
    _add_command(table, jieba, messages)
    _add_starts(table)
    _add_hostile(table, classifiers)
    console.print(table)


def _bare() -> Work:
    """Return jieba as it comes, with a cache of its own: the yardstick."""
    tokenizer = load_jieba().Tokenizer()
    tokenizer.tmp_dir = tempfile.mkdtemp()
    tokenizer.initialize()
    shutil.rmtree(tokenizer.tmp_dir)
    return lambda text: tokenizer.lcut(text, HMM=False)


def _round(jieba: Work, works: Mapping[str, Work], messages: list[str]) -> dict[str, float]:
    return {name: cost(work, messages) for name, work in {"bare": jieba, **works}.items()}


def cost(work: Work, texts: list[str]) -> float:
    """Return the µs of processor time that a text takes."""
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts) * 1e6


def _add_command(table: Table, jieba: Work, messages: list[str]) -> None:
    """Add what the command takes for a line, by one process and by all: processor time, and on the clock."""
    lines = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in messages * TIMES).encode()
    cores = len(os.sched_getaffinity(0))
    for jobs in sorted({1, cores}):
        runs = [_beside(jieba, messages, lines, jobs) for _ in range(3)]
        cost_us, processor, clock = (median(one[at] for one in runs) for at in range(3))
        found = f"{cost_us:.1f} µs, {processor:.2f} of bare jieba; on the clock {clock:.2f}"
        table.add_row(f"hotline classify --json, fast, {jobs} of {cores} cores", found, "≤ 0.5")


def _beside(jieba: Work, messages: list[str], lines: bytes, jobs: int) -> tuple[float, float, float]:
    """Return the µs of processor time for a line, and its shares of bare jieba's: processor time, clock."""
    first = json.dumps(FIRST, ensure_ascii=False).encode() + b"\n"
    start, whole = _run(first), _run(lines, jobs=jobs)
    processor, clock = whole.processor_s - start.processor_s, whole.wall_s - start.wall_s
    begun = time.perf_counter()
    bare = cost(jieba, messages * TIMES) * len(messages) * TIMES / 1e6
    bare_clock = time.perf_counter() - begun
    return processor / (len(messages) * TIMES) * 1e6, processor / bare, clock / bare_clock


def _add_starts(table: Table) -> None:
    first = json.dumps(FIRST, ensure_ascii=False).encode() + b"\n"
    warm = [_run(first) for _ in range(5)]
    table.add_row("start of hotline classify", f"{median(one.wall_s for one in warm):.2f} s", "≤ 1 s")
    with tempfile.TemporaryDirectory() as folder:
        cold = _run(first, {"HOTLINE_CACHE": str(Path(folder) / "cache")})
    table.add_row("the same with an empty cache", f"{cold.wall_s:.2f} s", "")
    table.add_row("its memory", f"{max(one.peak_mb for one in warm):.0f} MB", "≤ 150 MB")


class _Run:
    """What one call of the command took."""

    def __init__(self, processor_s: float, wall_s: float, peak_mb: float) -> None:
        self.processor_s = processor_s
        self.wall_s = wall_s
        self.peak_mb = peak_mb


#: A child's getrusage still counts the memory of the process that it was forked from; VmHWM does not.
_CHILD = """
import sys
from bot.cli import run
run(["classify", "--json", "--jsonl", "--jobs", sys.argv[1]])
lines = open("/proc/self/status").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


def _run(stdin: bytes, settings: Mapping[str, str] | None = None, jobs: int = 1) -> _Run:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(jobs)],
        input=stdin,
        capture_output=True,
        check=True,
        env=os.environ | dict(settings or {}),
    )
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Run(used, end - start, int(done.stderr.split()[-1]) / 1024)


def _add_hostile(table: Table, classifiers: Mapping[str, Classifier]) -> None:
    """Add the slowest of many hostile messages, and how its time grows when it is twice as long."""
    gc.freeze()  # else the longer one pays for looking through all that is loaded
    for by, classifier in classifiers.items():
        short, long = (
            {
                name: min(cost(classifier.classify, [text]) for _ in range(5))
                for name, text in hostile(classifier.terms.texts, size)
            }
            for size in (LONGEST // 2, LONGEST)
        )
        worst = max(short, key=lambda name: short[name])
        table.add_row(
            f"slowest of {len(short)} hostile messages of {LONGEST // 2:,} characters, {by}",
            f"{short[worst] / 1000:.1f} ms ({worst!r})",
            "< 50 ms",
        )
        steepest = max(long, key=lambda name: long[name] / short[name] if short[name] > 2000 else 0)
        growth = long[steepest] / short[steepest]
        table.add_row("its growth at twice the length, at most", f"{growth:.1f} ({steepest!r})", "about 2")

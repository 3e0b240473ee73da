"""How well and how fast messages are classified: ``python -m tests.bench.classify --eval FOLDER``.

FOLDER (or HOTLINE_EVAL) holds dev-chat.jsonl and dev-real.jsonl, which are never part of this project, and
score.py. Without it only our own golden messages and the yardsticks of speed are measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from intents import Classifier
from intents.segment import load_jieba
from knowledge import load
from tests.bench.baselines import crossed, keywords, nearest, svm
from tests.golden.utterances import read_golden

Row = dict[str, Any]
PHENOMENA = (
    *("plain", "negation", "scope", "hypothetical", "past and recurring", "typos and pinyin"),
    *("traditional, full width", "English mixed in", "slang and emoji", "sarcasm, understatement"),
    *("other sense of the word", "request with fault words", "long and buried", "status, urging, thanks"),
)
MESSAGES = 2000


def _score(folder: Path) -> Callable[[dict[str, Row], dict[str, str]], dict[str, float]]:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder} holds no score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return]


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _phenomenon(row: Row) -> int:
    return int(row.get("phenomenon") or 0)


def quality(console: Console, classifier: Classifier, folder: Path | None) -> list[str]:
    """Print the table of scores; return the messages it was measured on."""
    table = Table("set", "by", "n", "macro-F1", "strict", "lenient", "P1 called none", "faults called none")
    texts: list[str] = []
    sets: dict[str, list[Row]] = {"golden": read_golden()}
    if folder:
        sets |= {name: _rows(folder / f"dev-{name}.jsonl") for name in ("chat", "real")}
    score = _score(folder) if folder else None
    right: dict[float, list[bool]] = defaultdict(list)
    for name, rows in sets.items():
        texts += [row["text"] for row in rows]
        data = [(row["text"], row["label"]) for row in rows]
        verdicts = [classifier.classify(row["text"]) for row in rows]
        _line(table, score, name, "hotline", rows, [v.label.value for v in verdicts])
        for row, verdict in zip(rows, verdicts, strict=True):
            right[verdict.confidence].append(verdict.label.value in (row["label"], *row["also"]))
        if name != "golden":
            for baseline in (keywords, nearest, svm):
                _line(table, score, name, baseline.__name__, rows, crossed(baseline, data))
        for number, title in enumerate(PHENOMENA) if name != "real" else ():
            chosen = [at for at, row in enumerate(rows) if _phenomenon(row) == number]
            part = [rows[at] for at in chosen]
            _line(
                table,
                score,
                f"  {number} {title}",
                "hotline",
                part,
                [verdicts[at].label.value for at in chosen],
            )
    console.print(table)
    for level, found in sorted(right.items(), reverse=True):
        console.print(
            f"confidence {level}: {sum(found)} of {len(found)} right, {sum(found) / len(found):.3f}"
        )
    return texts


def _line(table: Table, score: Any, name: str, by: str, rows: list[Row], labels: list[str]) -> None:
    if not rows:
        return
    gold = {row["id"]: row for row in rows}
    found = {row["id"]: label for row, label in zip(rows, labels, strict=True)}
    if score is None:
        good = sum(found[i] in (row["label"], *row["also"]) for i, row in gold.items()) / len(gold)
        table.add_row(name, by, str(len(rows)), "", "", f"{good:.4f}", "", "")
        return
    s = score(gold, found)
    keys = ("n", "macro_f1", "strict", "lenient", "p1_called_none", "faults_called_none")
    table.add_row(name, by, *(str(s[key]) for key in keys))


def _cost(work: Callable[[str], object], texts: list[str]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts) * 1e6


def _bare() -> Callable[[str], object]:
    """Return jieba as it comes, with a cache of its own: the yardstick."""
    tokenizer = load_jieba().Tokenizer()
    tokenizer.tmp_dir = tempfile.mkdtemp()
    tokenizer.initialize()
    shutil.rmtree(tokenizer.tmp_dir)
    return lambda text: tokenizer.lcut(text, HMM=False)


def speed(console: Console, texts: list[str]) -> None:
    """Print what a message costs, round by round beside bare jieba: the machine's mood cancels out."""
    messages = (texts * (MESSAGES // len(texts) + 1))[:MESSAGES]
    base = load()
    works: dict[str, Callable[[str], object]] = {
        "jieba.lcut(HMM=False)": _bare(),
        "verdict, jieba": Classifier(base, accelerate=False).classify,
        "verdict, fast": Classifier(base).classify,
    }
    for work in works.values():
        _cost(work, messages[:300])
    rounds = [{name: _cost(work, messages) for name, work in works.items()} for _ in range(7)]
    table = Table("work", "µs a message", "a second", "of bare jieba")
    for name in works:
        cost = sorted(one[name] for one in rounds)[3]
        share = sorted(one[name] / one["jieba.lcut(HMM=False)"] for one in rounds)[3]
        table.add_row(name, f"{cost:.1f}", f"{1e6 / cost:,.0f}", f"{share:.2f}")
    bare = sorted(one["jieba.lcut(HMM=False)"] for one in rounds)[3]
    cost, start, peak = _command(messages)
    table.add_row("hotline classify", f"{cost:.1f}", f"{1e6 / cost:,.0f}", f"{cost / bare:.2f}")
    console.print(table)
    console.print(f"cold start of hotline classify: {start:.2f} s, memory {peak:.0f} MB")


#: A child's getrusage still counts the memory of the process that it was forked from; VmHWM does not.
_CHILD = """
import sys
from bot.cli import run
run(["classify", "--json", "--jsonl"])
lines = open("/proc/self/status").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


def _command(messages: list[str]) -> tuple[float, float, float]:
    """Return µs a message through the command (its start taken off), its cold start in s, its peak in MB."""
    lines = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in messages * 5).encode()
    idle = min((_run(b'""\n') for _ in range(3)), key=lambda one: one[0])
    busy = min((_run(lines) for _ in range(3)), key=lambda one: one[0])
    return (busy[0] - idle[0]) / (len(messages) * 5) * 1e6, idle[1], busy[2]


def _run(stdin: bytes) -> tuple[float, float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-c", _CHILD], input=stdin, capture_output=True, check=True)
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, end - start, int(done.stderr.split()[-1]) / 1024


def hostile(console: Console, classifier: Classifier) -> None:
    """Print the slowest of many hostile messages, at two lengths: time must grow no faster than length."""
    for size in (4000, 8000):
        texts = dict(_hostile(classifier, size))
        costs = {
            name: min(_cost(classifier.classify, [text]) for _ in range(3)) for name, text in texts.items()
        }
        name = max(costs, key=lambda key: costs[key])
        console.print(f"slowest of {len(costs)} hostile messages of {size:,} characters: ", end="")
        console.print(f"{costs[name] / 1000:.1f} ms ({name})")


def _hostile(classifier: Classifier, size: int) -> Iterable[tuple[str, str]]:
    chance = random.Random(1)
    terms = [term.text for term in classifier.terms]
    seeds = [
        "1",
        "一",
        "a",
        "xitong ",
        "xitongbengle",
        "，2个坐席登不上",
        "崩了",
        "，崩了",
        "崩了。",
        "没不",
        "系统",
        "😀",
    ]
    seeds += ["除了其他都能", "电活打不近来", "十个里有八九个", "请问", "又恢复了"]
    for seed in seeds:
        yield f"{seed} …", (seed * (size // len(seed) + 1))[:size]
    yield "all terms", ("".join(chance.sample(terms, len(terms))) * 2)[:size]
    yield "slips", ("".join(term[:-1] + "某" for term in terms if len(term) > 4) * 4)[:size]
    yield "random", "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(size))


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--eval", type=Path, default=os.environ.get("HOTLINE_EVAL"), help="folder of the labelled sets"
    )
    folder = parser.parse_args().eval
    console = Console(width=130)
    classifier = Classifier(load())
    texts = quality(console, classifier, Path(folder) if folder else None)
    speed(console, texts)
    hostile(console, classifier)


if __name__ == "__main__":
    main()

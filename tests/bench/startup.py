"""How fast the demo starts, and how much memory it takes: `python -m tests.bench.startup`.

Start to first answer in a customer's chat, in seconds, after one start that warmed the caches; and the
memory then, and once a sentence was explained (the segmentation is loaded for that).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

GOAL_S = 5.0
GOAL_MB = 250.0
GIVE_UP_S = 120.0
REPORT = "所有坐席都登不上系统了，电话全打不进来"


class Figures(NamedTuple):
    """What was measured."""

    ready_s: float
    answer_s: float
    answer_mb: float
    explained_mb: float


def measure() -> Figures:
    """Start the demo, report a fault, wait for the answer, end it."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        command = [sys.executable, "-m", "bot", "serve", "--demo", "--port", "0"]
        with _ended(subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            ready_s = time.monotonic() - start
            address = line.rpartition(" ")[2].strip().removesuffix("/try")
            with httpx.Client(base_url=address, trust_env=False, timeout=GIVE_UP_S) as http:
                _await_answer(http)
                answer_s = time.monotonic() - start
                answer_mb = _memory_mb(process.pid)
                http.post("/try/api/understanding", json={"text": REPORT}).raise_for_status()
                return Figures(ready_s, answer_s, answer_mb, _memory_mb(process.pid))


def _await_answer(http: httpx.Client) -> None:
    body = {"side": "customer", "customer": "regular", "text": REPORT}
    http.post("/try/api/send", json=body).raise_for_status()
    last = time.monotonic() + GIVE_UP_S
    while time.monotonic() < last:
        feed = http.get("/try/api/feed?customer=regular").raise_for_status().json()
        if any(message["kind"] == "told" for message in feed["customer"]["messages"]):
            return
        time.sleep(0.01)
    raise TimeoutError("the demo did not answer")


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with process:
        try:
            yield process
        finally:
            process.terminate()


def _memory_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def main() -> None:
    """Measure and print."""
    measure()  # warms the caches of files and bytecode
    figures = measure()
    print(f"serve --demo: ready after {figures.ready_s:.2f} s")
    print(f"serve --demo: first answer after {figures.answer_s:.2f} s (goal: at most {GOAL_S:.0f} s)")
    print(f"serve --demo: {figures.answer_mb:.0f} MB at the first answer (goal: at most {GOAL_MB:.0f} MB)")
    print(f"serve --demo: {figures.explained_mb:.0f} MB once a sentence was explained")


if __name__ == "__main__":
    main()

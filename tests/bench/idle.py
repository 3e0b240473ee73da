"""What the service takes while nobody writes: ``python -m tests.bench.idle``.

The share of a core over half a minute, and the memory, with delivery and the watch running.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.bench.load import cpu_s, program

SETTLE_S, MEASURE_S = 10, 30
GOAL_PERCENT, GOAL_MB = 5, 250


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        folder = Path(name)
        env = {"HOTLINE_DATABASE_URL": f"sqlite:///{folder / 'idle.db'}", "HOTLINE_DATA": name}
        with program("bot", "serve", "--port", "0", folder=folder, **env) as (_, process):
            time.sleep(SETTLE_S)
            before = cpu_s(process.pid)
            time.sleep(MEASURE_S)
            share = (cpu_s(process.pid) - before) / MEASURE_S * 100
            memory = memory_mb(process.pid)
    print(f"serve, idle: {share:.1f} % of a core (goal: at most {GOAL_PERCENT} %)")
    print(f"serve, idle: {memory:.0f} MB (goal: at most {GOAL_MB} MB)")


if __name__ == "__main__":
    main()

"""The program's processes in a test: started, killed, ended, restarted."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

UPTIME_S, DOWNTIME_S = 1.5, 0.3  # at most, from ready to killed to started anew
END_S = 15  # ten are promised; a busy machine may take longer


class Processes:
    """The program's processes: started, killed, started again."""

    def __init__(self, launcher: subprocess.Popen[str], roles: Sequence[tuple[str, int]], seed: int) -> None:
        self._launcher = launcher
        self._chance = random.Random(seed)
        self._ready: set[int] = set()
        self.pids = {place: self._start(*place) for place in roles}
        self.killed: dict[int, float] = {}

    def _start(self, role: str, port: int) -> int:
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(f"{role} {port}\n")
        self._launcher.stdin.flush()
        while (line := self._line())[0] != "started":
            self._ready.add(line[1])
        return line[1]

    def _line(self) -> tuple[str, int]:
        assert self._launcher.stdout is not None
        what, pid = self._launcher.stdout.readline().split()
        return what, int(pid)

    def kill_one(self) -> None:
        """Kill any of them at a random moment of its work, and start another in its place."""
        place = self._chance.choice(list(self.pids))
        pid = self._ready_at(place)
        time.sleep(self._chance.uniform(0, UPTIME_S))
        os.kill(pid, signal.SIGKILL)
        self.killed[pid] = time.time()
        time.sleep(self._chance.uniform(0, DOWNTIME_S))
        self.pids[place] = self._start(*place)

    def restart_all(self) -> None:
        """Restart one after the other, as a new version is brought in."""
        for place in self.pids:
            _end([self._ready_at(place)])
            self.pids[place] = self._start(*place)

    def end(self) -> None:
        """End all as an operator does."""
        _end(list(self.pids.values()))

    def _ready_at(self, place: tuple[str, int]) -> int:
        while (pid := self.pids[place]) not in self._ready:
            self._ready.add(self._line()[1])
        return pid


@contextmanager
def launched(url: str, platform: int, roles: Sequence[str], seed: int) -> Iterator[Processes]:
    """Start the program's processes."""
    launcher = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.program", url, str(platform)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        processes = Processes(launcher, [(role, free_port()) for role in roles], seed)
        try:
            yield processes
            processes.end()
        finally:
            for pid in processes.pids.values():
                if _is_running(pid):
                    os.kill(pid, signal.SIGKILL)
            assert launcher.stdin is not None
            launcher.stdin.close()


def _end(pids: Sequence[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + END_S
    while any(map(_is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_running, pids)), f"a process did not end within {END_S} s"


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

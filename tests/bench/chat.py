"""How long messages to one chat take that all wait: ``python -m tests.bench.chat``.

As in a storm of cards to support's chat, on a platform that answers at once and sets no limit.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import log
from bot.web.service import DELIVER_EVERY_S
from tests.support.engine import Phone, delivering
from tests.support.postgres import running
from tests.support.world import migrated

MESSAGES = 200


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Give an empty database of each kind, by its name."""
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as name,
        running(Path(name), durable=True) as server,
    ):
        server.execute("CREATE DATABASE chat")
        yield {"SQLite": f"sqlite:///{name}/chat.db", "PostgreSQL": server.url("chat")}


def drain(url: str) -> float:
    """Return the seconds until all have arrived."""
    phone = Phone()
    with delivering(migrated(url), phone=phone) as post:
        for number in range(MESSAGES):
            post.say("staff", f"m{number}")
        since = time.perf_counter()
        while len(phone.arrived) < MESSAGES:
            post.engine.feed()
            time.sleep(DELIVER_EVERY_S)
        return time.perf_counter() - since


def main() -> None:
    """Measure and print."""
    log.configure("text", "ERROR")
    with databases() as urls:
        for name, url in urls.items():
            took_s = drain(url)
            rate = MESSAGES / took_s
            print(f"{name}: {MESSAGES} messages to one chat in {took_s:.1f} s ({rate:.0f} a second)")


if __name__ == "__main__":
    main()

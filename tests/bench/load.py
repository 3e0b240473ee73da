"""Reports a second through the real webhook, beside a bare echo: ``python -m tests.bench.load``.

A report is proven, opened, made durable, understood, answered: ticket, events, receipt and support's card in
one commit, the receipt inside the webhook's answer; delivery and the watch run beside it. The echo proves and
opens the same callback and seals its text again. Everything, the caller and the platforms' stand-ins too,
runs on this machine.

Goals: at 100 reports a second, offered whether or not earlier ones are answered, 99 % are answered within a
second; 300 at once are all answered within WeChat's five seconds; two processes on PostgreSQL do as much; the
saturated rate is half of the echo's.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select

from bot import clock, samples
from bot.messages import Address
from bot.store import tables as t
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.bench import callbacks, platforms
from tests.bench.callbacks import Outcome
from tests.bench.platforms import Apis, standing_in
from tests.support.postgres import postgres_bin, running
from tests.support.world import migrated

RATE, STEADY_S = 100, 20
BURST = 300
SATURATED = 1500
WARM_UP = "warm-up"
USERS = 20_000


def fill(url: str) -> None:
    """Put bound customers into a store, each with a contract and a chat, and support's chat."""
    store, now = Store(migrated(url), load_workdays()), clock.now()
    samples.load(store, now, "samples", staff=False)
    with store.begin(now) as unit:
        terms = unit.session.scalars(select(t.ContractRow).order_by(t.ContractRow.id).limit(1)).one()
        numbers = range(1, USERS + 1)
        first = 1_000
        customers = [{"id": first + n, "name": f"客户{n}"} for n in numbers]
        contracts = [
            {
                "customer_id": first + n,
                "number": f"BENCH-{n}",
                "version": 1,
                "starts_on": terms.starts_on,
                "ends_on": terms.ends_on,
                "terms": {**terms.terms, "contract_number": f"BENCH-{n}", "customer_name": f"客户{n}"},
                "created_at": now,
            }
            for n in numbers
        ]
        support = Address("telegram", callbacks.ACCOUNT, str(platforms.SUPPORT))
        samples.add_chat(unit.session, support, "staff", None)
        key = {"channel": "wechat", "account": callbacks.ACCOUNT}
        chats = [
            {**key, "chat": user_of(n), "kind": "private", "customer_id": first + n, "state": {}}
            for n in numbers
        ]
        for table, rows in (
            (t.CustomerRow, customers),
            (t.ContractRow, contracts),
            (t.ChatRow, chats),
        ):
            unit.session.execute(insert(table), rows)
    store.close()


def user_of(number: int) -> str:
    """Return a user's openid."""
    return f"openid-{number:06d}"


@contextmanager
def program(*command: str, folder: Path, **env: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a program that prints its address, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, "PYTHONPATH": os.getcwd(), **env},
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("a"),
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.rpartition(" ")[2].strip(), process
        finally:
            process.terminate()


@contextmanager
def served(url: str, apis: Apis, folder: Path, processes: int) -> Iterator[list[tuple[str, int]]]:
    """Serve a store by so many processes, and return the address and the process of each."""
    env = {
        "HOTLINE_DATABASE_URL": url,
        "HOTLINE_DATA": str(folder),
        "HOTLINE_LOG_LEVEL": "WARNING",
        "HOTLINE_WECHAT_APPID": callbacks.APPID,
        "HOTLINE_WECHAT_SECRET": callbacks.SECRET,
        "HOTLINE_WECHAT_TOKEN": callbacks.TOKEN,
        "HOTLINE_WECHAT_AES_KEY": callbacks.KEY,
        "HOTLINE_WECHAT_API_BASE": apis.wechat,
        "HOTLINE_TELEGRAM_TOKEN": platforms.BOT,
        "HOTLINE_TELEGRAM_API_BASE": apis.telegram,
    }
    with ExitStack() as stack:
        serving = [
            stack.enter_context(program("bot", "serve", "--port", "0", folder=folder, **env))
            for _ in range(processes)
        ]
        yield [(address, process.pid) for address, process in serving]


def cpu_s(pid: int) -> float:
    """Return the seconds of processor that a process has taken (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(urls: Sequence[str], users: Iterator[str]) -> Iterator[tuple[str, Outcome]]:
    """Yield how each phase went, by its name."""
    yield WARM_UP, callbacks.saturating(urls, callbacks.reports(urls, users, 100))
    steady = callbacks.reports(urls, users, RATE * STEADY_S)
    yield f"{RATE} a second for {STEADY_S} s", callbacks.steadily(urls, steady, RATE)
    yield f"{BURST} at once", callbacks.at_once(urls, callbacks.reports(urls, users, BURST))
    yield "as fast as answered", callbacks.saturating(urls, callbacks.reports(urls, users, SATURATED))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.parse_args()
    table = Table("service", "offered", "answers/s", "p50 ms", "p95 ms", "p99 ms", "slowest ms", "failed")
    table.add_column("CPU ms each")  # of the serving processes: what a busy machine changes least
    table.add_column("of the echo")
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server may run as another user
        with program("tests.bench.echo", folder=folder) as (echo, process):
            users = map(user_of, itertools.count(1))
            found = callbacks.saturating([echo], callbacks.reports([echo], users, 2 * SATURATED))
            add(table, "echo", "as fast as answered", found, cpu_s(process.pid), 1.0)
        for service, url, processes in stores(folder):
            fill(url)
            users = map(user_of, itertools.count(1))
            everybody = [user_of(number) for number in range(1, USERS + 1)]
            with standing_in(everybody) as apis, served(url, apis, folder, processes) as serving:
                spent = sum(cpu_s(pid) for _, pid in serving)
                for phase, outcome in measure([address for address, _ in serving], users):
                    before, spent = spent, sum(cpu_s(pid) for _, pid in serving)
                    if phase != WARM_UP:
                        add(table, service, phase, outcome, spent - before, outcome.rate / found.rate)
    Console(width=140).print(table)


def stores(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Yield an empty store of each kind: what it is called, its address, how many processes serve it."""
    yield "SQLite, 1 process", f"sqlite:///{folder / 'load.db'}", 1
    if postgres_bin() is not None:
        with running(folder, durable=True) as server:
            server.execute("CREATE DATABASE load")
            yield "PostgreSQL, 2 processes", server.url("load"), 2


def add(table: Table, service: str, phase: str, outcome: Outcome, cpu: float, share: float) -> None:
    """Add a line to the table; ``cpu``: the seconds that serving took."""
    spans = [f"{outcome.percentile_ms(percent):.0f}" for percent in (50, 95, 99, 100)]
    row = (f"{outcome.rate:.0f}", *spans, str(outcome.failed))
    each = f"{cpu / len(outcome.seconds) * 1000:.1f}"
    table.add_row(service, phase, *row, each, f"{share:.2f}")


if __name__ == "__main__":
    main()

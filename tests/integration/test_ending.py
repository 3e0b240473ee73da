"""A process that is told to end does so within ten seconds, whatever its platforms do."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.app import App
from bot.delivery.receiving import chat_id
from bot.messages import Address, Say
from bot.settings import Settings
from bot.store.files import HALF
from tests.integration.test_serve import END_TIMEOUT_S, environment

SILENT_S = 30


class SilentPlatform:
    """A Telegram that takes every call and answers none.

    Attributes:
        asked: whether it was asked to send a message.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Take calls at an address."""
        with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
            threading.Thread(target=self._take, args=(server,), daemon=True).start()
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
            server.shutdown(socket.SHUT_RDWR)

    def _take(self, server: socket.socket) -> None:
        kept = []
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                break
            kept.append(connection)
            threading.Thread(target=self._hear, args=(connection,), daemon=True).start()
        for connection in kept:
            connection.close()

    def _hear(self, connection: socket.socket) -> None:
        try:
            while heard := connection.recv(65536):
                if b"/sendMessage" in heard:
                    self.asked.set()
        except OSError:
            return


def one_message_waits(folder: Path) -> str:
    """Return the address of a database with a message that must be sent."""
    url = f"sqlite:///{folder / 'hotline.db'}"
    app = App(Settings(database_url=url), {})
    with app.store.begin(app.now()) as unit:
        unit.messages.say(chat_id(unit.session, Address("telegram", "default", "7")), Say("您好"))
    app.close()
    return url


@pytest.mark.slow  # it waits as long as an end may take
@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["worker"]], ids=["serve", "worker"])
def test_a_platform_that_is_silent_for_half_a_minute_keeps_no_process(
    tmp_path: Path, arguments: list[str]
) -> None:
    platform, url = SilentPlatform(), one_message_waits(tmp_path)
    with platform.listening() as base:
        account = {"TOKEN": "777:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", "API_BASE": base}
        env = {f"HOTLINE_TELEGRAM_{name}": value for name, value in account.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            env=environment(tmp_path, HOTLINE_DATABASE_URL=url, **env),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert platform.asked.wait(END_TIMEOUT_S), process.kill()
            process.send_signal(signal.SIGTERM)
            code = process.wait(SILENT_S)  # ten seconds are promised; a machine may be busy
            assert process.stderr is not None
            said = process.stderr.read()
    assert code == 0, said
    assert "is sent again" in said


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["worker"]], ids=["serve", "worker"])
def test_a_service_that_is_told_to_end_before_it_is_ready_has_ended_well(
    tmp_path: Path, arguments: list[str]
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "hotline.db.lock").exists():  # it is about to make its store
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=END_TIMEOUT_S)
    assert (process.returncode, said) == (0, ("", ""))
    assert not list(tmp_path.glob(f".*{HALF}*"))


HANGS = """
import asyncio, os, signal, time
from bot.commands.running import Ending

async def start():
    ending = Ending(0.1)
    {order}
    await asyncio.to_thread(time.sleep, {silent})  # such as a large file that is read through
    time.sleep({silent})

asyncio.run(start())
"""


@pytest.mark.parametrize(
    ("order", "code"), [("os.kill(os.getpid(), signal.SIGTERM)", 0), ("ending.fail()", 1)]
)
def test_what_hangs_in_our_own_code_keeps_no_process_either(order: str, code: int) -> None:
    program = HANGS.format(order=order, silent=END_TIMEOUT_S)
    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=END_TIMEOUT_S)
    assert ended.returncode == code

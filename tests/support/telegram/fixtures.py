"""The stand-in of Telegram for the whole run, and for each test a bot of its own with people around it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.telegram.api import HOST, TIMEOUT_S, Api
from tests.support.telegram.world import TelegramWorld


@pytest.fixture(scope="session")
def telegram_api() -> Iterator[str]:
    """Run the stand-in for the whole session; return its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.telegram_api"],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield f"http://{HOST}:{int(process.stdout.readline())}"
        assert process.stdin is not None
        process.stdin.close()
        process.wait(TIMEOUT_S)


TOKENS = (f"{number}:token-of-a-test" for number in itertools.count(1000))


@pytest.fixture
def api(telegram_api: str) -> Iterator[Api]:
    """A bot of this test's own on the stand-in; what the program asks wrongly fails the test."""
    made = Api(telegram_api, next(TOKENS))
    yield made
    complaints = made.look()["complaints"]
    made.close()
    assert complaints == []


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    """The way in."""
    return str(request.param)


@pytest.fixture
def telegram(api: Api, migrated_url: str, mode: str, tmp_path: Path) -> Iterator[TelegramWorld]:
    """The program with one bot, in each mode, on each database."""
    made = TelegramWorld(api, migrated_url, mode, tmp_path / "data")
    yield made
    made.stop()

"""What the service writes to its log: all of it in one form, never a customer's words."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_serve import END_TIMEOUT_S, running

REPORT = "所有坐席都登不上系统了"


@pytest.fixture
def lines(tmp_path: Path) -> list[dict[str, Any]]:
    """Return the log of a demo in which a customer reported a fault."""
    with running(tmp_path, "--demo", HOTLINE_LOG="json", HOTLINE_LOG_LEVEL="INFO") as (process, http):
        body = {"side": "customer", "customer": "regular", "text": REPORT}
        http.post("/try/api/send", json=body).raise_for_status()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=END_TIMEOUT_S)
    assert REPORT not in log
    return [json.loads(line) for line in log.splitlines()]


def test_every_line_is_json_with_time_level_and_event(lines: list[dict[str, Any]]) -> None:
    assert lines
    assert all(line.keys() >= {"timestamp", "level", "event"} for line in lines)


def test_the_lines_of_a_message_share_its_number(lines: list[dict[str, Any]]) -> None:
    [received] = [line for line in lines if line["event"] == "received"]
    [handled] = [line for line in lines if line["event"] == "handled"]
    assert received["message"] == handled["message"]
    assert (received["channel"], received["is_new"]) == ("simulator", True)

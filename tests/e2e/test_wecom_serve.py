"""`hotline serve` with an account in WeCom, as a process that is killed in the middle of its work."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli import run
from tests.integration.test_serve import running
from tests.support.wecom import MEMBERS, WecomApi, account_settings, buttons, words

P1 = "所有坐席都登不上系统了，电话全打不进来"
LI, WANG, _ = MEMBERS
TIMEOUT_S = 60


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + TIMEOUT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def call_back(http: httpx.Client, callback: dict[str, Any]) -> None:
    answer = http.post("/wecom/default", params=callback["query"], content=callback["body"].encode())
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.slow  # two starts of the whole program
def test_what_was_acknowledged_is_done_by_the_next_start(
    wecom_api: WecomApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wecom_api.clock(datetime.now(UTC))
    database = f"sqlite:///{tmp_path / 'hotline.db'}"
    env = {f"HOTLINE_WECOM_{name.upper()}": value for name, value in account_settings(wecom_api.url).items()}
    env["HOTLINE_DATABASE_URL"] = database

    with running(tmp_path, **env) as (process, http):
        echo = wecom_api.tell("echo", text="42")
        assert http.get("/wecom/default", params=echo["query"]).text == "42"
        run(["staff", "add", "李工", "--role", "engineer", "--db", database, "--json"])
        code = json.loads(capsys.readouterr().out)["send"]
        call_back(http, wecom_api.tell("write", user=LI, text=code))
        until(lambda: "李工，您已作为工程师加入" in "".join(wecom_api.texts(LI)))
        call_back(http, wecom_api.tell("write", user=WANG, text=P1))
        until(lambda: any(shown["kind"] == "card" for shown in wecom_api.shown(LI)))
        assert "确认1" in buttons(wecom_api.card(LI))
        call_back(http, wecom_api.tell("press", user=LI, label="确认1"))
        process.kill()
        process.wait()

    with running(tmp_path, **env):
        until(lambda: "确认1" not in buttons(wecom_api.card(LI)))

    cards = [words(shown["card"]) for shown in wecom_api.shown(LI) if shown["kind"] == "card"]
    assert len([card for card in cards if "【T1】" in card]) == 1
    assert "我方认为优先等级1" in words(wecom_api.card(LI))

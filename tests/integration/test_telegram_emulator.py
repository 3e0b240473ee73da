"""`hotline serve` against an emulator of Telegram by others: a report, a press, a kill in between."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot import samples
from bot.desk.terms import Role
from bot.store import tables as t
from bot.store.store import Store
from bot.workdays import load_workdays
from tests.integration.test_serve import running
from tests.support.npm import installed

pytestmark = pytest.mark.npm

HERE = Path(__file__).parent / "telegram_node"
TOKEN = "123:token-of-a-test"  # noqa: S105
CUSTOMER, ENGINEER, STAFF_CHAT = 1, 51, -500
TIMEOUT_S = 60


class Emulator:
    """The emulator's phones."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=30)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def say(self, text: str) -> None:
        """Write as the customer."""
        self._http.post("/sendMessage", json={**self._common(CUSTOMER, CUSTOMER), "text": text})

    def press(self, data: str, message_id: int) -> None:
        """Press a button of a message in the staff chat."""
        message = {**self._common(ENGINEER, STAFF_CHAT), "message_id": message_id, "text": "card"}
        call = {"botToken": TOKEN, "from": message["from"], "message": message, "data": data}
        self._http.post("/sendCallback", json=call)

    def _common(self, user: int, chat: int) -> dict[str, Any]:
        return {
            "botToken": TOKEN,
            "date": int(datetime.now(UTC).timestamp()),
            "from": {"id": user, "is_bot": False, "first_name": f"人{user}"},
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "群"},
        }

    def sent(self, chat: int) -> list[dict[str, Any]]:
        """Return what the bot has sent to a chat, as it stands."""
        history = self._http.post("/getUpdatesHistory", json={"token": TOKEN}).json()["result"]
        return [entry for entry in history if str(entry.get("message", {}).get("chat_id")) == str(chat)]

    def until(self, chat: int, holds: Callable[[str], bool]) -> dict[str, Any]:
        """Wait for a message to a chat of which something holds."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            if found := next((m for m in self.sent(chat) if holds(m["message"]["text"])), None):
                return found
            time.sleep(0.05)
        raise AssertionError([m["message"]["text"] for m in self.sent(chat)])


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Run the emulator."""
    process = subprocess.Popen(
        ["node", "emulator.js"],
        cwd=installed(HERE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        made = Emulator(f"http://127.0.0.1:{int(process.stdout.readline())}")
        yield made
        made.close()
        process.kill()


def known(url: str) -> None:
    """Put the sample contracts, the customer's chat and an engineer into the store."""
    now = datetime.now(UTC)
    store = Store(url, load_workdays())
    samples.load(store, now, "elsewhere", staff=False)
    with store.begin(now) as unit:
        owner = unit.session.scalars(select(t.CustomerRow.id).order_by(t.CustomerRow.id)).first()
        place = {"channel": "telegram", "account": "default"}
        unit.session.add(t.ChatRow(**place, chat=str(CUSTOMER), kind="private", customer_id=owner, state={}))
        engineer = {"user": str(ENGINEER), "name": "李工", "role": Role.ENGINEER.value, "bind_failures": 0}
        unit.session.add(t.ContactRow(**place, **engineer))
    store.close()


def is_recorded(file: Path) -> None:
    """Wait until the database knows of everything that was sent."""
    deadline = time.monotonic() + TIMEOUT_S
    with closing(sqlite3.connect(file)) as database:
        while database.execute("SELECT count(*) FROM outbox WHERE status = 'pending'").fetchone()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_a_report_a_press_and_a_kill_in_between(
    emulator: Emulator, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "hotline.db")
    known(f"sqlite:///{tmp_path / 'hotline.db'}")
    settings = {
        "HOTLINE_TELEGRAM_TOKEN": TOKEN,
        "HOTLINE_TELEGRAM_API_BASE": emulator.url,
        "HOTLINE_TELEGRAM_STAFF_CHAT": str(STAFF_CHAT),
    }
    with running(tmp_path, **settings) as (process, _):
        emulator.say("所有坐席都登不上系统了")
        emulator.until(CUSTOMER, lambda text: "已收到，工单号 T1。" in text)
        card = emulator.until(STAFF_CHAT, lambda text: text.startswith("【T1】"))
        is_recorded(tmp_path / "hotline.db")  # else the card is rightly sent once more
        process.kill()
        assert process.stderr is not None
        logged = process.stderr.read()
        assert "token-of-a-test" not in logged
        assert "登不上" not in logged
    markup = card["message"]["reply_markup"]["inline_keyboard"]
    confirm = next(button for row in markup for button in row if button["text"] == "确认1")
    emulator.press(confirm["callback_data"], card["messageId"])
    emulator.say("北京的坐席也登不上")

    with running(tmp_path, **settings):
        emulator.until(CUSTOMER, lambda text: "李工确认" in text)
        edited = emulator.until(STAFF_CHAT, lambda text: "北京的坐席" in text)
    assert edited["messageId"] == card["messageId"]  # the same message, changed in place
    receipts = [m for m in emulator.sent(CUSTOMER) if "已收到，工单号" in m["message"]["text"]]
    assert len(receipts) == 1

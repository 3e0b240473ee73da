"""WeCom in a test: the stand-in for the platform, and the program with an account there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.accounts import WecomAccount
from bot.app import App
from bot.desk.staff import Grant, Purpose
from bot.desk.terms import Role
from bot.dialogue import codes
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store import tables as t
from bot.store.store import Store
from bot.web.application import application
from bot.web.service import Service
from bot.workdays import load_workdays
from intents import default_classifier
from tests.support.callbacks import ask
from tests.support.world import CHANNEL, MONDAY_10, World

CORPID = "ww1234567890abcdef"
SECRET = "the-application-secret"  # noqa: S105
AGENT = "1000002"
TOKEN = "callbackToken"  # noqa: S105
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
MEMBERS = ("LiGong", "WangGong", "ZhaoZhuGuan")
HANDLED_S = 30
ROOT = Path(__file__).parents[2]


class WecomApi:
    """The running stand-in, as a test sets and asks it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=10)
        self.tell("reset")
        self.tell("members", users=list(MEMBERS))
        self.clock(MONDAY_10)

    def tell(self, what: str, **said: Any) -> Any:
        """Let something happen there."""
        return self._http.post(f"/_test/{what}", json=said).json()

    def clock(self, now: datetime) -> None:
        """Set its clock."""
        self.tell("clock", now=now.isoformat())

    @property
    def state(self) -> Any:
        """What there is."""
        return self._http.get("/_test/state").json()

    def shown(self, user: str) -> list[dict[str, Any]]:
        """Return what a member sees in the chat with the application."""
        return [shown for shown in self.state["shown"] if shown["user"] == user]

    def card(self, user: str) -> dict[str, Any]:
        """Return the latest card that a member sees, as it looks now."""
        card: dict[str, Any] = [shown for shown in self.shown(user) if shown["kind"] == "card"][-1]["card"]
        return card

    def texts(self, user: str) -> list[str]:
        """Return the texts that a member was sent."""
        return [shown["text"] for shown in self.shown(user) if shown["kind"] == "text"]

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def words(card: Mapping[str, Any]) -> str:
    """Return all that a card says."""
    rows = [f"{row['keyname']}：{row['value']}" for row in card.get("horizontal_content_list", [])]
    parts = [card.get("main_title", {}).get("title", ""), card.get("sub_title_text", ""), *rows]
    return "\n".join([*parts, card.get("quote_area", {}).get("quote_text", "")])


def buttons(card: Mapping[str, Any]) -> list[str]:
    """Return the labels of a card's buttons that can be pressed."""
    if card.get("replace_text"):
        return []
    return [button["text"] for button in card.get("button_list", [])]


class Members:
    """Members of support with WeCom in hand, for a world whose program has an account there."""

    wecom_api: WecomApi
    app: App
    now: datetime

    def post_wecom(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        raise NotImplementedError

    def after_wecom(self) -> None:
        """Wait until what was said is handled, and have what it brought about delivered."""
        self.wait_handled()
        self.app.deliver()

    def wait_handled(self) -> None:
        """Wait until nothing that was received is unhandled: the platform is answered before."""
        end = time.monotonic() + HANDLED_S
        while True:
            with self.app.store.read() as session:
                waits = select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status == "received")
                if not session.scalar(waits):
                    return
            assert time.monotonic() < end, "it is not handled"
            time.sleep(0.02)

    def join(self, user: str, name: str, role: Role) -> None:
        """Let a new member of staff join by a code in WeCom."""
        code = codes.new_code(Purpose.STAFF)
        with self.app.store.begin(self.now) as unit:
            person = unit.people.add(name, role, None)
            until = self.now + codes.VALID[Purpose.STAFF]
            unit.people.issue(Grant(Purpose.STAFF, person_id=person.id), codes.code_hash(code), "test", until)
        self.write(user, f"加入 {code}")

    def write(self, user: str, text: str) -> None:
        """Let a member write to the application."""
        self.call_back(self.wecom_api.tell("write", user=user, text=text))
        self.after_wecom()

    def press(self, user: str, label: str, nth: int = -1) -> None:
        """Let a member press a button."""
        self.call_back(self.wecom_api.tell("press", user=user, label=label, nth=nth))
        self.after_wecom()

    def call_back(self, callback: Mapping[str, Any]) -> httpx.Response:
        """Do what the platform does: call us, and expect to be heard."""
        answer = self.post_wecom(callback["query"], callback["body"])
        assert answer.status_code == 200
        assert answer.content == b""
        return answer


class WecomWorld(Members, World):
    """The program with support in WeCom; customers write from the test's phones."""

    def __init__(self, database_url: str, api: WecomApi, data: Path) -> None:
        self.api = self.wecom_api = api
        super().__init__(database_url, staff=False, data=data)  # support works in WeCom alone
        self.join("LiGong", "李工", Role.ENGINEER)
        self.join("WangGong", "王工", Role.ENGINEER)

    def _program(self) -> App:
        """Start the program on the database."""
        loaded = Settings(database_url=self.url, data=self.data, wecom={"default": account(self.api.url)})
        store = Store(self.url, load_workdays())
        self.platforms = platforms = Platforms(loaded, store, self.read_clock)
        app = App(
            loaded,
            {**platforms.channels, CHANNEL: self.phones},
            self.read_clock,
            default_classifier(),
            store,
            platforms.fetchers,
        )
        service = Service(app, worker=False)
        self.served = application(service, platforms.routes(service))
        return app

    def close(self) -> None:
        """End the program."""
        self.app.close()
        self.platforms.close()

    def restart(self) -> None:
        """Start the program anew on the same database."""
        self.close()
        self.app = self._program()

    def post_wecom(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        return ask(self.served, "POST", "/wecom/default", query, body)

    def wait(self, **span: float) -> None:
        """Let time pass here and there."""
        self.wait_undelivered(**span)
        self.api.clock(self.now)
        self.app.sweep()
        self.app.deliver()


def account(api_base: str) -> WecomAccount:
    """Return the account in the settings."""
    return WecomAccount.model_validate(account_settings(api_base))


def account_settings(api_base: str) -> dict[str, str]:
    """Return an account's settings."""
    return {
        "corpid": CORPID,
        "secret": SECRET,
        "agent": AGENT,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "api_base": api_base,
    }


@pytest.fixture(scope="session")
def wecom_url() -> Iterator[str]:
    """The address of the stand-in, one process for all tests."""
    given = {"corpid": CORPID, "secret": SECRET, "agent": AGENT, "token": TOKEN, "aes-key": AES_KEY}
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "tests.e2e.wecom_api", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)


@pytest.fixture
def wecom_api(wecom_url: str) -> Iterator[WecomApi]:
    """The stand-in as if it were new; the test fails if the API was used wrongly."""
    api = WecomApi(wecom_url)
    yield api
    state = api.state
    api.close()
    assert state["complaints"] == []
    assert state["dropped"] == []


@pytest.fixture
def wecom(migrated_url: str, wecom_api: WecomApi, tmp_path: Path) -> Iterator[WecomWorld]:
    """The program on each database with support in WeCom, on an ordinary Monday at ten."""
    made = WecomWorld(migrated_url, wecom_api, tmp_path / "data")
    yield made
    made.close()

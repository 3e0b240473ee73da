"""WeChat in a test: the real program and channel, the stand-in for the platform, and phones of users."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from starlette.types import ASGIApp

from bot import samples
from bot.accounts import WechatAccount
from bot.app import App
from bot.delivery.downloads import FOLDER
from bot.desk.staff import Grant, Purpose
from bot.desk.terms import Role
from bot.dialogue import codes
from bot.messages import Address
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store.quotas import Quotas
from bot.store.tables import ChatRow
from bot.tencent.callback import Callback
from bot.tencent.xml import Fields, parse
from bot.web.application import application
from bot.web.server import Server, listen, url_of
from bot.web.service import Service
from intents import default_classifier
from tests.support.world import CHANNEL, MONDAY_10, World

ROOT = Path(__file__).parents[2]
ACCOUNT = "service"  # its name in the settings
P1 = "所有坐席都登录不上，业务全停了"
START_TIMEOUT_S = 30
OURS = "gh_0123456789ab"
TOKEN = "callback-token"  # noqa: S105 - made up
SECRET = "app-secret-of-the-test"  # noqa: S105 - made up
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"


@pytest.fixture(scope="session")
def wechat_api() -> Iterator[str]:
    """The address of the stand-in, one process for all tests, of which each has an account."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.wechat_api"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a callback wait for its answer longer than the platform does: this machine may be busy."""
    monkeypatch.setattr("bot.channels.wechat_callback.READY_S", 25)


class Served:
    """An application behind a real server on a free port of this machine, in a thread of its own."""

    def __init__(self, app: ASGIApp) -> None:
        listener = listen("127.0.0.1", 0)
        self.url = url_of(listener)
        ready = threading.Event()
        self._server = Server(app, ready.set)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([listener])))
        self._thread.start()
        assert ready.wait(START_TIMEOUT_S)

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()


def signature_of(timestamp: str, nonce: str) -> str:
    """Return the plain signature, as the platform makes it."""
    parts = "".join(sorted([TOKEN, timestamp, nonce]))
    return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()


class WechatUsers:
    """People with WeChat in hand, and the platform, for a world whose program has an account there."""

    app: App
    now: datetime

    def begin_wechat(self, api: str, mode: str, **settings: Any) -> None:
        """Make an account of this world's own; ``settings`` are more of the account's."""
        self._wechat_api = httpx.Client(base_url=api, trust_env=False)
        self.appid = f"wx{secrets.token_hex(8)}"
        self.account = WechatAccount(
            appid=self.appid,
            secret=SecretStr(SECRET),
            token=SecretStr(TOKEN),
            aes_key=SecretStr(KEY),
            mode=mode,
            api_base=api,
            **settings,
        )
        self.callback = Callback(TOKEN, self.appid, KEY if mode == "secure" else None)
        self._ids = itertools.count(24_000_000_000_000_000_000 % 2**63)
        self.platform(secret=SECRET)

    def end_wechat(self) -> None:
        """Let go of the platform."""
        self._wechat_api.close()

    def post_wechat(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        raise NotImplementedError

    def platform(self, **asked: Any) -> dict[str, Any]:
        """Set the state of the platform's `Account`, and return what it was sent."""
        body = {"appid": self.appid, "now": self.now.timestamp(), **asked}
        found: dict[str, Any] = self._wechat_api.post("/test", json=body).json()
        return found

    def joining_code(self, name: str) -> str:
        """Add an engineer and return the code by which they join."""
        made = codes.new_code(Purpose.STAFF)
        with self.app.store.begin(self.now) as unit:
            person = unit.people.add(name, Role.ENGINEER, None)
            until = self.now + codes.VALID[Purpose.STAFF]
            unit.people.issue(Grant(Purpose.STAFF, None, person.id), codes.code_hash(made), "test", until)
        return made

    # --- what users do

    def says(self, text: str, *, who: str = "openid-1") -> str | None:
        """Let a user write, and return the passive answer."""
        return self.reports(
            self.message(who, f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content>")
        )

    def sends(self, inside: str, *, who: str = "openid-1") -> str | None:
        """Let a user send another kind of message, given by its fields."""
        return self.reports(self.message(who, inside))

    def does(self, event: str, key: str = "", *, who: str = "openid-1") -> str | None:
        """Let an event of a user's be reported."""
        self.platform(did=[[who, {"subscribe": "follow", "unsubscribe": "unfollow"}.get(event, "action")]])
        inside = f"<MsgType>event</MsgType><Event>{event}</Event><EventKey><![CDATA[{key}]]></EventKey>"
        return self.reports(self.body(who, inside), note=False)

    def presses(self, label: str, *, who: str = "openid-1") -> str | None:
        """Let a user press an item of the latest message that has it."""
        items = [
            item
            for sent in reversed(self.sent(who))
            if sent["msgtype"] == "msgmenu"
            for item in sent["msgmenu"]["list"]
        ]
        item = next(item for item in items if item["content"] == label)
        self.platform(did=[[who, "action"]])
        inside = (
            f"<MsgType>text</MsgType><Content>{item['content']}</Content>"
            f"<bizmsgmenuid>{item['id']}</bizmsgmenuid>"
        )
        return self.reports(self.message(who, inside), note=False)

    def message(self, who: str, inside: str) -> str:
        """Return a message's XML with an id of its own."""
        return self.body(who, f"{inside}<MsgId>{next(self._ids)}</MsgId>")

    def body(self, who: str, inside: str) -> str:
        """Return a report's XML."""
        return (
            f"<xml><ToUserName>{OURS}</ToUserName><FromUserName>{who}</FromUserName>"
            f"<CreateTime>{int(self.now.timestamp())}</CreateTime>{inside}</xml>"
        )

    def reports(self, body: str, *, note: bool = True) -> str | None:
        """Report to the program as the platform does; return the text of the passive answer, None without."""
        if note:
            self.platform(did=[[parse(body).text("FromUserName"), "message"]])
        answered = self.post(body)
        assert answered.status_code == 200, answered.text
        return None if answered.text == "success" else self.opened(answered.text).text("Content")

    def post(self, body: str) -> httpx.Response:
        """Call the program with a report, signed and in secure mode encrypted."""
        sealed = self.callback.sealed(body, self.now)
        return self.post_wechat(self.query(sealed), sealed)

    def query(self, sealed: str) -> dict[str, str]:
        """Return the query that goes with a body."""
        if self.callback.aes_key is None:
            timestamp = str(int(self.now.timestamp()))
            return {"timestamp": timestamp, "nonce": "nonce", "signature": signature_of(timestamp, "nonce")}
        fields = parse(sealed)
        return {
            "timestamp": fields.text("TimeStamp"),
            "nonce": fields.text("Nonce"),
            "msg_signature": fields.text("MsgSignature"),
            "encrypt_type": "aes",
        }

    def opened(self, answer: str) -> Fields:
        """Return a passive answer as the user's side reads it."""
        if self.callback.aes_key is None:
            return parse(answer)
        return self.callback.opened(self.query(answer), answer.encode(), self.now)

    # --- what they got

    def sent(self, who: str = "openid-1") -> list[dict[str, Any]]:
        """Return what the platform was told to send to a user."""
        return [sent for sent in self.platform()["sent"] if sent["touser"] == who]

    def texts(self, who: str = "openid-1") -> list[str]:
        """Return the texts of it."""
        return [
            sent["text"]["content"] if sent["msgtype"] == "text" else sent["msgmenu"]["head_content"]
            for sent in self.sent(who)
            if sent["msgtype"] in ("text", "msgmenu")
        ]


class WechatWorld(WechatUsers, World):
    """A world whose program has a WeChat account too; time there is the world's.

    Args:
        api: the stand-in's address.
        data: a folder for attachments.
        settings: more of the account's settings.
    """

    def __init__(
        self, database_url: str, api: str, data: Path, *, mode: str = "secure", **settings: Any
    ) -> None:
        self._data = data
        self.now = MONDAY_10
        self.begin_wechat(api, mode, **settings)
        super().__init__(database_url)

    def _loaded(self) -> Settings:
        return Settings(database_url=self.url, data=self._data, wechat={ACCOUNT: self.account})

    def _program(self) -> App:
        settings = self._loaded()
        store = open_store(settings)
        self.platforms = Platforms(settings, store, self.read_clock)
        channels = {CHANNEL: self.phones, **self.platforms.channels}
        app = App(settings, channels, self.read_clock, default_classifier(), store, self.platforms.fetchers)
        service = Service(app, worker=False)
        self._served = Served(application(service, self.platforms.routes(service)))
        self.http = httpx.Client(base_url=self._served.url, timeout=30)
        return app

    def close(self) -> None:
        """End the program."""
        self._end_program()
        self.end_wechat()

    def restart(self) -> None:
        """Start the program anew on the same database."""
        self._end_program()
        self.app = self._program()

    def _end_program(self) -> None:
        self.http.close()
        self._served.stop()
        self.platforms.close()
        self.app.close()

    def post_wechat(self, query: Mapping[str, str], body: str) -> httpx.Response:
        """Call the program as the platform does."""
        return self.http.post(f"/wechat/{ACCOUNT}", params=dict(query), content=body.encode())

    def bind(self, customer: str = "青禾", *, who: str = "openid-1") -> str | None:
        """Let a user bind their chat by a code that support issues; return what they are told."""
        return self.says(f"绑定 {self.code(customer)}", who=who)

    def code(self, customer: str = "青禾") -> str:
        """Let support issue a code that binds a customer's chat."""
        found = re.search(r"绑定 ([A-Z2-9]+)", self.staff(f"绑定码 {customer}"))
        assert found is not None
        return found[1]

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so that another thread does."""
        for _ in range(1000):
            if is_so():
                return
            time.sleep(0.01)
        raise AssertionError("it did not come about")

    def staff_undelivered(self, text: str) -> None:
        """Send a message in the staff chat; what it brings about is not delivered yet."""
        self.app.submit(self.inbound(samples.STAFF_CHAT, self.person("li"), text))

    def chat_of(self, who: str) -> int:
        """Return our id of a user's chat."""
        with self.app.store.read() as session:
            return session.scalars(select(ChatRow.id).filter_by(account=ACCOUNT, chat=who)).one()

    def left(self, who: str = "openid-1") -> int:
        """Return how many ordinary messages may be sent to a user by our count."""
        return Quotas(self.app.store, self.read_clock).of(Address("wechat", ACCOUNT, who)).left(self.now)

    def kept_files(self) -> list[Path]:
        """Return the kept attachments."""
        return sorted(path for path in (self._data / FOLDER).rglob("*") if path.is_file())

    def deliver_after(self, **span: float) -> None:
        """Let time pass at the platform and here, and deliver what is due."""
        self.now += timedelta(**span)
        self.platform()
        self.app.sweep()
        self.app.deliver()


@pytest.fixture
def wechat(patience: None, migrated_url: str, wechat_api: str, tmp_path: Path) -> Iterator[WechatWorld]:
    """A program with a WeChat account in secure mode, on each database."""
    del patience
    made = WechatWorld(migrated_url, wechat_api, tmp_path)
    yield made
    made.close()


@pytest.fixture
def plain_wechat(
    patience: None, sqlite_template: Path, tmp_path: Path, wechat_api: str
) -> Iterator[WechatWorld]:
    """The same in plain mode, on SQLite."""
    del patience
    shutil.copy(sqlite_template, tmp_path / "plain.db")
    made = WechatWorld(f"sqlite:///{tmp_path / 'plain.db'}", wechat_api, tmp_path, mode="plain")
    yield made
    made.close()

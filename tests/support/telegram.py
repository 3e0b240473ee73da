"""People on a stand-in of Telegram, and the real program that serves them, with a clock that is set."""

from __future__ import annotations

import asyncio
import base64
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot import samples
from bot.app import App, open_store
from bot.desk.staff import Grant, Purpose
from bot.desk.terms import Role
from bot.dialogue import codes
from bot.messages import Say
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store import tables as t
from bot.web.application import application
from bot.web.server import Server, listen, url_of
from bot.web.service import Service
from intents import default_classifier
from tests.support.world import MONDAY_10

Json = dict[str, Any]

HOST = "127.0.0.1"
TIMEOUT_S = 60
LOOK_EVERY_S = 0.02
STAFF_CHAT = -100500
GROUP = -100600
BOT_ID = 777
USERNAME = "HotlineBot"
SECRET = "a-secret-of-the-test"  # noqa: S105


class Api:
    """The stand-in as one test sees it: a bot of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT_S)

    def control(self, what: str, **given: Any) -> Any:
        """Do something with the test's hand."""
        return self._post(what, given)

    def _post(self, what: str, given: Any) -> Any:
        return self._http.post(f"/control/{self.token}/{what}", json=given).raise_for_status().json()

    def look(self) -> Json:
        """Return everything the service knows of the bot."""
        found: Json = self._post("look", None)
        return found

    def set_clock(self, now: datetime) -> None:
        """Set the service's clock."""
        self._post("clock", int(now.timestamp()))

    def again(self, update: Json) -> None:
        """Deliver an update a second time."""
        self._post("again", update)

    def messages(self, chat: int) -> list[Json]:
        """Return the messages of a chat as they stand now."""
        found: list[Json] = self.look()["chats"][str(chat)]
        return found

    def close(self) -> None:
        """Forget the bot."""
        self._post("remove", None)
        self._http.close()


class Person:
    """Somebody with the app in hand."""

    def __init__(self, world: TelegramWorld, user: int, name: str) -> None:
        self._world = world
        self.user = {"id": user, "is_bot": False, "first_name": name}
        self.id = user

    def say(self, text: str = "", *, chat: int | None = None, settle: bool = True, **content: Any) -> Json:
        """Write into a chat (the private one), and return the message."""
        given = {"text": text, **content} if text else content
        place = self.id if chat is None else chat
        sent: Json = self._world.api.control("say", user=self.user, chat=place, **given)
        if settle:
            self._world.settle()
        return sent

    def forward(
        self, message: Json, *, chat: int | None = None, text: str = "", is_hidden: bool = False
    ) -> Json:
        """Pass a message on (or these words of it); ``is_hidden``: the author's name is not to be seen."""
        author = message["from"]
        origin: Json = {"type": "user", "sender_user": author, "date": message["date"]}
        if is_hidden:
            name = author["first_name"]
            origin = {"type": "hidden_user", "sender_user_name": name, "date": message["date"]}
        return self.say(text or message["text"], chat=chat, forward_origin=origin)

    def edit(self, message: Json, text: str) -> None:
        """Edit one's message."""
        place = message["chat"]["id"]
        self._world.api.control(
            "edit", user=self.user, chat=place, message_id=message["message_id"], text=text
        )
        self._world.settle()

    def press(
        self, label: str, *, chat: int | None = None, on: Json | None = None, settle: bool = True
    ) -> None:
        """Press a button: of the latest message in a chat (the private one) that has it, or of ``on``."""
        place = self.id if chat is None else chat
        message = on or next(m for m in reversed(self._world.api.messages(place)) if label in labels(m))
        self._world.api.control(
            "press", user=self.user, chat=place, message_id=message["message_id"], label=label
        )
        if settle:
            self._world.settle()

    def last(self) -> str:
        """Return what the bot said last in the private chat."""
        return self._world.last(self.id)


def labels(message: Json) -> list[str]:
    """Return the labels of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


class TelegramWorld:
    """The program with one bot, the customers' and support's phones.

    Args:
        mode: polling or webhook.
        settings: more of the program's, such as accounts elsewhere.
    """

    def __init__(self, api: Api, database_url: str, mode: str, data: Path, **settings: Any) -> None:
        self.api = api
        self.now = MONDAY_10
        self.mode = mode
        self._settings = {"database_url": database_url, "data": data, **settings}
        user = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "维护热线",
            "username": USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
        }
        api.control("create", user=user, now=int(self.now.timestamp()))
        self.chen = self._person(41, "陈班长")
        self.lin = self._person(42, "林主管")
        self.visitor = self._person(43, "新访客")
        self.li = self._person(51, "李工")
        self.wang = self._person(52, "王工")
        self.zhao = self._person(53, "赵主管")
        self.group(STAFF_CHAT, "值班群")
        self.app: App
        self.start()
        self._know()

    def _person(self, user: int, name: str) -> Person:
        self.api.control("chat", id=user, type="private", title=name)
        return Person(self, user, name)

    def group(self, chat: int, title: str, kind: str = "supergroup", **more: Any) -> None:
        """Make a group; one with ``topics`` is a forum."""
        self.api.control("chat", id=chat, type=kind, title=title, **more)

    def read_clock(self) -> datetime:
        """Return the test's present instant."""
        return self.now

    # --- the program

    def start(self, staff_chat: int = STAFF_CHAT) -> None:
        """Start the program and wait until it serves and ``staff_chat`` has its menu."""
        self._served = staff_chat
        self.listener = listen(HOST, 0)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(TIMEOUT_S)
        self.until(self._is_reachable)

    def _is_reachable(self) -> bool:
        found = self.api.look()
        agreed = bool(found["webhook"]) if self.mode == "webhook" else bool(found["is_polled"])
        return agreed and f"chat:{self._served}" in found["commands"]

    async def _run(self) -> None:
        try:
            account = {"token": self.api.token, "api_base": self.api.url, "mode": self.mode}
            account |= {"staff_chat": str(STAFF_CHAT), "secret": SECRET}
            settings = Settings(
                **self._settings,  # type: ignore[arg-type]
                public_url=url_of(self.listener),
                telegram={"default": account},  # type: ignore[dict-item]
            )
            store = open_store(settings)
            platforms = Platforms(settings, store, self.read_clock)
            self.app = App(
                settings,
                platforms.channels,
                self.read_clock,
                default_classifier(),
                store,
                platforms.fetchers,
            )
            service = Service(self.app)
            self._server = Server(
                application(service, platforms.routes(service)), self._ready.set, lambda: None
            )
            await service.start()
            running = asyncio.create_task(platforms.run(service))
            await self._server.serve([self.listener])
            running.cancel()
            await asyncio.wait([running])
            await service.stop()
            self.app.close()
            platforms.close()
        finally:
            self._ready.set()
            self.listener.close()

    def stop(self) -> None:
        """End the program."""
        self._server.should_exit = True
        self._thread.join()

    def _know(self) -> None:
        """Put the sample contracts into the store, and who of the people belongs where."""
        samples.load(self.app.store, self.now, "elsewhere", staff=False)
        with self.app.store.begin(self.now) as unit:
            for person, customer in ((self.chen, "青禾保险客服中心"), (self.lin, "远山银行信用卡中心")):
                self._bind(unit.session, person.id, customer)
            roles = ((self.li, Role.ENGINEER), (self.wang, Role.ENGINEER), (self.zhao, Role.LEAD))
            for person, role in roles:
                unit.session.add(
                    t.ContactRow(
                        channel="telegram",
                        account="default",
                        user=str(person.id),
                        name=person.user["first_name"],
                        role=role.value,
                        bind_failures=0,
                    )
                )

    def _bind(self, session: Any, chat: int, customer: str, kind: str = "private") -> None:
        owner = session.scalars(select(t.CustomerRow.id).where(t.CustomerRow.name == customer)).one()
        place = {"channel": "telegram", "account": "default", "chat": str(chat)}
        session.add(t.ChatRow(**place, kind=kind, customer_id=owner, state={}))

    def bound_group(self, chat: int = GROUP, customer: str = "青禾保险客服中心", **more: Any) -> None:
        """Make a customer's group, bound to its contract."""
        self.group(chat, f"{customer}的群", **more)
        self.bind_group(chat, customer)

    def bind_group(self, chat: int, customer: str = "青禾保险客服中心") -> None:
        """Bind a group to a customer's contract."""
        with self.app.store.begin(self.now) as unit:
            self._bind(unit.session, chat, customer, "group")

    def small_staff_group(self, chat: int) -> None:
        """Make a group, not yet a supergroup, in which support works too."""
        self.group(chat, "新值班群", "group")
        with self.app.store.begin(self.now) as unit:
            place = {"channel": "telegram", "account": "default", "chat": str(chat)}
            unit.session.add(t.ChatRow(**place, kind="staff", state={}))

    def code(self, purpose: Purpose, name: str | None = None) -> str:
        """Issue a single-use code: for a new engineer of that name, or for a staff chat."""
        made = codes.new_code(purpose)
        with self.app.store.begin(self.now) as unit:
            person = unit.people.add(name, Role.ENGINEER, None).id if name else None
            grant = Grant(purpose, person_id=person)
            unit.people.issue(grant, codes.code_hash(made), "test", self.now + timedelta(days=1))
        return made

    def fill(self, chat: int, number: int) -> str:
        """Let the bot say things in a chat until one has that number, and return it."""
        while not any(m["message_id"] == number for m in self.api.messages(chat)):
            with self.app.store.begin(self.now) as unit:
                unit.messages.say(self.chat_id(chat), Say(f"第 {len(self.api.messages(chat))} 条"))
            self.settle()
        return next(str(m["text"]) for m in self.api.messages(chat) if m["message_id"] == number)

    # --- time

    def wait(self, *, settle: bool = True, **span: float) -> None:
        """Let time pass, as `timedelta` takes it, then do what it makes due."""
        self.now += timedelta(**span)
        self.api.set_clock(self.now)
        self.app.sweep()
        if settle:
            self.settle()

    def settle(self) -> None:
        """Wait until what was said is handled and what is due has been delivered."""
        self.until(self._is_quiet)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + TIMEOUT_S
        while not holds():
            assert time.monotonic() < deadline, "it does not come to rest"
            time.sleep(LOOK_EVERY_S)

    def _is_quiet(self) -> bool:
        if self.api.look()["waiting"]:
            return False
        with self.app.store.read() as session:
            waits = [
                select(func.count()).select_from(t.InboxRow).where(t.InboxRow.status == "received"),
                select(func.count())
                .select_from(t.OutboxRow)
                .join(t.ChatRow, t.ChatRow.id == t.OutboxRow.chat_id)
                .where(
                    t.OutboxRow.status == "pending",
                    t.OutboxRow.try_at <= self.now,
                    t.ChatRow.channel == "telegram",
                ),
            ]
            return not any(session.scalar(query) for query in waits)

    # --- what is seen

    def heard(self, chat: int) -> list[str]:
        """Return the bot's texts in a chat as they stand, in order."""
        return [
            m.get("text") or m.get("caption", "")
            for m in self.api.messages(chat)
            if m.get("from", {}).get("id") == BOT_ID
        ]

    def last(self, chat: int) -> str:
        """Return what the bot said last in a chat."""
        return self.heard(chat)[-1]

    def card(self, ticket: int = 1) -> Json:
        """Return the newest card of a ticket in the staff chat, as it stands."""
        head = f"【T{ticket}】"
        return next(m for m in reversed(self.api.messages(STAFF_CHAT)) if m.get("text", "").startswith(head))

    def cards(self, ticket: int = 1) -> list[Json]:
        """Return all messages that show a ticket's card."""
        return [m for m in self.api.messages(STAFF_CHAT) if m.get("text", "").startswith(f"【T{ticket}】")]

    def tickets(self) -> list[Json]:
        """Return the stored tickets."""
        with self.app.store.read() as session:
            return [
                {column.name: getattr(row, column.name) for column in t.TicketRow.__table__.columns}
                for row in session.scalars(select(t.TicketRow).order_by(t.TicketRow.id))
            ]

    def chat_id(self, chat: int) -> int:
        """Return the program's own id of a chat."""
        with self.app.store.read() as session:
            return session.scalars(select(t.ChatRow.id).where(t.ChatRow.chat == str(chat))).one()

    def kept(self, status: str = "kept") -> int:
        """Return how many attachments have been fetched, and ended so."""
        with self.app.store.read() as session:
            kept = select(func.count()).select_from(t.AttachmentRow).where(t.AttachmentRow.status == status)
            return session.scalar(kept) or 0

    def put_file(self, name: str, content: bytes, size: int | None = None) -> None:
        """Put a file on the service, as somebody's app uploads it."""
        given: Json = {"id": name, "content": base64.b64encode(content).decode()}
        self.api.control("file", **given, **({} if size is None else {"size": size}))


@pytest.fixture(scope="session")
def telegram_api() -> Iterator[str]:
    """Run the stand-in for the whole session; return its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.telegram_api"],
        cwd=Path(__file__).parents[2],
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

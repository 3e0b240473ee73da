"""People on a stand-in of Telegram, and the real program that serves them."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot import samples
from bot.desk.staff import Grant, Purpose
from bot.desk.terms import Role
from bot.dialogue import codes
from bot.messages import Say
from bot.store import tables as t
from tests.support.telegram.api import BOT_ID, GROUP, STAFF_CHAT, USERNAME, Api, Json
from tests.support.telegram.people import Person
from tests.support.telegram.program import Program


class TelegramWorld(Program):
    """The program with one bot, the customers' and support's phones."""

    def __init__(self, api: Api, database_url: str, mode: str, data: Path, **settings: Any) -> None:
        super().__init__(api, database_url, mode, data, **settings)
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
        self.start()
        self._know()

    def _person(self, user: int, name: str) -> Person:
        self.api.control("chat", id=user, type="private", title=name)
        return Person(self, user, name)

    def topics_of(self, person: Person, topics: list[int]) -> None:
        """Give somebody's private chat with the bot these topics."""
        name = person.user["first_name"]
        self.api.control("chat", id=person.id, type="private", title=name, topics=topics)

    def group(self, chat: int, title: str, kind: str = "supergroup", **more: Any) -> None:
        """Make a group; one with ``topics`` is a forum."""
        self.api.control("chat", id=chat, type=kind, title=title, **more)

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

"""The page `/try` and what it asks: samples, the two chats, sending, and what the bot understood."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot import samples
from bot.channels.simulator import Simulator
from bot.desk.calendar import SHANGHAI
from bot.desk.tables import LEVEL_NAMES
from bot.dialogue.commands import customer_command
from bot.dialogue.receipts import service_hours_zh
from bot.messages import Attachment, AttachmentKind, Inbound, Sender
from bot.store import tables as t
from bot.store.session import UnitSession
from bot.web.demo import sentences
from bot.web.demo.changes import Changes
from bot.web.demo.tickets import tickets
from bot.web.demo.transcript import transcript
from bot.web.guard import read_json
from bot.web.service import Service

STATIC = Path(__file__).parents[1] / "static"
FRESH = {"cache-control": "no-store"}
CHECKED = {"cache-control": "no-cache"}  # a newer version of the program is seen at once
KEY_LENGTH = 64
CUSTOMERS = {customer.key: Sender(customer.key, customer.person) for customer in samples.CUSTOMERS}
PEOPLE = CUSTOMERS | {samples.VISITOR.user: samples.VISITOR}
STAFF = {person.user: person for person, _ in samples.STAFF}


class CheckedFiles(StaticFiles):
    """Files that a browser keeps but asks about each time."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return the file, or that it has not changed."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(CHECKED)
        return response


class TryPage:
    """The demo's page over a service whose store holds the samples."""

    def __init__(self, service: Service, changes: Changes) -> None:
        self._service = service
        self._app = service.app
        self._changes = changes

    def routes(self) -> list[BaseRoute]:
        """Return the routes, `/` among them."""
        return [
            Route("/", lambda _: RedirectResponse("/try")),
            Route("/try", lambda _: FileResponse(STATIC / "try.html", headers=CHECKED)),
            Mount("/try/static", CheckedFiles(directory=STATIC)),
            Route("/try/api/samples", self.samples),
            Route("/try/api/feed", self.feed),
            Route("/try/api/events", self.events),
            Route("/try/api/send", self.send, methods=["POST"]),
            Route("/try/api/understanding", self.understanding, methods=["POST"]),
        ]

    async def samples(self, _: Request) -> Response:
        """Answer who can be played, and what can be tapped."""
        today = self._app.now().astimezone(SHANGHAI).date()
        customers: list[dict[str, str | None]] = [
            {
                "key": sample.key,
                "name": sample.name,
                "person": sample.person,
                "level": LEVEL_NAMES[sample.level],
                "hours": service_hours_zh(samples.terms(sample, today)),
            }
            for sample in samples.CUSTOMERS
        ]
        visitor = {"key": samples.VISITOR.user, "person": samples.VISITOR.name, "level": None, "hours": None}
        customers.append({**visitor, "name": "未绑定的聊天"})
        staff = [{"key": person.user, "name": person.name} for person in STAFF.values()]
        body = {"customers": customers, "staff": staff, **sentences.to_dict()}
        return JSONResponse(body, headers=FRESH)

    async def feed(self, request: Request) -> Response:
        """Answer both chats and the customer's tickets as they stand."""
        key = request.query_params.get("customer", "")
        if key not in PEOPLE:
            raise HTTPException(400, "customer: nobody has this key")
        return JSONResponse(await run_in_threadpool(self._feed, key), headers=FRESH)

    def _feed(self, key: str) -> dict[str, Any]:
        now = self._app.now()
        with self._app.store.read() as session:
            chat, staff = _chat(session, key), _chat(session, samples.STAFF_CHAT)
            return {
                "now": now.isoformat(),
                "customer": {
                    "key": key,
                    "messages": transcript(session, chat.id),
                    "tickets": tickets(self._app.store, session, chat, now),
                },
                "staff": {"messages": transcript(session, staff.id)},
            }

    async def events(self, _: Request) -> Response:
        """Answer with a stream that says when the chats have changed."""
        if self._changes.is_full:
            raise HTTPException(503, "too many pages are listening")
        return StreamingResponse(self._changes.stream(), media_type="text/event-stream", headers=FRESH)

    async def send(self, request: Request) -> Response:
        """Take a message of the customer or of support, as a channel would."""
        body = await read_json(request)
        inbox_id = await self._service.submit(self._inbound(body))
        return JSONResponse({"id": inbox_id}, headers=FRESH)

    def _inbound(self, body: dict[str, Any]) -> Inbound:
        sender, chat = _who(body)
        text, choice, photo = body.get("text"), body.get("choice"), body.get("photo")
        given = [text is not None, choice is not None, photo is not None]
        if sum(given) != 1:
            raise HTTPException(400, "one of text, choice and photo must be given")
        if text is not None and not isinstance(text, str):
            raise HTTPException(400, "text: must be a string")
        if choice is not None and not (isinstance(choice, str) and 0 < len(choice) <= KEY_LENGTH):
            raise HTTPException(400, "choice: must be the id of a choice")
        if photo is not None and photo is not True:
            raise HTTPException(400, "photo: must be true")
        return Inbound(
            address=samples.address(Simulator.name, chat),
            sender=sender,
            dedupe_key=_key(body),
            sent_at=self._app.now(),
            text=text or "",
            choice=choice,
            attachments=(Attachment(AttachmentKind.PHOTO, "demo-screenshot"),) if photo else (),
        )

    async def understanding(self, request: Request) -> Response:
        """Answer what the rules make of a text by itself."""
        text = (await read_json(request)).get("text")
        if not isinstance(text, str):
            raise HTTPException(400, "text: must be a string")
        explained = await run_in_threadpool(self._app.classifier.explain, text)
        is_command = customer_command(text) is not None
        return JSONResponse({"is_command": is_command, **explained.to_dict()}, headers=FRESH)


def _who(body: dict[str, Any]) -> tuple[Sender, str]:
    """Return who writes, and in which chat."""
    side, customer, staff = body.get("side"), body.get("customer"), body.get("staff")
    if side == "customer" and isinstance(customer, str) and customer in PEOPLE:
        return PEOPLE[customer], customer
    if side == "staff" and isinstance(staff, str) and staff in STAFF:
        return STAFF[staff], samples.STAFF_CHAT
    raise HTTPException(400, "side: must be customer or staff, with the key of a sample person")


def _key(body: dict[str, Any]) -> str:
    """Return the page's own key of the message: sent twice, it is taken once."""
    key = body.get("key") or uuid.uuid4().hex
    if not isinstance(key, str) or len(key) > KEY_LENGTH:
        raise HTTPException(400, f"key: must be a string of at most {KEY_LENGTH} characters")
    return key


def _chat(session: UnitSession, chat: str) -> t.ChatRow:
    place = samples.address(Simulator.name, chat)
    return session.scalars(
        select(t.ChatRow).filter_by(channel=place.channel, account=place.account, chat=place.chat)
    ).one()

"""The program with one channel more, the tests' own; started quickly by forking what is loaded already.

    python -m tests.crash.program DATABASE_URL PLATFORM_PORT

reads a role and a port a line (`serve 8001`, `web 8002`, `worker 0`); prints `started` and the process that
it started for it, and later `ready` and that process.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import log, samples
from bot.app import App
from bot.commands.running import end, engine_of
from bot.messages import Inbound, Outbound, Outcome, Receipt, Sender
from bot.settings import Settings
from bot.web.application import application
from bot.web.server import Server, listen
from bot.web.service import Service
from intents import Classifier, default_classifier

NAME = "fake"
TIMEOUT_S = 5


class FakeChannel:
    """Sends to the tests' platform over HTTP."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, message: Outbound) -> Receipt:
        """Send one message."""
        body = json.dumps(
            {"id": message.id, "chat": message.address.chat, "pid": os.getpid(), "text": message.text}
        )
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            connection.connect()
        except OSError:
            return Receipt(Outcome.LATER, error="unreachable")
        try:
            connection.request("POST", "/send", body.encode())
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return Receipt(Outcome.UNKNOWN, error="no-answer")
        finally:
            connection.close()
        if answer.status == 200:
            return Receipt(Outcome.SENT, external_id=content["id"])
        wait = content.get("retry_after")
        retry_at = datetime.now(UTC) + timedelta(seconds=wait) if wait else None
        return Receipt(Outcome.LATER, retry_at=retry_at, error=str(answer.status))


def webhook(service: Service) -> Route:
    """Return the route that the platform calls: it acknowledges what is durable, then handles it."""

    async def post(request: Request) -> Response:
        message = await request.json()
        inbound = Inbound(
            address=samples.address(NAME, message["chat"]),
            sender=Sender(message["chat"], message["chat"]),
            dedupe_key=message["key"],
            sent_at=datetime.fromtimestamp(message["sent_at"], UTC),
            text=message["text"],
        )
        inbox_id, is_new = await service.receive(inbound)
        return Response(background=BackgroundTask(service.handle, inbox_id) if is_new else None)

    return Route("/fake", post, methods=["POST"])


async def run(database_url: str, platform: int, classifier: Classifier, role: str, port: int) -> None:
    """Run the program in one of its roles until a signal comes."""
    app = App(Settings(database_url=database_url), {NAME: FakeChannel(platform)}, classifier=classifier)
    service = Service(app, worker=role != "web", engine=engine_of(app) if role != "web" else None)
    try:
        if role == "worker":
            ending = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
            await service.start(ending.set)
            say("ready", os.getpid())
            await ending.wait()
        else:
            with listen("127.0.0.1", port) as listener:
                server = Server(application(service, [webhook(service)]), partial(say, "ready", os.getpid()))
                await service.start(server.end)
                await server.serve([listener])
        await service.stop()
    finally:
        app.close()
    end(service)


def say(what: str, pid: int) -> None:
    """Write a line at once and in one piece: several processes write here."""
    os.write(1, f"{what} {pid}\n".encode())


def main() -> None:
    """Start processes as told until standard input ends."""
    database_url, platform = sys.argv[1], int(sys.argv[2])
    log.configure("text", "ERROR")
    classifier = default_classifier()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that end
    for line in sys.stdin:
        role, port = line.split()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asyncio.run(run(database_url, platform, classifier, role, int(port)))
            os._exit(0)
        say("started", child)


if __name__ == "__main__":
    main()

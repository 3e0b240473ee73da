"""A chat platform that tries its messages again, and writes down what arrived from whom and when."""

from __future__ import annotations

import http.client
import json
import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SENDERS = 8
ATTEMPT_TIMEOUT_S = 5  # as WeChat's
RETRY_S = (0.1, 0.6)
DUPLICATED = 1_000_000  # added to the number of a report that is delivered once more


@dataclass(frozen=True)
class Report:
    """A message that a customer wrote."""

    chat: str
    key: str
    text: str
    sent_at: float


@dataclass(frozen=True)
class Arrival:
    """A message of ours that reached the platform; whether we were told so."""

    outbox_id: int
    chat: str
    pid: int
    at: float
    was_answered: bool


@dataclass
class Books:
    """What the platform knows."""

    arrivals: list[Arrival] = field(default_factory=list)
    refused: int = 0
    posted: int = 0
    failed_posts: int = 0


class Platform:
    """Delivers reports to the program's ports and takes its messages; both by a seed's dice.

    Args:
        faulty: whether it refuses some messages, and takes others without saying so.
    """

    def __init__(self, seed: int, *, faulty: bool) -> None:
        self._faulty = faulty
        self.books = Books()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._waiting: queue.PriorityQueue[tuple[float, int, Report | None]] = queue.PriorityQueue()

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Take messages on a port of this machine."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = platform.take(body)
                if answer is None:  # it arrived, but nobody is told
                    self.close_connection = True
                    return
                status, content = answer
                self.send_response(status)
                data = json.dumps(content).encode()
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: object) -> None:
                """Whoever asked was killed."""

        with Quiet(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield server.server_address[1]
            finally:
                server.shutdown()
                thread.join()

    def take(self, message: dict[str, object]) -> tuple[int, dict[str, object]] | None:
        """Answer one message of the program's."""
        with self._lock:
            dice = self._chance.random() if self._faulty else 1
            if dice < 0.03:
                self.books.refused += 1
                return 500, {}
            if dice < 0.05:
                self.books.refused += 1
                return 429, {"retry_after": 0.3}
            lost = dice < 0.06
            self.books.arrivals.append(
                Arrival(
                    int(str(message["id"])),
                    str(message["chat"]),
                    int(str(message["pid"])),
                    time.time(),
                    was_answered=not lost,
                )
            )
        return None if lost else (200, {"id": f"m{message['id']}"})

    def deliver(self, reports: Sequence[Report], ports: Sequence[int], rate: float) -> None:
        """Deliver all reports at a steady rate, each until it is acknowledged, some of them twice.

        A report that must be tried again does not hold up the next one of its chat.
        """
        start = time.monotonic()
        for number, report in enumerate(reports):
            self._waiting.put((start + number / rate, number, report))
        threads = [threading.Thread(target=self._work, args=(ports,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        self._waiting.join()
        for _ in threads:
            self._waiting.put((0, -1, None))
        for thread in threads:
            thread.join()

    def _work(self, ports: Sequence[int]) -> None:
        while True:
            due, number, report = self._waiting.get()
            if report is None:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            wait = self._chance.uniform(*RETRY_S)
            if not self._post(report, ports):
                self._waiting.put((time.monotonic() + wait, number, report))
            elif number < DUPLICATED and self._chance.random() < 0.1:
                self._waiting.put((time.monotonic() + 2 * wait, number + DUPLICATED, report))
            self._waiting.task_done()

    def _post(self, report: Report, ports: Sequence[int]) -> bool:
        """Tell the program of a report; return whether it acknowledged."""
        port = self._chance.choice(list(ports))
        body = json.dumps(
            {"chat": report.chat, "key": report.key, "text": report.text, "sent_at": report.sent_at}
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ATTEMPT_TIMEOUT_S)
        try:
            connection.request("POST", "/fake", body.encode(), {"Content-Type": "application/json"})
            is_taken = connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            is_taken = False
        finally:
            connection.close()
        with self._lock:
            self.books.posted += 1
            self.books.failed_posts += not is_taken
        return is_taken

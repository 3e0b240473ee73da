"""HTTP: the Bot API below ``/bot<token>/``, files below ``/file/``, the test's own below ``/control/``."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.e2e.telegram_api import control
from tests.e2e.telegram_api.methods import METHODS
from tests.e2e.telegram_api.state import ApiError, Bot, Json, Upload
from tests.e2e.telegram_api.webhooks import deliver_webhooks

BOTS: dict[str, Bot] = {}
LOOK_EVERY_S = 0.05  # at whether a call that hangs is to end


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if match := re.fullmatch(r"/control/([^/]+)/(\w+)", self.path):
            self._control(match[1], match[2], json.loads(body or b"null"))
        elif match := re.fullmatch(r"/bot([^/]+)/(\w+)", self.path):
            self._call(match[1], match[2], *_parameters(self.headers.get("Content-Type", ""), body))
        else:
            self._answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    def do_GET(self) -> None:
        match = re.fullmatch(r"/file/bot([^/]+)/files/(.+)", unquote(self.path))
        bot = BOTS.get(match[1]) if match else None
        content = bot.files.get(match[2]) if bot and match else None
        self._send(200 if content is not None else 404, content or b"", "application/octet-stream")

    def _control(self, token: str, what: str, given: Any) -> None:
        self._answer(200, control.CONTROLS[what](BOTS, token, given))

    def _call(self, token: str, method: str, given: Json, files: dict[str, Upload]) -> None:
        bot = BOTS.get(token)
        if bot is None:
            self._answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
            return
        if method not in METHODS:
            self._answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})
            return
        if method != "getUpdates":
            bot.calls.append({"method": method, **given})
        do, known = METHODS[method]
        bot.complaints += [f"{method} has no parameter {name}" for name in given.keys() - known]
        fault = control.fault_for(bot, method, given)
        try:
            if fault and control.before(fault):
                self._end(fault, bot, given)
                return
            result = do(bot, given, files)
            if fault and fault["kind"] == "odd":
                result = {**result, "link_preview_options": "a shape of next year"}
            elif fault:
                self._end(fault, bot, given)
                return
            self._answer(200, {"ok": True, "result": result})
        except ApiError as error:
            answer: Json = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                answer["parameters"] = error.parameters
            self._answer(error.code, answer)

    def _end(self, fault: Json, bot: Bot, given: Json) -> None:
        """End a request as a fault says: with an error, a page of a gateway, or without any answer."""
        if fault["kind"] in ("hang", "hang_after"):
            self._hang(bot)
            return
        if fault["kind"] in ("drop", "drop_after"):
            self.close_connection = True
            return
        if fault["kind"] == "gateway":
            self._send(502, b"<html>502 Bad Gateway</html>", "text/html")
            return
        after = fault["retry_after"]
        bot.flood(int(given["chat_id"]), after)
        answer = {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {after}",
            "parameters": {"retry_after": after},
        }
        self._answer(429, answer)

    def _hang(self, bot: Bot) -> None:
        """Answer nothing until the caller gives up and closes the connection, or the test says `release`."""
        self.close_connection = True
        self.connection.settimeout(LOOK_EVERY_S)
        bot.hanging += 1
        while not bot.is_released:
            with suppress(TimeoutError):
                self.connection.recv(1)
                break
        bot.hanging -= 1

    def _answer(self, code: int, answer: Any) -> None:
        self._send(code, json.dumps(answer).encode(), "application/json")

    def _send(self, code: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _parameters(kind: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    """Return the parameters of a call, and the files that came with it."""
    if kind.startswith("application/json"):
        return json.loads(body), {}
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    given: Json = {}
    files: dict[str, Upload] = {}
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True) or b""
        assert isinstance(content, bytes)
        if part.get_filename() is not None:
            files[name] = Upload(content)
            files[name].name = part.get_filename() or ""
        else:
            given[name] = content.decode()
    return given, files


def main() -> None:
    """Serve on a free port until standard input ends, and say on which."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=deliver_webhooks, args=(BOTS,), daemon=True).start()
    print(server.server_address[1], flush=True)
    input()

"""The platform's HTTP, and below /_test what a test sets, asks and lets happen."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.e2e.wecom_api.platform import Platform, Refused
from tests.support.callbacks import Target, xml

NOT_TRUSTED = "not allow to access from your ip, hint: [1], from ip: 203.0.113.7"


class Server:
    """Answers for one company."""

    def __init__(self, platform: Platform, target: Target) -> None:
        self.platform = platform
        self.target = target
        self.faults: dict[str, list[Any]] = defaultdict(list)
        self.messages = 0

    async def call(self, request: Request) -> Response:
        """Answer a call of the API."""
        call = request.path_params["call"]
        self.platform.calls[call] += 1
        fault = self.faults[call].pop(0) if self.faults[call] else None
        if fault == "lost":  # done, but its answer does not arrive
            await self._done(call, request)
            return Response(status_code=502)
        if fault == "pass":  # this one goes well, the next fault is for the next call
            return await self._done(call, request)
        if fault == "html":
            return HTMLResponse("<html>bad gateway</html>")
        if isinstance(fault, dict):
            return JSONResponse(fault)
        return await self._done(call, request)

    async def _done(self, call: str, request: Request) -> Response:
        try:
            if call == "media/get":
                self.platform.check(request.query_params.get("access_token", ""))
                content = self.platform.fetch(request.query_params.get("media_id", ""))
                return Response(content, media_type="application/octet-stream")
            said = self._answer(call, request.query_params, await request.body())
        except Refused as error:
            return JSONResponse({"errcode": error.code, "errmsg": str(error)})
        return JSONResponse({"errcode": 0, "errmsg": "ok", **said})

    def _answer(self, call: str, query: Any, body: bytes) -> dict[str, Any]:
        platform = self.platform
        if call == "gettoken":
            return platform.token(query.get("corpid", ""), query.get("corpsecret", ""))
        platform.check(query.get("access_token", ""))
        if call == "agent/get":
            return platform.agent_of(query.get("agentid"))
        if call == "media/upload":
            return platform.upload(query.get("type", ""), _file(body))
        data = json.loads(body)
        answers = {"message/send": platform.send, "message/update_template_card": platform.update}
        return answers[call](data)

    async def control(self, request: Request) -> Response:
        """Do what the test says."""
        said = await request.json() if request.method == "POST" else {}
        return JSONResponse(getattr(self, f"do_{request.path_params['what']}")(**said))

    def do_reset(self) -> dict[str, Any]:
        """Forget everything."""
        old = self.platform
        self.platform = Platform(old.corpid, old.secret, old.agent)
        self.faults.clear()
        return {}

    def do_state(self) -> dict[str, Any]:
        """Tell what there is."""
        return self.platform.state()

    def do_clock(self, now: str) -> dict[str, Any]:
        """Set the clock."""
        self.platform.now = datetime.fromisoformat(now)
        return {}

    def do_members(self, users: list[str], unlicensed: list[str] | None = None) -> dict[str, Any]:
        """Set who can see the application, and who of them has no licence."""
        self.platform.members, self.platform.unlicensed = set(users), set(unlicensed or ())
        return {}

    def do_fault(self, call: str, fault: Any, times: int = 1) -> dict[str, Any]:
        """Let the next calls of an endpoint end so: an answer, ``html`` or ``lost``."""
        self.faults[call] += [fault] * times
        return {}

    def do_expire(self) -> dict[str, Any]:
        """Let no token be good any more."""
        self.platform.tokens.clear()
        return {}

    def do_write(self, user: str, text: str) -> dict[str, Any]:
        """Let a member write; return the callback that the platform would make of it."""
        return self._said(user, MsgType="text", Content=text)

    def do_picture(self, user: str, content: str) -> dict[str, Any]:
        """Let a member send a picture, given in hexadecimal; return the callback."""
        media_id = self.platform.upload("image", bytes.fromhex(content))["media_id"]
        return self._said(user, MsgType="image", PicUrl="http://127.0.0.1:9/p.png", MediaId=media_id)

    def do_press(self, user: str, label: str, nth: int = -1) -> dict[str, Any]:
        """Let a member press a button; return the callback."""
        return self._callback(self.platform.press(user, label, self.platform.now, nth))

    def do_echo(self, text: str) -> dict[str, Any]:
        """Return the query of the check that the console makes."""
        sealed = self.target.encrypt(self.target.pad(text.encode()))
        return {"query": {**self.target.query(self._at(), sealed), "echostr": sealed}, "body": ""}

    def _said(self, user: str, **content: str) -> dict[str, Any]:
        self.messages += 1
        fields = {
            "ToUserName": self.platform.corpid,
            "FromUserName": user,
            "CreateTime": str(int(self._at())),
            **content,
            "MsgId": str(7_000_000_000_000_000_000 + self.messages),
            "AgentID": str(self.platform.agent),
        }
        return self._callback(fields)

    def _callback(self, fields: dict[str, str]) -> dict[str, Any]:
        query, body = self.target.call(xml(fields), self._at())
        return {"query": query, "body": body.decode()}

    def _at(self) -> float:
        return self.platform.now.timestamp()


def _file(body: bytes) -> bytes:
    """Return the one file of a form."""
    boundary, _, rest = body.partition(b"\r\n")
    head, _, content = rest.partition(b"\r\n\r\n")
    if b'name="media"' not in head or b"filename=" not in head:
        raise Refused(41005, "media data missing")
    return content.removesuffix(b"\r\n" + boundary + b"--\r\n")


def application(corpid: str, secret: str, agent: int, token: str, aes_key: str) -> Starlette:
    """Return the platform's HTTP."""
    server = Server(Platform(corpid, secret, agent), Target("/wecom", token, corpid, aes_key))
    return Starlette(
        routes=[
            Route("/cgi-bin/{call:path}", server.call, methods=["GET", "POST"]),
            Route("/_test/{what}", server.control, methods=["GET", "POST"]),
        ]
    )

"""The platform's HTTP: `python -m tests.e2e.wechat_api` prints its address and serves until it is ended."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.e2e.wechat_api.platform import Account, Refusal

ACCOUNTS: dict[str, Account] = {}


async def token(request: Request) -> Response:
    """`POST /cgi-bin/stable_token`."""
    asked = json.loads(await request.body())
    account = ACCOUNTS.get(str(asked.get("appid")))
    if account is None:
        return _refused(Refusal(40013, "invalid appid"))
    return await _answer(account, "stable_token", lambda: account.stable_token(asked))


async def call(request: Request) -> Response:
    """Every other endpoint, with the token in the query."""
    endpoint, value = request.path_params["endpoint"], request.query_params.get("access_token", "")
    account = next((each for each in ACCOUNTS.values() if value.startswith(f"token-{each.appid}-")), None)
    if account is None:
        return _refused(Refusal(40001, "invalid credential"))
    body = await request.body()
    asked = {"file": body} if endpoint == "media/upload" else json.loads(body or b"{}")

    def do() -> dict[str, Any] | Response:
        account.check(value)
        return _endpoint(account, endpoint, asked, request)

    return await _answer(account, endpoint, do)


def _endpoint(
    account: Account, endpoint: str, asked: dict[str, Any], request: Request
) -> dict[str, Any] | Response:
    if endpoint == "media/upload":
        return account.upload(request.query_params.get("type", ""), _file(asked["file"]))
    if endpoint == "media/get":
        return _media(account, request.query_params.get("media_id", ""), request)
    if endpoint not in ENDPOINTS:
        raise Refusal(48001, "no such api")
    return ENDPOINTS[endpoint](account, asked)


def _qrcode(_: Account, asked: dict[str, Any]) -> dict[str, Any]:
    scene = asked["action_info"]["scene"]["scene_str"]
    if asked["action_name"] != "QR_STR_SCENE" or not 0 < len(scene) <= 64:
        raise Refusal(40169, "invalid length for scene")
    return {
        "ticket": f"ticket-{scene}",
        "expire_seconds": asked["expire_seconds"],
        "url": f"http://q/{scene}",
    }


def _menu(account: Account, asked: dict[str, Any]) -> dict[str, Any]:
    buttons = asked["button"]
    if not 1 <= len(buttons) <= 3 or any(len(button.get("sub_button", [])) > 5 for button in buttons):
        raise Refusal(40017, "invalid button size")
    account.menu = asked
    return {}


def _menu_of(account: Account, _: dict[str, Any]) -> dict[str, Any]:
    if not account.is_verified:
        raise Refusal(48001, "api unauthorized")
    if account.menu is None:
        raise Refusal(46003, "menu no exist")
    return {"menu": account.menu}


def _templates(account: Account, _: dict[str, Any]) -> dict[str, Any]:
    found = account.templates.items()
    return {"template_list": [{"template_id": name, **_shown(fields)} for name, fields in found]}


def _notices(account: Account, _: dict[str, Any]) -> dict[str, Any]:
    found = account.notices.items()
    return {"data": [{"priTmplId": name, "type": 2, **_shown(fields)} for name, fields in found]}


def _shown(fields: list[str]) -> dict[str, str]:
    return {"title": "进展", "content": "".join(f"{one}: {{{{{one}.DATA}}}}\n" for one in fields)}


ENDPOINTS: dict[str, Callable[[Account, dict[str, Any]], dict[str, Any]]] = {
    "message/custom/send": Account.send_custom,
    "message/template/send": Account.send_template,
    "message/subscribe/bizsend": Account.send_notice,
    "qrcode/create": _qrcode,
    "menu/create": _menu,
    "menu/get": _menu_of,
    "template/get_all_private_template": _templates,
    "wxaapi/newtmpl/gettemplate": _notices,
}


def _file(body: bytes) -> bytes:
    """Return the one file of a form."""
    boundary, _, rest = body.partition(b"\r\n")
    head, _, content = rest.partition(b"\r\n\r\n")
    if b'name="media"' not in head or b"filename=" not in head:
        raise Refusal(41005, "media data missing")
    return content.removesuffix(b"\r\n" + boundary + b"--\r\n")


async def film(request: Request) -> Response:
    """A film, where `media/get` says."""
    kept = ACCOUNTS[request.path_params["appid"]].media.get(request.path_params["id"])
    if kept is None or dict(request.query_params) != {"key": "1", "k": "2"}:
        return HTMLResponse("<html>404</html>", 404)
    return Response(base64.b64decode(kept["content"]), media_type="video/mp4")


def _media(account: Account, media_id: str, request: Request) -> Response:
    kept = account.media.get(media_id)
    if kept is None:
        raise Refusal(40007, "invalid media_id")
    if kept["type"] == "video":  # a film is given by its address, without a token
        return JSONResponse({"video_url": f"{request.base_url}film/{account.appid}/{media_id}?key=1&k=2"})
    headers = {"content-disposition": f'attachment; filename="{kept["name"]}"'}
    return Response(base64.b64decode(kept["content"]), media_type=kept["type"], headers=headers)


async def _answer(account: Account, endpoint: str, do: Callable[[], dict[str, Any] | Response]) -> Response:
    account.calls.append(endpoint)
    fault = next((f for f in account.faults if f.get("endpoint") in (endpoint, None)), None)
    if fault is not None:
        account.faults.remove(fault)
        if "code" in fault:
            return _refused(Refusal(fault["code"], "as the test wants"))
        if "lost" in fault:  # done, but the connection breaks before the answer
            do()
            return Broken()
        if "html" in fault:
            return HTMLResponse("<html><body>502 by a gateway</body></html>")
        if "status" in fault:
            return Response("{}", fault["status"])
        await asyncio.sleep(fault.get("slow", 0))
    try:
        said = do()
    except Refusal as refusal:
        return _refused(refusal)
    return said if isinstance(said, Response) else JSONResponse({"errcode": 0, "errmsg": "ok", **said})


def _refused(refusal: Refusal) -> JSONResponse:
    return JSONResponse({"errcode": refusal.code, "errmsg": f"{refusal.message} rid: 65f0-1"})


class Broken(Response):
    """An answer in the middle of which the connection ends."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send its beginning."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def control(request: Request) -> Response:
    """What a test does: make an account, set its state, note what users do, read what was sent."""
    asked = json.loads(await request.body())
    appid = asked.pop("appid")
    account = ACCOUNTS.setdefault(appid, Account(appid, asked.get("secret", ""), asked.get("now", 0.0)))
    for openid, what in asked.pop("did", []):
        account.did(openid, what)
    account.faults += asked.pop("faults", [])
    for name, value in asked.items():
        setattr(account, name, value)
    return JSONResponse(
        {"sent": account.sent, "calls": account.calls, "menu": account.menu, "forced": account.forced}
    )


def main() -> None:
    """Serve on a free port."""
    app = Starlette(
        routes=[
            Route("/test", control, methods=["POST"]),
            Route("/film/{appid}/{id}", film),
            Route("/cgi-bin/stable_token", token, methods=["POST"]),
            Route("/cgi-bin/{endpoint:path}", call, methods=["GET", "POST"]),
            Route("/{endpoint:path}", call, methods=["GET"]),
        ]
    )
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False))
    asyncio.run(server.serve([listener]))


if __name__ == "__main__":
    main()

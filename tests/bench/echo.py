"""The bare yardstick of the load bench: a Starlette route that proves and opens a WeChat callback, no more.

``python -m tests.bench.echo`` prints its address and serves until it is ended.
"""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import clock
from bot.tencent.callback import Callback
from bot.tencent.web import body_of
from bot.web.server import Server, listen, url_of
from tests.bench.callbacks import APPID, KEY, TOKEN


def main() -> None:
    """Serve on a free port."""
    callback = Callback(TOKEN, APPID, KEY)

    async def echo(request: Request) -> Response:
        fields = callback.opened(request.query_params, await body_of(request), clock.now())
        return PlainTextResponse(callback.sealed(fields.text("Content"), clock.now()))

    listener = listen("127.0.0.1", 0)
    app = Starlette(routes=[Route("/wechat/{account}", echo, methods=["POST"])])
    server = Server(app, lambda: print(f"echo is ready: {url_of(listener)}", flush=True))
    asyncio.run(server.serve([listener]))


if __name__ == "__main__":
    main()

"""`hotline worker`: delivery and sweeps without webhooks."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import click

from bot import log, settings
from bot.app import App
from bot.commands.running import Ending, end, engine_of
from bot.delivery.alone import alone
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.web.application import application
from bot.web.server import Server, listen, url_of
from bot.web.service import Service


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address of --port")
@click.option("--port", type=click.IntRange(0, 65535), help="answer /healthz, /readyz and /metrics there")
def worker(host: str, port: int | None) -> None:
    """Deliver and sweep until Ctrl-C or SIGTERM.

    On PostgreSQL as many processes as wanted, beside `hotline serve --no-worker`.
    """
    loaded = settings.load()
    log.configure(loaded.log, loaded.log_level)
    with ExitStack() as stack:
        stack.enter_context(alone(loaded.database_url))
        listener = None if port is None else stack.enter_context(listen(host, port))
        asyncio.run(_run(loaded, listener))


async def _run(loaded: Settings, listener: socket.socket | None) -> None:
    ending = Ending()
    store = await asyncio.to_thread(open_store, loaded, is_held=True)  # a large file is read through for long
    platforms = Platforms(loaded, store)
    app = App(loaded, platforms.channels, store=store, fetchers=platforms.fetchers)
    try:
        service = Service(app, engine=engine_of(app))
        ending.then(service.end)
        try:
            await service.start(ending.fail)
            await _work(service, ending, listener)
        finally:
            await service.stop(ending.left_s())
    finally:
        platforms.close()
        app.close()
    end(service)


async def _work(service: Service, ending: Ending, listener: socket.socket | None) -> None:
    """Let the loops work until the order to end; with a listener tell machines how it goes."""
    ready = "hotline worker is ready"
    if ending.is_ordered:
        return
    if listener is None:
        click.echo(ready)
        await ending.wait()
        return
    server = Server(application(service), lambda: click.echo(f"{ready}: {url_of(listener)}"))
    ending.then(server.end)
    await server.serve([listener])

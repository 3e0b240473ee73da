"""`hotline worker`: delivery and sweeps without webhooks."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import ExitStack

import click

from bot import log, settings
from bot.app import App
from bot.commands.running import Deadline, end, engine_of
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
    store = open_store(loaded, is_held=True)
    platforms = Platforms(loaded, store)
    app = App(loaded, platforms.channels, store=store, fetchers=platforms.fetchers)
    try:
        service = Service(app, engine=engine_of(app))
        deadline = Deadline(service)
        await (
            _work(service, deadline) if listener is None else _work_and_answer(service, deadline, listener)
        )
    finally:
        platforms.close()
        app.close()
    end(service)


async def _work(service: Service, deadline: Deadline) -> None:
    """Work until a signal comes, or the service itself says that it must end."""
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    try:
        await service.start(ending.set)
        click.echo("hotline worker is ready")
        await ending.wait()
    finally:
        await service.stop(deadline.left_s())


async def _work_and_answer(service: Service, deadline: Deadline, listener: socket.socket) -> None:
    """Work, and tell machines how it goes."""
    ready = f"hotline worker is ready: {url_of(listener)}"
    server = Server(application(service), lambda: click.echo(ready), deadline.begin)
    try:
        await service.start(server.end)
        await server.serve([listener])
    finally:
        await service.stop(deadline.left_s())

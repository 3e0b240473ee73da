"""`hotline serve`: the service."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import click

from bot import log, samples, settings
from bot.app import App
from bot.channels.simulator import Simulator
from bot.commands.running import Ending, end, engine_of
from bot.delivery.alone import alone
from bot.errors import SettingError
from bot.opening import open_store
from bot.platforms import Platforms
from bot.settings import Settings
from bot.store.store import sqlite_file
from bot.web.application import application
from bot.web.demo import ground
from bot.web.demo.changes import Changes
from bot.web.demo.page import TryPage
from bot.web.server import Server, listen, url_of
from bot.web.service import Service


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: a free one")
@click.option("--demo", is_flag=True, help="a temporary store with made-up contracts, and the page /try")
@click.option("--no-worker", is_flag=True, help="leave delivery and sweeps to `hotline worker` (PostgreSQL)")
def serve(host: str, port: int, *, demo: bool, no_worker: bool) -> None:
    """Run the service until Ctrl-C or SIGTERM."""
    if demo and no_worker:
        raise click.UsageError("--demo needs its own delivery: leave out --no-worker")
    if demo:
        ground.check(host)
    loaded = settings.load()
    if no_worker and sqlite_file(loaded.database_url) is not None:
        raise SettingError(
            "--no-worker needs PostgreSQL: SQLite takes one process, and nobody would deliver what this one "
            "takes; leave it out"
        )
    log.configure(loaded.log, loaded.log_level)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(host, port))
        if demo:
            database = stack.enter_context(ground.temporary_database(loaded.data))
            asyncio.run(_run_demo(loaded.model_copy(update={"database_url": database}), host, listener))
        else:
            stack.enter_context(alone(loaded.database_url))
            asyncio.run(_run(loaded, listener, worker=not no_worker))


async def _run(loaded: Settings, listener: socket.socket, *, worker: bool) -> None:
    ending = Ending()
    store = await asyncio.to_thread(open_store, loaded, is_held=True)  # a large file is read through for long
    platforms = Platforms(loaded, store)
    app = App(loaded, platforms.channels, store=store, fetchers=platforms.fetchers)
    try:
        service = Service(app, worker=worker, engine=engine_of(app) if worker else None)
        served = application(service, platforms.routes(service))
        server = Server(served, lambda: _say(url_of(listener)))
        await _serve(service, server, ending, listener, platforms)
    finally:
        platforms.close()
        app.close()


async def _run_demo(loaded: Settings, host: str, listener: socket.socket) -> None:
    """Serve the demo on an empty store."""
    ending = Ending()
    changes = Changes()
    app = App(loaded, {Simulator.name: Simulator(changes.notify)})
    try:
        samples.load(app.store, app.now(), Simulator.name)
        service = Service(app, demo=True, changed=changes.notify, engine=engine_of(app, changes.notify))
        served = application(service, TryPage(service, changes).routes(), ground.host_names(host))
        server = Server(served, lambda: _say(f"{url_of(listener)}/try"))
        ending.then(changes.close)
        await _serve(service, server, ending, listener)
    finally:
        app.close()


async def _serve(
    service: Service,
    server: Server,
    ending: Ending,
    listener: socket.socket,
    platforms: Platforms | None = None,
) -> None:
    ending.then(service.end)
    ending.then(server.end)
    await service.start(ending.fail)
    polling = asyncio.create_task(platforms.run(service)) if platforms else None
    try:
        if not ending.is_ordered:
            await server.serve([listener])
    finally:
        if polling:
            polling.cancel()
            await asyncio.wait([polling])
        await service.stop(ending.left_s())
    end(service)


def _say(address: str) -> None:
    click.echo(f"hotline is ready: {address}")

"""`hotline worker`: delivery and sweeps without webhooks."""

from __future__ import annotations

import asyncio
import signal

import click

from bot import log, settings
from bot.app import App, open_store
from bot.commands.running import end, engine_of
from bot.delivery.alone import alone
from bot.platforms import Platforms
from bot.settings import Settings
from bot.web.service import Service


@click.command()
def worker() -> None:
    """Deliver and sweep until Ctrl-C or SIGTERM.

    On PostgreSQL as many processes as wanted, beside `hotline serve --no-worker`.
    """
    loaded = settings.load()
    log.configure(loaded.log, loaded.log_level)
    with alone(loaded.database_url):
        asyncio.run(_run(loaded))


async def _run(loaded: Settings) -> None:
    store = open_store(loaded)
    platforms = Platforms(loaded, store)
    app = App(loaded, platforms.channels, store=store, fetchers=platforms.fetchers)
    try:
        service = Service(app, engine=engine_of(app))
        await _work(service)
    finally:
        platforms.close()
        app.close()
    end(service)


async def _work(service: Service) -> None:
    """Work until a signal comes, or the service itself says that it must end."""
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    try:
        await service.start(ending.set)
        click.echo("hotline worker is ready")
        await ending.wait()
    finally:
        await service.stop()

"""The routes of the service, guarded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot.web import health, metrics
from bot.web.guard import Guard, on_http_error
from bot.web.service import Service


def application(
    service: Service, extra: Sequence[BaseRoute] = (), hosts: Collection[str] | None = None
) -> Starlette:
    """Return the service's HTTP application.

    Args:
        extra: more routes, such as those of the demo.
        hosts: names by which it may be called; None: any.
    """
    return Starlette(
        routes=[*health.routes(service), metrics.route(service.app), *extra],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={HTTPException: on_http_error},
    )

"""Health for machines: `/healthz` says that the process lives, `/readyz` that it can do its work."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.store import migrate
from bot.store.store import Store
from bot.web.service import Service


def routes(service: Service) -> list[Route]:
    """Return the routes of both checks."""
    head = migrate.head()

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        revision, answers = await run_in_threadpool(_revision, service.app.store)
        found = {
            "database": "ok" if answers else "unreachable",
            "migrations": "current" if revision == head else "behind" if answers else "unknown",
            "knowledge": service.app.classifier.base.version,
            "sweep": service.sweep_state,
        }
        is_ready = answers and revision == head and found["sweep"] != "stale"
        return JSONResponse({"ready": is_ready, **found}, 200 if is_ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _revision(store: Store) -> tuple[str | None, bool]:
    """Return the database's schema revision and whether the database answers."""
    try:
        with store.read() as session:
            context = MigrationContext.configure(session.connection())
            return context.get_current_revision(), True
    except SQLAlchemyError:
        return None, False

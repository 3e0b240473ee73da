"""Health for machines: `/healthz` says that the process lives, `/readyz` that it can do its work."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.store import migrate
from bot.store.store import Store
from bot.watch.heartbeat import FRESH, sweep_is_fresh
from bot.web.service import Service


def routes(service: Service) -> list[Route]:
    """Return the routes of both checks."""
    head = migrate.head()

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        store = await run_in_threadpool(_look, service.app.store, service.app.now())
        here = service.vital_loops(FRESH)
        found = {
            "database": "ok" if store.answers else "unreachable",
            "migrations": "current" if store.revision == head else "behind" if store.answers else "unknown",
            "knowledge": service.app.classifier.base.version,
            "sweep": _fresh(is_fresh=store.is_swept),
            "here": {name: _fresh(is_fresh=well) for name, well in here.items()},
        }
        # Whoever only takes messages goes on taking them: nothing is gained by turning reports away.
        works = not service.is_worker or (store.is_swept and all(here.values()))
        is_ready = store.answers and store.revision == head and works
        return JSONResponse({"ready": is_ready, **found}, 200 if is_ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _fresh(*, is_fresh: bool) -> str:
    return "fresh" if is_fresh else "stale"


class _Store(NamedTuple):
    """What the store says: whether it answers, its schema, and whether any process swept it lately."""

    answers: bool = False
    revision: str | None = None
    is_swept: bool = False


def _look(store: Store, now: datetime) -> _Store:
    try:
        with store.read() as session:
            revision = MigrationContext.configure(session.connection()).get_current_revision()
        return _Store(True, revision, revision is not None and sweep_is_fresh(store, now))
    except SQLAlchemyError:
        return _Store()

"""`/metrics` for Prometheus: what this process counted, and what the store holds as it is asked.

Figures of the store have the same value at every process: take one of them, not their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import App
from bot.store import figures
from bot.store.figures import Figures


def route(app: App) -> Route:
    """Return the route; keep it off the public address: a proxy should not pass it on."""

    async def metrics(_: Request) -> Response:
        return Response(await run_in_threadpool(render, app), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)


def render(app: App) -> bytes:
    """Return all figures in Prometheus' text form; without the store's where it does not answer."""
    found: Figures | None
    try:
        with app.store.read() as session:
            found = figures.read(session, app.now())
    except SQLAlchemyError:
        found = None
    ofstore = CollectorRegistry()
    ofstore.register(_Store(found))
    return generate_latest(app.metrics.registry) + generate_latest(ofstore)


class _Store(Collector):
    """The store's figures as metrics."""

    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        found = self._found
        yield _gauge("store_up", "1 if the database answers", (), [((), float(found is not None))])
        if found is None:
            return
        yield _gauge(
            "tickets_open",
            "open tickets by state of the work and priority that holds (3: not a fault)",
            ("state", "priority"),
            [((state, str(priority)), count) for state, priority, count in found.tickets],
        )
        yield _gauge(
            "tickets_overdue", "open tickets past a deadline, by clock", ("clock",), _labelled(found.overdue)
        )
        yield _gauge(
            "next_deadline_seconds",
            "time to the next deadline of a clock",
            ("clock",),
            _labelled(found.next_due_s),
        )
        yield _gauge(
            "outbox_pending",
            "messages that wait to be delivered",
            ("channel", "urgent"),
            [((channel, str(urgent).lower()), count) for channel, urgent, count in found.outbox],
        )
        yield _gauge(
            "outbox_age_seconds", "how long the oldest of them has waited", (), [((), found.outbox_age_s)]
        )
        yield _gauge("inbox_unhandled", "messages received and not handled", (), [((), found.inbox)])
        yield _gauge(
            "watch_failures", "tickets that the watch could not do", (), [((), found.sweep_failures)]
        )
        yield _gauge(
            "heartbeat_age_seconds",
            "since the last round of a background worker",
            ("worker",),
            _labelled(found.beats_s),
        )


Sample = tuple[tuple[str, ...], float]


def _labelled(rows: Iterable[tuple[str, float]]) -> list[Sample]:
    return [((name,), value) for name, value in rows]


def _gauge(name: str, what: str, labels: tuple[str, ...], samples: list[Sample]) -> Metric:
    gauge = GaugeMetricFamily(f"hotline_{name}", what, labels=labels)
    for values, value in samples:
        gauge.add_metric(values, value)
    return gauge

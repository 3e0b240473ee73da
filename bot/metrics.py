"""What this process counts for `/metrics`. What the database knows is read there (`bot.store.figures`).

Every process counts for itself, as Prometheus expects: it adds up. No name, number or word of a customer's
is a label.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot import clock
from bot.messages import Outbound, Outcome, Receipt

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._received = self._counter("received", "messages that were new", "channel")
        self._duplicates = self._counter("duplicates", "messages that a platform sent again", "channel")
        self._verdicts = self._counter("verdicts", "what customers' sentences were understood as", "label")
        self._deliveries = self._counter("deliveries", "attempts to deliver", "channel", "outcome", "error")
        self._messages = self._counter("messages", "messages that ended", "channel", "outcome", "error")
        self._missed = self._counter("deadlines_missed", "deadlines found missed", "clock")
        self._engine = self._counter("engine", "what the delivery engine had to make good", "what")
        for what in ("taken_over", "mended"):
            self._engine.labels(what)
        self._workers = self._gauge("workers", "processes that deliver, as this one sees them")
        self._failed = self._gauge("engine_failed", "workflows found failed at the last look, once a minute")
        self._handling = self._histogram("handling_seconds", "from a durable message to its answer's commit")
        self._sweep = self._histogram("sweep_seconds", "duration of a round of the watch")

    def received(self, channel: str, *, is_new: bool) -> None:
        """Count a message that came in."""
        (self._received if is_new else self._duplicates).labels(channel).inc()

    def understood(self, label: str) -> None:
        """Count a verdict on a customer's sentence: P1, P2 or none."""
        self._verdicts.labels(label).inc()

    def delivered(self, channel: str, receipt: Receipt) -> None:
        """Count an attempt to deliver; the error is the channel's short code."""
        error = "" if receipt.outcome is Outcome.SENT else receipt.error or "unknown"
        self._deliveries.labels(channel, receipt.outcome.value, error).inc()

    def ended(self, channel: str, outcome: str, error: str) -> None:
        """Count a message that was ``sent``, ``failed`` for good or is ``held`` until its chat writes."""
        self._messages.labels(channel, outcome, error).inc()

    def missed(self, clock: str) -> None:
        """Count a deadline of a ticket's clock that was found missed."""
        self._missed.labels(clock).inc()

    def made_good(self, what: str, count: int) -> None:
        """Count what the delivery engine made good: processes ``taken_over``, messages ``mended``."""
        self._engine.labels(what).inc(count)

    def alive(self, workers: int) -> None:
        """Note how many processes deliver."""
        self._workers.set(workers)

    def failed(self, workflows: int) -> None:
        """Note how many workflows of the delivery engine ended without having settled their message."""
        self._failed.set(workflows)

    @contextmanager
    def handling(self) -> Iterator[None]:
        """Measure the handling of a message, from when it is asked for."""
        with _measured(self._handling):
            yield

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Measure a round of the watch."""
        with _measured(self._sweep):
            yield

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"hotline_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"hotline_{name}", what, registry=self.registry)

    def _histogram(self, name: str, what: str) -> Histogram:
        return Histogram(f"hotline_{name}", what, buckets=SECONDS, registry=self.registry)


@contextmanager
def _measured(histogram: Histogram) -> Iterator[None]:
    began = clock.steady_s()
    try:
        yield
    finally:
        histogram.observe(clock.steady_s() - began)


class Sender(Protocol):
    """What is counted of a channel."""

    def send(self, message: Outbound) -> Receipt:
        """Send one message and say how it ended."""


class Counted:
    """A channel whose attempts to deliver are counted."""

    def __init__(self, name: str, channel: Sender, metrics: Metrics) -> None:
        self._name = name
        self._channel = channel
        self._metrics = metrics

    def send(self, message: Outbound) -> Receipt:
        """Send by the channel, and count how it ended."""
        try:
            receipt = self._channel.send(message)
        except Exception as error:
            self._metrics.delivered(self._name, Receipt(Outcome.UNKNOWN, error=type(error).__name__))
            raise
        self._metrics.delivered(self._name, receipt)
        return receipt

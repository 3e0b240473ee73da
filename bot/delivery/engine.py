"""The delivery engine: DBOS Transact, which keeps queues, order, limits and pauses in the same database.

The outbox table is the truth and the engine only says when an attempt is made: whatever of the engine's own
state is lost is handed over again, and a message that is settled is never tried again. No other module knows
the library. It is one per process, since the library is.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import clock as real_clock
from bot.clock import Clock
from bot.delivery import held, mending, stranded
from bot.delivery.attempts import Attempts
from bot.delivery.begun import Begun
from bot.delivery.limits import Queue, Rate, queues_for
from bot.delivery.outbox import Courier
from bot.delivery.presence import Presence
from bot.delivery.relay import Parcel, Relay, messages_of
from bot.errors import SchemaMoved, StoreError
from bot.store import engine as engines
from bot.store.guests import guest_engine
from bot.store.store import Store, cause

log = structlog.get_logger(__name__)

NAME = "hotline"
VERSION = "1"  # of what a workflow does; another one leaves alone what an older program had begun
WORKFLOW = "deliver"
STOP_S = 4.0
SETTLE_S = 0.3  # in which what was just taken from a queue begins: what has not begun can't be left in order
KEPT = timedelta(hours=1)  # a finished workflow; its message says all that matters
TIDIED = 500  # at once: on SQLite nobody else writes meanwhile
TIDY_ROUNDS = 40
ACTIVE = ["ENQUEUED", "DELAYED", "PENDING"]
ENDED_BADLY = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]


class Tally(Protocol):
    """Who counts what happens; see `bot.metrics.Metrics`."""

    def made_good(self, what: str, count: int) -> None:
        """Count processes ``taken_over`` and messages ``mended``."""

    def alive(self, workers: int) -> None:
        """Note how many processes deliver."""

    def failed(self, workflows: int) -> None:
        """Note how many workflows ended without having settled their message, at the last look."""


class Engine:
    """Delivers through the engine; made once in a process.

    Args:
        settled: called, in any thread, when a message is settled.
        stuck: told, within a commit, how many messages the engine had lost and gets again.
        tally: counts what happens.
    """

    def __init__(
        self,
        store: Store,
        courier: Courier,
        clock: Clock,
        stuck: mending.Stuck,
        tally: Tally,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock
        self._stuck = stuck
        self._settled = settled
        self._tally = tally
        self._identity = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._database = guest_engine(store, real_clock.now)
        self._presence = Presence(self._database, self._identity)
        self._relay = Relay(self._database, courier.channels, self._enqueue, store.check_schema)
        self._attempts = Attempts(courier, clock)
        self._begun = Begun()
        self._client: DBOSClient | None = None
        self._library: DBOS | None = None

    def start(self) -> None:
        """Begin to deliver, first of all what a process that ended had begun.

        Raises:
            StoreError: the engine can't keep its state in the database.
        """
        _quiet(logging.CRITICAL)  # what is raised says it in one line
        try:
            self._presence.hold()
            self._make_way()
            self._library = DBOS(config=_config(self._identity, self._database))
            DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(self._workflow())
            DBOS.launch()
            for queue in queues_for(set(self._courier.channels)):
                _register(queue)
            self._client = DBOSClient(system_database_engine=self._database, application_name=NAME)
            self._recover()
        except DBAPIError as error:
            raise StoreError(
                f"HOTLINE_DATABASE_URL: the delivery engine fails at {self._store.address}: {cause(error)}"
            ) from error
        _quiet(logging.WARNING)

    def end(self) -> None:
        """Begin no attempt any more, and take nothing from the queues."""
        self._attempts.end()
        for stop in self._library.background_thread_stop_events if self._library else ():
            stop.set()

    def stop(self, within_s: float = STOP_S) -> bool:
        """End within a time: what is being sent is finished, all else is left to the next process.

        Returns:
            Whether everything that was being sent has ended; if not, its outcome is unknown.
        """
        self.end()
        library, self._library = self._library, None
        if library is None:
            return True
        since = real_clock.steady_s()
        while (spent := real_clock.steady_s() - since) < SETTLE_S or (
            self._attempts.under_way and spent < within_s
        ):
            time.sleep(0.02)
        if is_clean := not self._attempts.under_way:
            self._hand_back()
        _quiet(logging.CRITICAL)  # it tells of each message that it leaves to the next process
        DBOS.destroy(destroy_registry=True)
        self._attempts.close(wait=is_clean)
        self._presence.release()
        engines.close(self._database)  # a thread of the library's may still have a connection
        return is_clean

    def _hand_back(self) -> None:
        """Let other processes have at once what has not begun here."""
        try:
            with self._database.connect() as connection:
                connection.execute(text("SELECT 1"))  # else the library would wait for the database for ever
            DBOS._recover_pending_workflows([self._identity])  # noqa: SLF001 - see `_recover`
        except DBAPIError:
            log.warning("the database is away; what was begun here is taken over later")

    def feed(self) -> int:
        """Hand over what is due to the engine; return how many messages."""
        return self._relay.feed(self._clock())

    def look_after(self) -> None:
        """Show that this process lives, and take over what processes that have ended left."""
        self._presence.hold()
        self._tally.alive(self._presence.workers())
        if self._make_way():
            self._recover()

    def _make_way(self) -> bool:
        """Pause while somebody wants to migrate the database, or does; tell whether work goes on."""
        may_send = self._presence.may_send()
        if not may_send and self._attempts.is_paused and not self._attempts.under_way:
            self._presence.make_way()
        self._attempts.is_paused = not may_send
        return may_send

    def tidy(self) -> None:
        """Hand over again what the engine lost, and forget what it has finished or nobody can send.

        One chore's trouble keeps none of the others from being done; it is raised when all were tried.
        """
        now = self._clock()
        troubles = []
        for chore in (
            self._heed_the_clock,
            self._mend_failed,
            self._give_up_stranded,
            self._look_through_held,
            self._forget_finished,
        ):
            try:
                chore(now)
            except SchemaMoved:
                raise
            except Exception as error:  # noqa: BLE001 - a boundary: the first is told, when the others are done
                troubles.append(error)
        if troubles:
            raise troubles[0]

    def _heed_the_clock(self, now: datetime) -> None:
        mending.heed_the_clock(self._store, now)
        # They would count against the limits until the clock, which was set back, is as late again.
        self._forget(after=now + mending.AHEAD)

    def _mend_failed(self, _: datetime) -> None:
        failed = DBOS.list_workflows(
            status=ENDED_BADLY, limit=TIDIED, load_input=False, load_output=False, application_name=NAME
        )
        self._tally.failed(len(failed))
        self._mend([workflow.workflow_id for workflow in failed])

    def _give_up_stranded(self, now: datetime) -> None:
        if given_up := stranded.give_up(self._store, self._courier, now):
            DBOS.delete_workflows([one for one in self._active() if given_up.issuperset(messages_of(one))])

    def _look_through_held(self, now: datetime) -> None:
        held.look_through(self._store, self._courier.settlement, now)

    def _forget_finished(self, now: datetime) -> None:
        self._forget(before=now - KEPT)

    def _mend(self, ended: list[str]) -> None:
        """Hand over again what these workflows have not settled, and what the engine does not know."""
        if mended := mending.hand_over_again(self._store, ended, self._active, self._stuck, self._clock()):
            log.error("the delivery engine lost messages; they are handed over again", messages=mended)
            self._tally.made_good("mended", mended)
        if ended:
            DBOS.delete_workflows(ended)

    def _forget(self, *, before: datetime | None = None, after: datetime | None = None) -> None:
        """Forget what was finished then, a part at a time; a great deal of it in several rounds."""
        for _ in range(TIDY_ROUNDS):
            finished = DBOS.list_workflows(
                status="SUCCESS",
                completed_before=before.isoformat() if before else None,
                completed_after=after.isoformat() if after else None,
                limit=TIDIED,
                load_input=False,
                load_output=False,
                application_name=NAME,
            )
            if finished:
                DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
            if len(finished) < TIDIED:
                break

    def _active(self) -> list[str]:
        """Return the workflows that the engine has still to do."""
        found = DBOS.list_workflows(status=ACTIVE, load_input=False, load_output=False, application_name=NAME)
        return [workflow.workflow_id for workflow in found]

    def _recover(self) -> None:
        """Take over what processes that have ended had begun, and end what should have ended here."""
        pending = DBOS.list_workflows(
            status="PENDING", load_input=False, load_output=False, application_name=NAME
        )
        if dead := self._presence.dead({workflow.executor_id or "" for workflow in pending}):
            log.warning("taking over from processes that ended", processes=len(dead))
            self._tally.made_good("taken_over", len(dead))
            DBOS._recover_pending_workflows(sorted(dead))  # noqa: SLF001 - no other way, and the version is pinned
        mine = [workflow.workflow_id for workflow in pending if workflow.executor_id == self._identity]
        if over := self._begun.over(mine):
            log.warning("the delivery engine could not note that it is done", workflows=len(over))
            self._mend(sorted(over))

    def _enqueue(self, session: Session, parcel: Parcel) -> None:
        assert self._client is not None  # noqa: S101 - made at the start
        self._client.enqueue_in_transaction(
            session,
            {
                "workflow_name": WORKFLOW,
                "queue_name": parcel.queue.name,
                "workflow_id": parcel.workflow_id,
                "queue_partition_key": parcel.lane,
                # Without it the order in a chat breaks.
                "priority": parcel.messages[0].outbox_id % (2**31 - 1) + 1,
                "app_version": VERSION,
            },
            [message.outbox_id for message in parcel.messages],
            parcel.group,
        )

    def _workflow(self) -> Callable[[list[int], str], Coroutine[Any, Any, None]]:
        async def deliver(messages: list[int], group: str) -> None:
            """Make one attempt at each message of a lane; what must wait goes back to the relay."""
            workflow = DBOS.workflow_id
            assert workflow is not None  # noqa: S101 - this is one
            if not self._begun.begin(workflow):
                return
            try:
                for outbox_id in messages:
                    await self._attempts.make(outbox_id, group)
                    self._settled()
            finally:
                self._begun.end(workflow)

        return deliver


def _config(identity: str, database: SqlEngine) -> DBOSConfig:
    return {
        "name": NAME,
        "application_version": VERSION,
        "executor_id": identity,
        "system_database_engine": database,
        "use_listen_notify": False,  # nothing here waits for an event of a workflow
        "log_level": "WARNING",
        "enable_otlp": False,  # nothing is sent home
    }


def _register(queue: Queue) -> None:
    DBOS.register_queue(
        queue.name,
        polling_interval_sec=queue.poll_s,
        worker_concurrency=queue.in_hand,
        partition_concurrency=1,  # a chat gets its messages one after the other
        limiter=_limiter(queue.overall),
        partition_limiter=_limiter(queue.chat),
    )


def _limiter(rate: Rate | None) -> Any:
    return {"limit": rate.limit, "period": rate.period_s} if rate else None


def _quiet(level: int) -> None:
    """Let the library log, from a level on, through the program's own handlers."""
    library = logging.getLogger("dbos")
    if not library.handlers:
        library.addHandler(logging.NullHandler())  # or it adds one of its own, with its own style
    library.setLevel(level)

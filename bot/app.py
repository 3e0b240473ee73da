"""The composition root: the only place that wires rooms together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import structlog
from structlog.contextvars import bound_contextvars

import knowledge
from bot import clock as real_clock
from bot.channels.pager import ADDRESS as ALARM_ADDRESS
from bot.channels.pager import NAME as PAGER
from bot.channels.pager import Pager
from bot.clock import Clock
from bot.delivery import calls
from bot.delivery.consequences import Consequences, Watchers
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.downloads import FOLDER, Downloads, Fetcher
from bot.delivery.expiry import Expiry
from bot.delivery.handling import HOLD, Handling
from bot.delivery.inbox import Apart, Asked, Inbox
from bot.delivery.inline import Inline
from bot.delivery.next_message import Message
from bot.delivery.outbox import Channel, Courier
from bot.delivery.settlement import Settlement
from bot.delivery.waiting import tell_of_waiting
from bot.dialogue import customer, files, notify, occasions, staff, staff_gone, told
from bot.dialogue.rescue import give_up, rescue
from bot.dialogue.turn import Office, Turn
from bot.errors import SettingError
from bot.messages import Inbound
from bot.metrics import Counted, Metrics
from bot.opening import open_store
from bot.reception import Composer
from bot.settings import Settings
from bot.store import edits
from bot.store.store import Store, UnitOfWork
from bot.watch.correction import recompute_page
from bot.watch.heartbeat import DeadMan
from bot.watch.next_year import NextYear
from bot.watch.reroute import Rerouter
from bot.watch.sweep import sweep
from bot.workdays import FILE_NAME, WorkdaysFile
from intents import Classifier, Reloader

log = structlog.get_logger(__name__)


class App:
    """The program, wired; what `serve`, `chat`, `demo` and the tests drive.

    Args:
        channels: the channel of each platform by its name, for what goes out.
        now: the clock; a test's or the real one.
        classifier: a loaded one to share; default: the one of the settings' knowledge base.
        store: an open one, which the app closes; default: the settings' one.
        fetchers: the channels whose messages carry attachments, by name.
    """

    def __init__(
        self,
        settings: Settings,
        channels: Mapping[str, Channel],
        now: Clock = real_clock.now,
        classifier: Classifier | None = None,
        store: Store | None = None,
        fetchers: Mapping[str, Fetcher] | None = None,
    ) -> None:
        self.settings = settings
        self.now = now
        self._since = now()
        self._reloader = _reloader(settings.knowledge) if classifier is None else None
        first = classifier or (self._reloader.classifier if self._reloader else Classifier(knowledge.load()))
        self.store = store or open_store(settings)
        self.office = Office(
            first,
            self.store.workdays,
            settings.hotline_numbers,
            settings.sales_contact,
            self.store.rules,
            settings.attachment_days,
        )
        self._calendar = WorkdaysFile(settings.data / FILE_NAME)
        self._recomputed: int | None = 0  # how far the open tickets have what the calendar makes now
        self.metrics = Metrics()
        pager = _pager(settings)
        ways = {**channels, **pager}
        self.channels: dict[str, Channel] = {
            name: Counted(name, way, self.metrics) for name, way in ways.items()
        }
        watchers = Watchers(
            told.responded,
            told.answered,
            told.undelivered,
            Rerouter(ALARM_ADDRESS if pager else None),
            told.held,
            told.late,
            told.unheard,
            staff_gone.gone,
            told.unrecorded,
        )
        settlement = Settlement(Consequences(watchers), self.metrics.ended)
        self.courier = Courier(self.store, self.channels, settlement)
        self.dispatcher = Dispatcher(self.store, self.courier)
        folder, limit = settings.data / FOLDER, settings.attachment_mb * 1024 * 1024
        self._downloads = Downloads(self.store, fetchers or {}, folder, limit, self._lost, self._withheld)
        self._expiry = Expiry(self.store, folder, timedelta(days=settings.attachment_days))
        inline = Inline(settlement.settle, now)
        handling = Handling(self.store, self._handle, self._rescue, self._give_up, told.unreadable)
        self.inbox = Inbox(handling, inline)
        self._next_year = NextYear(self.store)
        self._dead_man = DeadMan(settings.deadman_url, now)

    @property
    def classifier(self) -> Classifier:
        """The classifier in use; an edit of the knowledge folder changes it while the service runs."""
        return self.office.classifier

    def follow_edits(self, *, tell: bool = True) -> None:
        """Take up edits of the knowledge folder and of the local calendar; a broken one is refused.

        Open tickets get the deadlines that the calendar makes now; at the first call too, since file or
        package may have changed while the program did not run.

        Args:
            tell: tell support of an edit.
        """
        if self._reloader and self._reloader.refresh():
            self.office = replace(self.office, classifier=self._reloader.classifier)
            if tell:
                version, error = self._reloader.version, self._reloader.error
                self._tell_of_edit("知识库", version, f"，版本 {version}", error)
        is_edited = self._calendar.refresh()
        if is_edited:
            self.store.workdays = self._calendar.workdays
            self.office = replace(self.office, workdays=self._calendar.workdays)
            if tell:
                self._tell_of_edit("工作日历", self._calendar.version, "", self._calendar.error)
            self._recomputed = 0
        if self._recomputed is not None:  # a page at a time: no alarm waits for all of them
            _, self._recomputed = recompute_page(self.store, self._recomputed, "工作日历有更新", self.now())

    def _tell_of_edit(self, what: str, version: str, detail: str, error: str | None) -> None:
        said = (
            f"⚠ {what}的修改有误，仍用旧版：{error}\n改好保存后自动生效。"
            if error
            else f"{what}已更新{detail}。"
        )

        def tell(unit: UnitOfWork) -> None:
            # Every process sees the edit; a broken one leaves the version of the old state in use.
            if edits.is_news(unit.session, what, sha256(f"{version}:{error}".encode()).hexdigest()):
                notify.staff_line(unit, said)

        self.store.transact(tell, self.now())

    def submit(self, inbound: Inbound) -> int:
        """Receive a message (durable when this returns), then handle it; return its id."""
        inbox_id, is_new = self.receive(inbound)
        if is_new:
            with self.metrics.handling():
                self.handle(inbox_id)
        return inbox_id

    def receive(self, inbound: Inbound) -> tuple[int, bool]:
        """Make a message durable; return its id and whether it is new."""
        received = self.inbox.receive(inbound, self.now())
        self._note_received(inbound, *received)
        return received

    def receive_all(self, inbounds: Sequence[Inbound]) -> Sequence[tuple[int, bool] | Exception]:
        """Make messages durable together; return for each what `receive` does, or why it is not ours yet."""
        results = self.inbox.receive_all(inbounds, self.now())
        for inbound, received in zip(inbounds, results, strict=True):
            if not isinstance(received, Exception):
                self._note_received(inbound, *received)
        return results

    def _note_received(self, inbound: Inbound, inbox_id: int, is_new: bool) -> None:
        channel = inbound.address.channel
        self.metrics.received(channel, is_new=is_new)
        log.info("received", message=inbox_id, channel=channel, is_new=is_new)

    def handle(self, inbox_id: int, compose: Composer | None = None) -> str | None:
        """Handle a received message, after what its chat received before it; see `bot.reception`."""
        with bound_contextvars(message=inbox_id):
            reply = self.inbox.handle(inbox_id, self.now(), compose)
            log.info("handled")
        return reply

    def handle_all(self, asked: Sequence[Asked]) -> Sequence[str | Apart | None]:
        """Handle messages together; return for each what `handle` does, or that `handle` must be asked."""
        results = self.inbox.handle_all(asked, self.now())
        for one, result in zip(asked, results, strict=True):
            if not isinstance(result, Apart):
                log.info("handled", message=one.id)
        return results

    def resume(self) -> bool:
        """Handle a part of what was received and not handled, as after a crash; tell whether there is more.

        What was received just now is left alone, unless nobody can have it in hand: what a process received
        that had the SQLite file before. Once all has been tried, support is told of what waits for long.
        """
        now = self.now()
        before = max(now - HOLD, self._since) if self.store.writes_alone else now - HOLD
        has_more = self.inbox.resume(now, before)
        if not has_more:
            tell_of_waiting(self.store, told.waiting, now)
        return has_more

    def deliver(self, chats: Collection[int] | None = None) -> int:
        """Deliver what is pending, to all chats or to some."""
        return self.dispatcher.deliver(self.now, chats)

    def fetch_attachments(self) -> int:
        """Fetch what messages carried from the platforms."""
        return self._downloads.run(self.now)

    def forget_attachments(self) -> int:
        """Delete the attachments whose tickets ended long ago."""
        return self._expiry.run(self.now)

    def sweep(self) -> int:
        """Do what time makes due, and take up edits."""
        with self.metrics.sweeping():
            done = sweep(self.store, self.now(), self.metrics.missed)
        self._dead_man.ping()
        if abs(self.now() - self._since) >= calls.UNHEARD:  # what had to wait for this process goes first
            calls.raise_unheard(self.store, self.courier.settlement, self.now())
        self.follow_edits()
        return done

    def look_ahead(self) -> None:
        """Tell support in good time of what will be missing: the working days of the next year."""
        self._next_year.look(self._calendar.workdays, self.now())

    def check_schema(self) -> None:
        """Raise `SchemaMoved` if another version of the program has migrated the database."""
        with self.store.read() as session:
            self.store.check_schema(session)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def _handle(self, unit: UnitOfWork, message: Message) -> None:
        turn = self._turn(unit, message)
        if message.inbound.occasion is not None:
            occasions.answer(turn)
            return
        if _is_staff(turn):
            staff.answer(turn)
            return
        customer.answer(turn)

    def _rescue(self, unit: UnitOfWork, message: Message) -> None:
        rescue(self._turn(unit, message))

    def _give_up(self, unit: UnitOfWork, message: Message) -> None:
        give_up(self._turn(unit, message))

    def _lost(self, unit: UnitOfWork, inbox_id: int, error: str) -> None:
        files.lost(unit, inbox_id, error, unit.now, self.office.hotline)

    def _withheld(self, unit: UnitOfWork, inbox_id: int, reason: str) -> None:
        files.withheld(unit, inbox_id, reason, unit.now)

    def _turn(self, unit: UnitOfWork, message: Message) -> Turn:
        return Turn(
            desk=unit,
            office=self.office,
            inbound=message.inbound,
            inbox_id=message.id,
            chat=message.chat,
            contact=message.contact,
            reported_at=message.reported_at,
            now=unit.now,
            understood=lambda verdict: unit.on_commit(lambda: self.metrics.understood(verdict.label)),
        )


def _pager(settings: Settings) -> dict[str, Channel]:
    urls = [url.get_secret_value() for url in settings.alarm_urls]
    return {PAGER: Pager(urls)} if urls else {}


def _reloader(folder: Path | None) -> Reloader | None:
    """Return what follows the edits of a knowledge folder; None for the packaged base, which has none."""
    try:
        return Reloader(folder) if folder is not None else None
    except knowledge.KnowledgeError as error:
        raise SettingError(f"HOTLINE_KNOWLEDGE: {error}") from error


def _is_staff(turn: Turn) -> bool:
    return turn.chat.kind == "staff" or turn.contact.is_staff

"""What the delivery engine keeps to, on both databases, with the real library."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from dbos import DBOS
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from bot import clock
from bot.delivery import limits
from bot.delivery.attempts import SENDERS
from bot.delivery.begun import LOOKS
from bot.delivery.held import GIVEN_UP
from bot.delivery.presence import Presence
from bot.delivery.relay import BATCH, IN_HAND, Handed, Parcel
from bot.delivery.settlement import Sent, wake
from bot.errors import SchemaMoved
from bot.messages import Outbound, Outcome, Receipt
from bot.store import migrate
from bot.store import tables as t
from bot.store.store import Store
from tests.support.engine import PATIENCE_S, Phone, Post, delivering
from tests.support.postgres import PostgresServer
from tests.support.world import migrated

ON_POSTGRESQL = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
HANDED_OVER = (
    update(t.OutboxRow)
    .where(t.OutboxRow.id.in_(bindparam("ids", expanding=True)))
    .values(relayed_at=func.coalesce(t.OutboxRow.relayed_at, t.OutboxRow.created_at), relays=1)
)


def later(seconds: float) -> Receipt:
    return Receipt(Outcome.LATER, retry_at=datetime.now(UTC) + timedelta(seconds=seconds), error="429")


def test_each_chat_gets_its_messages_in_order_and_each_of_them_once(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        for number in range(12):
            post.say(f"c{number % 3}", f"m{number}")
        relays = [threading.Thread(target=post.engine.feed) for _ in range(4)]
        for relay in relays:
            relay.start()
        for relay in relays:
            relay.join()
        post.wait(lambda: len(phone.arrived) >= 12)

        assert [phone.heard(f"c{chat}") for chat in range(3)] == [
            [f"m{number}" for number in range(chat, 12, 3)] for chat in range(3)
        ]
        assert post.engine.feed() == 0


def test_what_waits_in_one_chat_goes_out_in_few_looks_into_its_queue(migrated_url: str) -> None:
    phone, many = Phone(), 2 * BATCH
    with delivering(migrated_url, phone=phone) as post:
        for number in range(many):
            post.say("staff", f"m{number}")
        post.wait(lambda: len(phone.arrived) == many)
        post.wait(lambda: not DBOS.list_workflows(status=["ENQUEUED", "PENDING"]))
        looks = len(DBOS.list_workflows())  # at each of them the engine takes one piece of a chat's work

    assert phone.heard("staff") == [f"m{number}" for number in range(many)]
    assert looks <= many / IN_HAND


def test_what_follows_a_message_that_must_wait_waits_with_it(migrated_url: str) -> None:
    phone, refused = Phone(), threading.Event()

    def answer(message: Outbound) -> Receipt:
        if message.text == "m1" and not refused.is_set():
            refused.set()
            return later(1)
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated_url, phone=phone) as post:
        for number in range(5):
            post.say("c", f"m{number}")
        post.wait(lambda: len(phone.arrived) == 5)
        assert sum(map(post.attempts, range(1, 6))) == 6
    assert phone.heard("c") == [f"m{number}" for number in range(5)]


def test_what_a_crash_would_double_is_what_is_being_sent_and_no_more(migrated_url: str) -> None:
    phone, many = Phone(), 5 * SENDERS
    with delivering(migrated_url, phone=phone) as post:
        courier, recorded, peak = post.app.courier, 0, 0
        finish = courier.finish

        def count(sent: Sent) -> None:
            nonlocal recorded, peak
            peak = max(peak, len(phone.arrived) - recorded)
            finish(sent)
            recorded += 1

        courier.finish = count  # type: ignore[method-assign]
        for number in range(many):
            post.say(f"c{number}", "m")
        post.wait(lambda: len(phone.arrived) == many)
        post.wait(lambda: recorded == many)
    assert 0 < peak <= SENDERS


def test_a_429_holds_its_chat_and_an_alarm_goes_beside_it(migrated_url: str) -> None:
    phone, waited = Phone(), threading.Event()

    def answer(message: Outbound) -> Receipt:
        if message.text == "first" and not waited.is_set():
            waited.set()
            return later(2)
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "first")
        post.say("c", "second")
        post.wait(waited.is_set)
        post.say("c", "alarm", urgent=True)
        post.wait(lambda: len(phone.arrived) == 3)

    assert phone.heard("c") == ["alarm", "first", "second"]


def test_what_a_platform_holds_holds_up_nothing_and_goes_when_the_chat_writes(migrated_url: str) -> None:
    phone = Phone()
    phone.answer = lambda message: Receipt(Outcome.HELD if message.text == "held" else Outcome.SENT)
    with delivering(migrated_url, phone=phone) as post:
        held = post.say("c", "held")
        post.say("c", "next")
        post.wait(lambda: phone.heard("c") == ["next"])
        assert post.status(held) == "held"

        phone.answer = lambda _: Receipt(Outcome.SENT)
        post.app.store.transact(
            lambda unit: unit.session.execute(
                update(t.OutboxRow)
                .where(t.OutboxRow.id == held)
                .values(status="pending", relayed_at=None, try_at=unit.now)
            ),
            post.app.now(),
        )
        post.wait(lambda: phone.heard("c") == ["next", "held"])


def test_what_is_held_back_is_not_handed_over_nor_what_follows_it(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        inline = post.say("c", "inline", at_s=60)
        post.say("c", "follows")
        post.say("other", "free")
        assert post.engine.feed() == 1
        post.wait(lambda: phone.heard("other") == ["free"])

        post.app.store.transact(
            lambda unit: post.app.courier.settlement.settle(unit, inline, Receipt(Outcome.SENT), unit.now),
            post.app.now(),
        )  # the channel took it
        post.wait(lambda: phone.heard("c") == ["follows"])


def test_an_edit_that_was_superseded_while_it_waited_is_dropped(migrated_url: str) -> None:
    phone, waited = Phone(), threading.Event()

    def answer(_: Outbound) -> Receipt:
        if not waited.is_set():
            waited.set()
            return later(1)
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated_url, phone=phone) as post:
        post.say("staff", "card", card="T1")
        old = post.say("staff", "edit 1", card="T1", note="one")
        post.wait(waited.is_set)
        post.say("staff", "edit 2", card="T1", note="two")
        post.wait(lambda: phone.heard("staff") == ["card", "edit 2"])
        assert post.status(old) == "superseded"


def test_telegram_is_written_to_once_a_second_in_a_private_chat(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, telegram=phone) as post:
        for number in range(3):
            post.say("7", f"m{number}", channel="telegram")
        post.wait(lambda: len(phone.arrived) == 3)
        started = sorted(workflow.dequeued_at or 0 for workflow in DBOS.list_workflows())

    assert phone.heard("7") == ["m0", "m1", "m2"]
    assert all(second - first >= 1000 for first, second in pairwise(started))  # ms, by the database's clock


@pytest.mark.parametrize(
    ("channel", "kind", "urgent", "queue"),
    [
        ("telegram", "private", False, limits.TELEGRAM_PRIVATE),
        ("telegram", "group", False, limits.TELEGRAM_GROUP),
        ("telegram", "staff", False, limits.TELEGRAM_GROUP),
        ("telegram", "staff", True, limits.ALARMS),
        ("wecom", "private", False, limits.WECOM),
        ("wechat", "private", False, limits.MESSAGES),
    ],
)
def test_a_message_waits_in_the_queue_of_its_limit(
    channel: str, kind: str, urgent: bool, queue: limits.Queue
) -> None:
    assert limits.queue_of(channel, kind, urgent=urgent) is queue
    assert queue in limits.queues_for({channel})


def test_any_number_of_chats_that_pause_hold_up_no_other_chat_and_no_alarm(migrated_url: str) -> None:
    phone, many = Phone(), 70  # more than a process holds at once
    phone.answer = lambda message: later(3600) if message.text == "refused" else Receipt(Outcome.SENT)
    with delivering(migrated_url, phone=phone) as post:
        for number in range(many):
            post.say(f"c{number}", "refused")
        post.say("c0", "follows")
        post.say("other", "free")
        post.say("staff", "alarm", urgent=True)
        post.wait(lambda: len(phone.arrived) == 2)
        post.wait(lambda: sum(map(post.attempts, range(1, many + 1))) == many)
        post.wait(lambda: not DBOS.list_workflows(status=["ENQUEUED", "PENDING"]))
        assert post.engine.feed() == 0

        phone.answer = lambda _: Receipt(Outcome.SENT)
        post.ahead = timedelta(hours=2)
        post.wait(lambda: len(phone.heard("c0")) == 2)
    assert phone.heard("c0") == ["refused", "follows"]
    assert (phone.heard("other"), phone.heard("staff")) == (["free"], ["alarm"])


def test_what_the_engine_lost_or_failed_at_is_handed_over_again_and_staff_are_told(migrated_url: str) -> None:
    phone, failed = Phone(), threading.Event()
    with delivering(migrated_url, phone=phone) as post:
        send = post.app.courier.send

        def broken(outbox_id: int, clock: object) -> object:
            if not failed.is_set():
                failed.set()
                raise RuntimeError("客户的话")
            return send(outbox_id, clock)  # type: ignore[arg-type]

        post.app.courier.send = broken  # type: ignore[assignment,method-assign]
        post.say("staff", "to staff", at_s=3600)  # makes the chat
        post.say("c", "failed")
        post.wait(lambda: bool(DBOS.list_workflows(status="ERROR")))
        post.engine.tidy()
        assert post.app.metrics.registry.get_sample_value("hotline_engine_failed") == 1
        post.wait(lambda: phone.heard("c") == ["failed"])
        assert DBOS.list_workflows(status="ERROR") == []
        assert post.app.metrics.registry.get_sample_value("hotline_engine_total", {"what": "mended"}) == 1

        lost = post.say("d", "lost")
        post.app.store.transact(
            lambda unit: unit.session.execute(
                update(t.OutboxRow).where(t.OutboxRow.id == lost).values(relayed_at=unit.now, relays=1)
            ),
            post.app.now(),
        )  # handed over, says the outbox; the engine knows nothing of it
        post.ahead = timedelta(hours=2)
        post.engine.tidy()
        post.wait(lambda: phone.heard("d") == ["lost"])
        post.wait(lambda: len(phone.heard("staff")) == 3)
    assert [said[:8] for said in phone.heard("staff")[1:]] == ["⚠ 消息投递中断", "⚠ 消息投递中断"]


@pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_what_a_platform_took_while_all_connections_wait_is_recorded_later_and_not_sent_again(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, taken, failures = Phone(), ExitStack(), []
    with delivering(migrated_url, phone=phone) as post, taken:
        finish, database = post.app.courier.finish, post.app.store.engine

        def answer(_: Outbound) -> Receipt:
            monkeypatch.setattr(database.pool, "_timeout", 0.2)
            with suppress(NoConnection):
                while True:
                    taken.enter_context(database.connect())
            return Receipt(Outcome.SENT, external_id="1")

        def finishing(sent: Sent) -> None:
            try:
                finish(sent)
            except NoConnection:
                failures.append(sent)
                taken.close()
                raise

        phone.answer = answer
        monkeypatch.setattr(post.app.courier, "finish", finishing)
        told = post.say("c", "told")
        post.wait(lambda: bool(failures))
        post.wait(lambda: post.status(told) == "sent")
    assert phone.heard("c") == ["told"]


@pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_what_keeps_one_chore_from_being_done_keeps_no_other(migrated_url: str) -> None:
    phone = Phone()
    phone.answer = lambda _: Receipt(Outcome.HELD)
    with delivering(migrated_url, phone=phone) as post:
        stranded, silent = post.say("1", "stranded", channel="gone"), post.say("2", "silent")
        post.wait(lambda: post.status(silent) == "held")
        post.ahead = GIVEN_UP + timedelta(days=1)
        with post.app.store.engine.connect() as other:
            other.execute(select(t.OutboxRow).where(t.OutboxRow.id == stranded).with_for_update())
            with pytest.raises(OperationalError):
                post.engine.tidy()
        assert (post.status(stranded), post.status(silent)) == ("pending", "failed")


REFUSE = {  # as a full disk does: nothing but the last word of a workflow
    "sqlite": """
        CREATE TRIGGER no_room BEFORE UPDATE ON workflow_status WHEN NEW.status IN ('SUCCESS', 'ERROR')
        BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
    """,
    "postgresql": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: Disk quota exceeded' USING ERRCODE = 'XX000'; END $$;
        CREATE TRIGGER no_room BEFORE UPDATE ON dbos.workflow_status FOR EACH ROW
        WHEN (NEW.status IN ('SUCCESS', 'ERROR')) EXECUTE FUNCTION refuse()
    """,
}
TAKE_AGAIN = {
    "sqlite": "DROP TRIGGER no_room",
    "postgresql": "DROP FUNCTION refuse CASCADE",
}


def test_what_the_engine_could_not_note_as_done_holds_up_its_chat_no_longer_than_needed(
    migrated_url: str,
) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        kind = post.app.store.engine.dialect.name
        with post.app.store.engine.begin() as connection:
            connection.execute(text(REFUSE[kind]))
        first = post.say("c", "first")
        post.wait(lambda: post.status(first) == "sent")
        post.wait(lambda: not post.engine._begun._running)
        with post.app.store.engine.begin() as connection:
            connection.execute(text(TAKE_AGAIN[kind]))
        post.say("c", "second")
        for _ in range(LOOKS):
            post.engine.look_after()
        post.wait(lambda: phone.heard("c") == ["first", "second"])
        assert post.app.metrics.registry.get_sample_value("hotline_engine_total", {"what": "mended"}) == 0


def test_what_waits_for_a_platform_that_is_gone_hides_nothing_and_is_forgotten_at_last(
    migrated_url: str,
) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        gone = [post.say(f"g{number}", "to nobody", channel="wecom") for number in range(7)]
        hand_over(post, gone)  # by a process that still had the platform
        lost = post.say("c", "lost")
        post.app.store.transact(
            lambda unit: unit.session.execute(HANDED_OVER, {"ids": [lost]}), post.app.now()
        )
        post.ahead = timedelta(minutes=15)
        post.engine.tidy()
        post.wait(lambda: phone.heard("c") == ["lost"])
        assert {post.status(each) for each in gone} == {"pending"}

        post.ahead = timedelta(hours=1)
        post.engine.tidy()
        assert {post.status(each) for each in gone} == {"failed"}
        assert DBOS.list_workflows(status="ENQUEUED") == []
        assert post.engine.feed() == 0


def hand_over(post: Post, messages: Sequence[int]) -> None:
    """Leave messages in a queue that no process looks into."""
    with Session(post.engine._database) as session, session.begin():
        for message in messages:
            post.engine._enqueue(session, Parcel((Handed(message, 1),), limits.WECOM, "lane", "wecom"))
    note_handed_over(post, messages)


def note_handed_over(post: Post, messages: Sequence[int]) -> None:
    post.app.store.transact(lambda unit: unit.session.execute(HANDED_OVER, {"ids": messages}), post.app.now())


def test_how_many_processes_deliver_and_what_failed_is_shown(migrated_url: str) -> None:
    with delivering(migrated_url, phone=Phone()) as post:
        other = Presence(post.engine._database, "other")
        other.hold()
        post.engine.look_after()
        post.engine.tidy()
        figures = post.app.metrics.registry
        assert figures.get_sample_value("hotline_workers") == (1 if migrated_url.startswith("sqlite") else 2)
        assert figures.get_sample_value("hotline_engine_failed") == 0
        other.release()


def test_finished_work_is_forgotten_after_an_hour(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "done")
        post.wait(lambda: bool(DBOS.list_workflows(status="SUCCESS")))
        post.engine.tidy()
        assert len(DBOS.list_workflows()) == 1
        post.ahead = timedelta(hours=2)
        post.engine.tidy()
        assert DBOS.list_workflows() == []


@pytest.mark.parametrize("back", [timedelta(seconds=50), timedelta(hours=1)])
def test_a_clock_that_was_set_back_holds_up_nothing_that_was_said_before(
    migrated_url: str, back: timedelta
) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "first")
        post.say("c", "alarm", urgent=True)
        post.ahead = -back
        post.say("c", "second")
        assert post.engine.feed() == 0  # for as long
        post.engine.tidy()
        assert post.engine.feed() == 3
        post.wait(lambda: len(phone.arrived) == 3)
    assert [text for text in phone.heard("c") if text != "alarm"] == ["first", "second"]


@pytest.mark.parametrize("back", [timedelta(seconds=50), timedelta(hours=1)])
@pytest.mark.parametrize("outcome", [Outcome.LATER, Outcome.UNKNOWN, Outcome.HELD])
def test_a_clock_that_was_set_back_holds_up_nothing_that_was_tried_in_vain(
    migrated_url: str, outcome: Outcome, back: timedelta
) -> None:
    """However long before that it was written."""
    phone = Phone()
    phone.answer = lambda _: Receipt(outcome, error="busy")
    with delivering(migrated_url, phone=phone) as post:
        post.ahead = -timedelta(days=1)
        old = post.say("c", "old")
        post.ahead = timedelta()
        if outcome is Outcome.HELD:
            post.wait(lambda: post.status(old) == "held")
            post.app.store.transact(lambda unit: wake(unit, 1, unit.now), post.app.now())
        else:
            post.wait(lambda: post.attempts(old) == 1)
        phone.answer = lambda _: Receipt(Outcome.SENT)
        post.ahead = -back
        post.say("c", "behind it")
        assert post.engine.feed() == 0  # for as long
        post.engine.tidy()
        post.wait(lambda: len(phone.arrived) == 2)
    assert phone.heard("c") == ["old", "behind it"]


def test_a_pause_that_a_platform_names_is_kept_however_long_it_is(migrated_url: str) -> None:
    phone = Phone()
    phone.answer = lambda _: later(24 * 3600)
    with delivering(migrated_url, phone=phone) as post:
        first = post.say("c", "first")
        post.wait(lambda: post.attempts(first) == 1)
        for _ in range(2):
            post.engine.tidy()
            assert post.engine.feed() == 0


@pytest.mark.parametrize(
    "migrated_url", ["sqlite"], indirect=True
)  # there the engine's clock is the program's
def test_what_was_sent_before_the_clock_was_set_back_counts_against_no_limit(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, read = Phone(), clock.now
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: read() + post.ahead)
        post = Post(migrated_url, {"telegram": phone})
    post.engine.start()
    post.say("7", "before", channel="telegram")
    post.wait(lambda: bool(DBOS.list_workflows(status="SUCCESS")))
    post.ahead = -timedelta(hours=1)
    after = post.say("7", "after", channel="telegram")
    post.engine.tidy()
    post.wait(lambda: post.status(after) == "sent")
    post.engine.stop()
    post.app.close()


def test_the_next_process_delivers_what_one_that_ended_had_begun(migrated_url: str) -> None:
    phone = Phone()
    phone.answer = lambda _: later(1)
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "first")
        post.say("c", "second")
        post.wait(lambda: post.attempts(1) > 0)

    after = Phone()
    with delivering(migrated_url, phone=after) as post:
        post.wait(lambda: len(after.arrived) == 2)
    assert after.heard("c") == ["first", "second"]


def test_customers_words_are_not_in_the_engines_tables(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "客户的话")
        post.wait(lambda: bool(DBOS.list_workflows(status="SUCCESS")))
        [workflow] = DBOS.list_workflows()
    assert workflow.workflow_id == "out:1.1"
    assert workflow.input == {"args": ([1], "phone"), "kwargs": {}}


@pytest.mark.postgres
def test_connections_that_break_lose_and_double_nothing(postgres_url: str) -> None:
    phone = Phone()
    with delivering(migrated(postgres_url), phone=phone) as post:
        for number in range(30):
            post.say(f"c{number % 5}", f"m{number}")
        post.wait(lambda: len(phone.arrived) >= 5)
        with post.app.store.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        post.wait(lambda: len(phone.arrived) >= 30)
        post.wait(lambda: all(post.status(number) == "sent" for number in range(1, 31)))
    assert sorted(said for _, said, _ in phone.arrived) == sorted(f"m{number}" for number in range(30))


def test_a_process_whose_schema_moved_on_writes_and_sends_nothing_more(migrated_url: str) -> None:
    phone = Phone()
    with delivering(migrated_url, phone=phone) as post:
        waiting = post.say("c", "waits")
        move_schema(post.app.store, "newer")
        with pytest.raises(SchemaMoved, match="migrated to schema newer"):
            post.say("c", "too late")
        with pytest.raises(SchemaMoved):
            post.app.courier.attempt(waiting, post.app.now)
        with pytest.raises(SchemaMoved):
            post.engine.feed()
        with pytest.raises(SchemaMoved):
            post.app.check_schema()
        move_schema(post.app.store, migrate.head())  # other tests use this database
    assert phone.arrived == []


@pytest.mark.postgres
def test_a_migration_waits_for_what_is_being_sent_and_nothing_is_sent_twice(postgres_url: str) -> None:
    phone, asked, released = Phone(), threading.Event(), threading.Event()

    def answer(_: Outbound) -> Receipt:
        asked.set()
        released.wait()
        return Receipt(Outcome.SENT)

    def by_another_program() -> None:
        with migrate._alone(post.app.store.engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))

    phone.answer = answer
    with delivering(migrated(postgres_url), phone=phone) as post:
        during, after = post.say("c", "during"), post.say("c", "after")
        post.wait(asked.is_set)
        migration = threading.Thread(target=by_another_program)
        migration.start()
        while not post.engine._attempts.is_paused:
            post.engine.look_after()
            threading.Event().wait(0.05)
        released.set()
        while migration.is_alive():
            post.engine.look_after()
            threading.Event().wait(0.05)
        assert (post.status(during), post.status(after)) == ("sent", "pending")
        post.engine.look_after()
        while not post.engine._attempts._is_ending:  # it was about to send the next
            threading.Event().wait(0.05)
    assert phone.heard("c") == ["during"]


@pytest.mark.postgres
def test_a_migration_that_was_given_up_lets_delivery_go_on(postgres_url: str) -> None:
    phone = Phone()

    def fails() -> None:
        with migrate._alone(post.app.store.engine):
            assert post.engine._attempts.is_paused
            raise ZeroDivisionError

    with delivering(migrated(postgres_url), phone=phone) as post:
        with looking_after(post), pytest.raises(ZeroDivisionError):
            fails()
        post.say("c", "goes on")
        post.engine.look_after()
        post.wait(lambda: phone.heard("c") == ["goes on"])


@contextmanager
def looking_after(post: Post) -> Iterator[None]:
    """Let the engine look around meanwhile, as its loop does."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            post.engine.look_after()

    looking = threading.Thread(target=look)
    looking.start()
    yield
    over.set()
    looking.join()


def move_schema(store: Store, revision: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_once_it_is_told_to_end_no_message_is_begun(migrated_url: str) -> None:
    """Answers and loops are waited for meanwhile: what begins then would have what is left of the time."""
    phone, begun, answered = Phone(), list[int](), threading.Event()

    def answer(message: Outbound) -> Receipt:
        begun.append(message.id)
        answered.wait()
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated_url, phone=phone) as post:
        for number in range(3 * SENDERS):
            post.say(f"chat-{number}", "您好")
        post.wait(lambda: len(begun) == SENDERS)
        post.engine.end()
        answered.set()
        post.wait(lambda: len(phone.arrived) == SENDERS)
        assert post.engine.stop()
        assert len(begun) == SENDERS


def test_a_platform_that_does_not_answer_keeps_no_process_from_ending(migrated_url: str) -> None:
    phone, asked, released = Phone(), threading.Event(), threading.Event()

    def answer(_: Outbound) -> Receipt:
        asked.set()
        released.wait()
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated_url, phone=phone) as post:
        post.say("c", "hangs")
        post.wait(asked.is_set)
        is_clean = post.engine.stop()
        released.set()
    assert not is_clean


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("goes", "comes"),
    [
        ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"),
        ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
    ],
    ids=["away", "read-only"],
)
def test_what_was_sent_while_the_database_was_away_is_recorded_and_not_sent_again(
    postgres_server: PostgresServer, postgres_url: str, goes: str, comes: str
) -> None:
    phone, asked, away, refused = Phone(), threading.Event(), threading.Event(), threading.Event()

    def answer(_: Outbound) -> Receipt:
        asked.set()
        away.wait()
        return Receipt(Outcome.SENT)

    phone.answer = answer
    with delivering(migrated(postgres_url), phone=phone) as post:
        finish = post.app.courier.finish

        def tried(sent: Sent) -> None:
            try:
                finish(sent)
            except DBAPIError:
                refused.set()
                raise

        post.app.courier.finish = tried  # type: ignore[method-assign]
        during = post.say("c", "during")
        after = post.say("c", "after")
        post.wait(asked.is_set)
        name = postgres_url.rpartition("/")[2]
        postgres_server.execute(f"ALTER DATABASE {name} {goes}")
        postgres_server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - ours
        )
        away.set()
        assert refused.wait(PATIENCE_S)
        postgres_server.execute(f"ALTER DATABASE {name} {comes}")
        postgres_server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - ours
        )
        post.wait(lambda: (post.status(during), post.status(after)) == ("sent", "sent"))
    assert phone.heard("c") == ["during", "after"]

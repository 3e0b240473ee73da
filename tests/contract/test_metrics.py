"""`/metrics` on both databases: what was counted here, and what the store holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import samples
from bot.delivery import outcomes
from bot.delivery.next_message import Message
from bot.messages import Outbound, Outcome, Receipt, Sender
from bot.reception import Composed
from bot.store.store import UnitOfWork
from bot.web import metrics
from bot.web.service import Service
from intents import Classifier, Verdict
from tests.support.world import World

P1 = "所有坐席都登不上系统了"


def figure(world: World, name: str, **labels: str) -> float | None:
    """Return the value of a metric, None if it is not told."""
    families = text_string_to_metric_families(metrics.render(world.app).decode())
    samples = (sample for family in families for sample in family.samples)
    return next((s.value for s in samples if s.name == f"hotline_{name}" and s.labels == labels), None)


def test_a_message_and_its_repetition_are_counted_apart(world: World) -> None:
    message = world.inbound("regular", Sender("regular", "陈班长"), P1)
    world.app.submit(message)
    world.app.submit(message)
    assert figure(world, "received_total", channel="phone") == 1
    assert figure(world, "duplicates_total", channel="phone") == 1
    assert figure(world, "verdicts_total", label="P1") == 1
    assert figure(world, "handling_seconds_count") == 1


def test_a_message_that_is_handled_by_itself_counts_once(world: World) -> None:
    world.customer(P1)
    order = world.inbound(samples.STAFF_CHAT, world.person("li"), "认领 T1")
    asyncio.run(Service(world.app, worker=False).submit(order))
    assert figure(world, "handling_seconds_count") == 2


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_a_message_that_failed_counts_once_whatever_made_it_fail(world: World, outcome: Outcome) -> None:
    world.phones.receipts = [Receipt(outcome, error="timeout")] * outcomes.MOST_UNKNOWNS
    message = world.inbound("regular", Sender("regular", "陈班长"), "查进度")
    world.app.submit(message)
    for _ in range(outcomes.MOST_UNKNOWNS):
        world.app.deliver()
        world.wait_undelivered(minutes=10)
    assert figure(world, "messages_total", channel="phone", outcome="failed", error="timeout") == 1


def test_what_goes_back_inside_the_channels_own_answer_counts_as_sent(world: World) -> None:
    said = world.inbound("regular", Sender("regular", "陈班长"), "查进度")
    inbox_id, _ = world.app.receive(replace(said, is_inline=True))
    assert world.app.handle(inbox_id, lambda waiting: Composed(waiting[0].text, 1)) is not None
    assert figure(world, "messages_total", channel="phone", outcome="sent", error="") == 1


def test_a_message_that_is_held_is_counted_and_so_is_its_end(world: World) -> None:
    world.phones.receipts = [Receipt(Outcome.HELD, error="quota")]
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "查进度"))
    world.app.deliver()
    assert figure(world, "messages_total", channel="phone", outcome="held", error="quota") == 1
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "查进度"))
    world.app.deliver()
    assert figure(world, "messages_total", channel="phone", outcome="sent", error="") == 2


def test_a_sentence_is_judged_once_and_what_is_no_sentence_is_not_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    classify, judged = Classifier.classify, []

    def noted(self: Classifier, words: str) -> Verdict:
        judged.append(words)
        return classify(self, words)

    monkeypatch.setattr(Classifier, "classify", noted)
    world.customer(P1)
    assert judged == [P1]
    world.tap("全部受影响")
    world.customer("为什么")
    assert judged == [P1]
    assert figure(world, "verdicts_total", label="none") is None


def test_a_sentence_counts_once_however_often_its_handling_is_rolled_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, tries = world.app.inbox.handling.handle, []

    def fails_at_first(unit: UnitOfWork, message: Message) -> None:
        handle(unit, message)
        with unit.session.begin_nested():
            tries.append(message.id)
        if len(tries) == 1:
            raise RuntimeError

    monkeypatch.setattr(world.app.inbox.handling, "handle", fails_at_first)
    world.customer(P1)
    assert len(tries) == 2
    assert figure(world, "verdicts_total", label="P1") == 1


def test_an_attempt_whose_channel_raises_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(_: Outbound) -> Receipt:
        raise TimeoutError

    monkeypatch.setattr(world.phones, "send", raises)
    world.customer(P1)
    assert figure(world, "deliveries_total", channel="phone", outcome="unknown", error="TimeoutError")


def test_open_tickets_and_the_next_deadline_are_read_from_the_store(world: World) -> None:
    world.customer(P1)  # regular, Monday at ten: two hours
    assert figure(world, "tickets_open", state="open", priority="1") == 1
    assert figure(world, "next_deadline_seconds", clock="response") == 7200
    world.wait(minutes=90)
    assert figure(world, "next_deadline_seconds", clock="response") == 1800
    assert figure(world, "tickets_overdue", clock="response") == 0


def test_a_deadline_that_is_missed_shows_until_somebody_responds(world: World) -> None:
    world.customer(P1)
    world.wait(hours=3)
    assert figure(world, "tickets_overdue", clock="response") == 1
    assert figure(world, "next_deadline_seconds", clock="response") is None
    world.staff("回复 T1 正在处理")
    assert figure(world, "tickets_overdue", clock="response") == 0


def test_each_missed_deadline_is_counted_once_however_often_it_rings(world: World) -> None:
    world.customer(P1)
    world.wait(hours=1, minutes=50)
    assert figure(world, "deadlines_missed_total", clock="response") is None
    for _ in range(4):
        world.wait(minutes=30)
    assert figure(world, "deadlines_missed_total", clock="response") == 1
    world.staff("知道了 T1")
    world.wait(hours=3)
    assert figure(world, "deadlines_missed_total", clock="response") == 1
    world.customer(P1, who="enhanced")
    world.wait(days=1)  # nobody looked in between: its alarm climbs over several steps at once
    assert figure(world, "deadlines_missed_total", clock="response") == 2


def test_what_waits_to_be_delivered_shows_its_depth_and_age(world: World) -> None:
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), P1))
    world.wait_undelivered(seconds=40)
    assert figure(world, "outbox_pending", channel="phone", urgent="false") == 2  # the receipt and the card
    assert figure(world, "outbox_age_seconds") == 40
    world.app.deliver()
    assert figure(world, "outbox_pending", channel="phone", urgent="false") is None
    assert figure(world, "outbox_age_seconds") == 0
    assert figure(world, "deliveries_total", channel="phone", outcome="sent", error="") == 2


def test_deliveries_are_counted_by_outcome_and_error(world: World) -> None:
    world.phones.receipts = [Receipt(Outcome.LATER, error="timeout")]
    world.customer(P1)
    assert figure(world, "deliveries_total", channel="phone", outcome="later", error="timeout") == 1


def test_the_watch_shows_its_duration_and_its_heartbeat(world: World) -> None:
    world.app.sweep()
    world.wait_undelivered(seconds=12)
    assert figure(world, "sweep_seconds_count") == 1
    assert figure(world, "heartbeat_age_seconds", worker="sweep") == 12


def test_no_label_holds_a_customers_name_or_word(world: World) -> None:
    world.customer(P1)
    world.customer("有两个座席登不上", who="enhanced")
    assert metrics.render(world.app).decode().isascii()


def test_without_the_database_the_process_still_tells_what_it_counted(world: World) -> None:
    world.customer(P1)
    with world.app.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tickets RENAME TO tickets_gone"))
    assert figure(world, "store_up") == 0
    assert figure(world, "received_total", channel="phone") == 1
    with world.app.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tickets_gone RENAME TO tickets"))

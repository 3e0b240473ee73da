"""Nothing that was received is lost: retries, crashes and our own bugs, on both databases."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, ProgrammingError

from bot.delivery import handling
from bot.delivery.handling import HOLD
from bot.delivery.inbox import Apart, Asked
from bot.delivery.next_message import Message
from bot.dialogue import customer
from bot.dialogue.turn import Turn
from bot.messages import Inbound, Outbound, Outcome, Receipt, Say, Sender
from bot.reception import Composed
from bot.store import tables as t
from bot.store.store import UnitOfWork
from bot.store.tables import InboxRow
from bot.web.service import Service
from tests.support.world import World, address

P1 = "所有坐席都登不上系统了，电话全打不进来"


def report(world: World) -> Inbound:
    return world.inbound("regular", Sender("regular", "陈班长"), P1)


def inbox(world: World) -> list[InboxRow]:
    with world.app.store.read() as session:
        return list(session.scalars(select(InboxRow).order_by(InboxRow.id)))


def test_the_platforms_retry_of_a_message_opens_one_ticket(world: World) -> None:
    message = world.inbound("regular", Sender("regular", "陈班长"), P1)

    first = world.app.submit(message)
    second = world.app.submit(message)
    world.app.deliver()

    assert first == second
    assert len(world.tickets()) == 1
    assert len(world.heard("regular")) == 1


def test_a_received_message_is_handled_after_a_crash(world: World) -> None:
    world.app.inbox.receive(world.inbound("regular", Sender("regular", "陈班长"), P1), world.now)
    received = world.now
    world.restart()
    world.wait(minutes=5)

    assert world.tickets()[0]["reported_at"] == received
    assert "工单号 T1" in world.last()


def test_what_came_just_now_is_left_to_whoever_can_answer_it_inline(world: World) -> None:
    world.now += HOLD  # since the start
    world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), P1))
    world.wait(seconds=4)
    assert world.tickets() == []
    world.wait(seconds=1)
    assert len(world.tickets()) == 1


def test_a_process_that_starts_takes_nothing_that_another_may_have_in_hand(world: World) -> None:
    world.now += HOLD
    world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), P1))
    is_shared = not world.app.store.writes_alone
    world.restart()
    world.app.resume()
    assert len(world.tickets()) == (0 if is_shared else 1)
    world.now += HOLD
    world.app.resume()
    assert len(world.tickets()) == 1


def test_messages_of_a_chat_are_handled_in_platform_order(world: World) -> None:
    sender = Sender("regular", "陈班长")
    later = world.inbound("regular", sender, "查进度", sent_at=world.now)
    earlier = world.inbound("regular", sender, P1, sent_at=world.now.replace(hour=9, minute=59))
    world.app.inbox.receive(later, world.now)
    world.app.inbox.receive(earlier, world.now)

    world.wait(seconds=5)

    assert "工单号 T1" in world.heard("regular")[0]
    assert "待工程师响应" in world.heard("regular")[1]


@pytest.mark.parametrize("numbers", [(9, 10), (99, 100)])
def test_messages_of_one_second_are_handled_by_the_platforms_own_count(
    world: World, numbers: tuple[int, int]
) -> None:
    sender, (first, second) = Sender("regular", "陈班长"), numbers
    for text, number in (("查进度", second), (P1, first)):
        inbound = world.inbound("regular", sender, text, sent_at=world.now)
        world.app.inbox.receive(replace(inbound, number=number), world.now)

    world.wait(seconds=5)

    assert "工单号 T1" in world.heard("regular")[0]
    assert "待工程师响应" in world.heard("regular")[1]


def a_bug(*_: object) -> None:
    raise ValueError("所有坐席 must not be logged")


def test_a_message_that_fails_three_times_becomes_a_bare_ticket_and_an_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(customer, "answer", a_bug)

    text = world.customer(P1)

    assert "工单号 T1" in text
    assert "400-818-1110" in text
    assert any("程序没能处理这条消息" in said for said in world.heard("staff"))
    (row,) = inbox(world)
    assert (row.status, row.attempts, row.error) == ("failed", 3, "ValueError")
    assert "所有坐席" not in capsys.readouterr().err


class Panic(BaseException):
    """As a panic of a library in another language is raised: it is no `Exception`."""


def test_a_librarys_panic_is_a_bug_like_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(_: Turn) -> None:
        raise Panic

    monkeypatch.setattr(customer, "answer", panics)
    text = asyncio.run(asyncio.wait_for(Service(world.app, worker=False).submit(report(world)), 60))
    assert text
    world.app.deliver()
    assert "工单号 T1" in world.last()
    assert inbox(world)[0].error == "Panic"


def test_a_message_whose_handling_ends_the_process_again_and_again_is_rescued(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where memory is used up: nobody is there to note that it failed."""
    begun: list[str] = []

    def ends_the_process(turn: Turn) -> None:
        begun.append(turn.text)
        raise SystemExit

    monkeypatch.setattr(customer, "answer", ends_the_process)
    monkeypatch.setattr(handling, "ENDS", 3)
    with pytest.raises(SystemExit):
        world.app.submit(report(world))
    for _ in range(2):
        world.now += HOLD
        world.restart()
        with pytest.raises(SystemExit):
            world.app.resume()
    world.now += HOLD
    world.restart()
    world.app.resume()
    world.app.deliver()

    assert begun == [P1] * 3
    assert "工单号 T1" in world.last()
    assert inbox(world)[0].status == "failed"


def test_the_databases_trouble_makes_no_bare_ticket_however_often_a_message_is_resumed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_locked(_: Turn) -> None:
        raise OperationalError("", None, Exception("locked"))

    with monkeypatch.context() as trouble:
        trouble.setattr(customer, "answer", is_locked)
        with pytest.raises(OperationalError):
            world.app.submit(report(world))
        for _ in range(5):
            world.wait(seconds=5)
    assert inbox(world)[0].attempts == 0
    world.wait(seconds=5)
    assert inbox(world)[0].status == "handled"


def test_a_bug_that_breaks_the_transaction_is_rescued_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(turn: customer.Turn) -> None:
        turn.desk.messages.say(turn.chat.id, Say("x"), ticket=987654)

    monkeypatch.setattr(customer, "answer", broken)

    assert "工单号 T1" in world.customer(P1)
    assert inbox(world)[0].error == IntegrityError.__name__


def test_a_bug_that_looks_like_the_databases_trouble_is_rescued_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(turn: Turn) -> None:
        assert isinstance(turn.desk, UnitOfWork)
        for _ in range(2):  # SQLite's OperationalError; PostgreSQL's InternalError, as the first was let pass
            with suppress(ProgrammingError):
                turn.desk.session.connection().exec_driver_sql("SELECT 1 FROM nowhere")

    monkeypatch.setattr(customer, "answer", broken)

    assert "工单号 T1" in world.customer(P1)
    assert inbox(world)[0].error in {OperationalError.__name__, InternalError.__name__}


def test_a_bug_in_one_message_does_not_block_the_chat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(customer, "answer", a_bug)
        world.customer("随便什么")

    assert "工单号 T2" in world.customer("IVR挂了，所有来电都不通")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "x" * 10_000,
        "字" * 10_000,
        "\0\x01\x02",
        "<b>IVR</b>&amp;<script>",
        "😀😭",
        "hello there",
        "система не работает",
        "\ud800",
        "'; DROP TABLE tickets; --",
        "1" * 50,
        "99",
        "T1",
        "评分",
    ],
)
def test_bad_input_gets_a_helpful_sentence_with_the_hotline(world: World, said: str) -> None:
    assert "400-818-1110" in world.customer(said)
    assert inbox(world)[0].status == "handled"


def test_two_colleagues_in_two_chats_at_the_same_instant_open_one_ticket(world: World) -> None:
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")
    messages = [world.inbound(who, Sender(who, who), P1) for who in ("regular", "visitor")]
    start = threading.Barrier(2)

    def report(number: int) -> None:
        start.wait()
        world.app.submit(messages[number])

    threads = [threading.Thread(target=report, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.tickets()) == 1
    assert world.differences() == {}


def test_fifty_chats_at_once_lose_nothing(world: World) -> None:
    messages = [
        replace(world.inbound("x", Sender(f"u{n}", f"u{n}"), P1), address=address(f"c{n}")) for n in range(50)
    ]
    threads = [threading.Thread(target=world.app.submit, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.app.deliver()

    assert len(world.tickets()) == 50
    assert all(len(world.heard(f"c{n}")) == 1 for n in range(50))


def test_deliveries_to_one_chat_stay_in_order_when_the_first_is_delayed(world: World) -> None:
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "在吗"))
    world.app.submit(world.inbound("regular", Sender("regular", "陈班长"), "谢谢"))
    world.phones.receipts = [Receipt(Outcome.LATER, error="429")]
    world.app.deliver()
    assert world.heard("regular") == []

    world.wait(minutes=1)

    assert [said[:2] for said in world.heard("regular")] == ["您好", "不客"]


def test_a_held_message_waits_for_the_chats_next_message_and_goes_before_its_answer(world: World) -> None:
    world.phones.receipts = [Receipt(Outcome.HELD, error="quota")]
    world.customer("在吗")
    world.wait(hours=20)
    assert world.heard("regular") == []

    world.customer("谢谢")

    assert [said[:2] for said in world.heard("regular")] == ["您好", "不客"]


def test_a_channel_that_breaks_is_an_unknown_outcome_and_stops_no_other_chat(world: World) -> None:
    whole = world.phones.send

    def broken(message: Outbound) -> Receipt:
        if message.address.chat == "regular":
            raise KeyError("陈班长的话")
        return whole(message)

    world.phones.send = broken  # type: ignore[method-assign]
    world.customer("在吗")
    world.customer("在吗", who="visitor")
    world.phones.send = whole  # type: ignore[method-assign]
    world.wait(minutes=1)

    assert [said[:2] for said in world.heard("visitor")] == ["您好"]
    assert [said[:2] for said in world.heard("regular")] == ["您好"]


def test_a_backlog_is_resumed_in_rounds_that_end_soon_and_alarms_wait_for_none_of_them(world: World) -> None:
    for number, said in ((0, P1), (0, "查进度"), (1, P1)):
        message = replace(world.inbound("x", Sender(f"u{number}", "u"), said), address=address(f"c{number}"))
        world.app.receive(message)
    now = world.now + HOLD
    world.app.sweep()
    assert all(row.status == "received" for row in inbox(world))

    rounds = []
    for _ in range(4):
        has_more = world.app.inbox.resume(now, now, within_s=0)
        rounds.append((has_more, [row.status for row in inbox(world)].count("handled")))
    assert rounds == [(True, 1), (True, 2), (True, 3), (False, 3)]


def test_what_is_received_together_is_each_known_by_itself(world: World) -> None:
    first = world.inbound("regular", Sender("regular", "陈班长"), P1)
    other = world.inbound("enhanced", Sender("enhanced", "林主管"), "IVR挂了")
    broken = replace(first, dedupe_key="broken", sent_at=first.sent_at.replace(tzinfo=None))

    (one, is_new), (two, _), again = map(kept, world.app.receive_all([first, other, first]))
    later = world.inbound("regular", Sender("regular", "陈班长"), "还是不行")
    failed, three = world.app.receive_all([broken, later])

    assert is_new
    assert again == (one, False)
    assert isinstance(failed, Exception)
    assert [row.id for row in inbox(world)] == [one, two, kept(three)[0]]


def kept(received: tuple[int, bool] | Exception) -> tuple[int, bool]:
    assert not isinstance(received, Exception)
    return received


def keep_waiting(world: World, monkeypatch: pytest.MonkeyPatch, *chats: str) -> list[int]:
    """Let the database fail at each message of these chats; return what was handled."""
    handle, handled = world.app.inbox.handling.handle, []

    def fails(unit: UnitOfWork, message: Message) -> None:
        if message.inbound.address.chat in chats:
            raise OperationalError("a lock", {}, RuntimeError())
        handled.append(message.id)
        handle(unit, message)

    monkeypatch.setattr(world.app.inbox.handling, "handle", fails)
    return handled


def test_chats_that_can_not_be_handled_starve_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    handled = keep_waiting(world, monkeypatch, "regular", "enhanced")
    for who in ("regular", "enhanced", "diamond"):
        last, _ = world.app.receive(world.inbound(who, Sender(who, who), "在吗"))
    rounds = [world.app.inbox.resume(world.now, world.now, limit=2) for _ in range(2)]
    assert handled == [last]
    assert rounds == [True, False]
    assert world.app.inbox.resume(world.now, world.now, limit=2)  # and those two are tried again


def test_support_is_told_once_of_messages_that_wait_for_five_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        keep_waiting(world, meanwhile, "regular")
        waits, _ = world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), P1))
        world.wait(minutes=5)
        assert world.heard("staff") == []
        world.wait(seconds=1)
        world.wait(minutes=10)
        [told] = world.heard("staff")
    assert f"编号 {waits}" in told
    assert "1 个聊天" in told
    world.wait(seconds=5)
    assert "T1" in world.last()


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("is_inline", [False, True])
def test_what_was_received_before_the_clock_was_set_back_waits_for_no_later_hour(
    world: World, *, is_inline: bool, is_restarted: bool
) -> None:
    message = world.inbound("regular", Sender("regular", "陈班长"), P1)
    world.app.receive(replace(message, is_inline=is_inline))
    world.now -= timedelta(hours=1)
    if is_restarted:
        world.restart()
    world.app.resume()
    assert len(world.tickets()) == 1
    world.wait(seconds=HOLD.total_seconds())
    assert "T1" in world.last()


def test_support_is_told_of_what_can_not_be_handled_since_before_the_clock_was_set_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_waiting(world, monkeypatch, "regular")
    waits, _ = world.app.receive(world.inbound("regular", Sender("regular", "陈班长"), P1))
    world.now -= timedelta(hours=1)
    for _ in range(2):
        world.wait(seconds=5)
    [told] = world.heard("staff")
    assert f"编号 {waits}" in told


@pytest.mark.parametrize("is_relayed", [False, True])
def test_what_delivery_has_in_hand_is_not_taken_into_an_answer_whatever_the_clocks_say(
    world: World, is_relayed: bool
) -> None:
    with world.app.store.begin(world.now) as unit:
        chat = unit.session.scalars(select(t.ChatRow).where(t.ChatRow.chat == "regular")).one()
        unit.messages.say(chat.id, Say("earlier"))
        row = unit.session.scalars(select(t.OutboxRow)).one()
        row.try_at += timedelta(hours=1)  # for a host whose clock is ahead it is due
        row.relayed_at = world.now if is_relayed else None
    message = replace(world.inbound("regular", Sender("regular", "陈班长"), P1), is_inline=True)
    inbox_id, _ = world.app.receive(message)
    reply = world.app.handle(inbox_id, lambda waiting: Composed(waiting[0].text, 1))
    assert reply == (None if is_relayed else "earlier")


def handle_all(world: World, asked: list[Asked]) -> list[str | Exception | None]:
    """Handle messages as the service does: together, and each for itself where that can't be."""
    return [
        alone(world, one) if isinstance(result, Apart) else result
        for one, result in zip(asked, world.app.handle_all(asked), strict=True)
    ]


def alone(world: World, one: Asked) -> str | Exception | None:
    try:
        return world.app.handle(*one)
    except OperationalError as error:
        return error


def test_what_is_handled_together_fails_and_is_answered_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, understand = [], customer.answer
    for who, text in (("regular", P1), ("enhanced", "坏消息"), ("diamond", "录音听不了了")):
        inbox_id, _ = world.app.receive(world.inbound(who, Sender(who, who), text))
        asked.append(Asked(inbox_id, None))
    commits: list[object] = []
    event.listen(world.app.store.engine, "commit", commits.append)

    def answer(turn: Turn) -> None:
        if turn.text == "坏消息":
            a_bug()
        understand(turn)

    monkeypatch.setattr(customer, "answer", answer)
    assert handle_all(world, asked) == [None] * 3
    assert len(commits) == 2 + 3 + 1  # the two that go well, notes of the three failures, the rescue
    world.app.deliver()

    assert [row.status for row in inbox(world)] == ["handled", "failed", "handled"]
    assert len(world.tickets()) == 3
    assert all("工单号" in world.heard(who)[-1] for who in ("regular", "diamond"))


def test_nothing_that_is_handled_together_is_done_where_the_database_fails(world: World) -> None:
    asked = []
    for who in ("regular", "enhanced"):
        inbox_id, _ = world.app.receive(world.inbound(who, Sender(who, who), P1))
        asked.append(Asked(inbox_id, None))

    def full(_: object) -> None:
        raise OperationalError("COMMIT", None, OSError("disk full"))

    event.listen(world.app.store.engine, "commit", full)
    with pytest.raises(OperationalError):
        world.app.handle_all(asked)
    event.remove(world.app.store.engine, "commit", full)
    assert world.tickets() == []
    assert [row.status for row in inbox(world)] == ["received", "received"]

    assert handle_all(world, asked) == [None, None]
    assert len(world.tickets()) == 2


def test_where_the_database_fails_at_one_message_those_beside_it_are_handled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = keep_waiting(world, monkeypatch, "enhanced")
    asked = []
    for who in ("regular", "enhanced", "diamond"):
        inbox_id, _ = world.app.receive(world.inbound(who, Sender(who, who), P1))
        asked.append(Asked(inbox_id, None))

    first, failed, last = handle_all(world, asked)

    assert (first, type(failed), last) == (None, OperationalError, None)
    assert [row.status for row in inbox(world)] == ["handled", "received", "handled"]
    assert {asked[0].id, asked[2].id} <= set(handled)

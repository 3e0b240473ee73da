"""Many reports at once make one card and one alarm, on both databases; each ticket keeps its own clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot import samples
from bot.messages import Outbound, Outcome, Receipt, Sender
from bot.store import tables as t
from tests.support.staffing import alarms, crowd, full_staff, messages
from tests.support.world import Phones, World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


@pytest.fixture(autouse=True)
def _staff(world: World) -> None:
    full_staff(world)


def cards(world: World) -> list[str]:
    """Return the keys of the cards that the staff chat was sent, in order."""
    return [message.card for message in messages(world, "staff") if message.card]


def report_all(world: World, chats: list[str], text: str = P1, every_s: float = 10) -> None:
    """Let each chat report, one after the other."""
    for chat in chats:
        world.customer(text, who=chat)
        world.now += timedelta(seconds=every_s)


def test_the_fifth_report_within_five_minutes_makes_one_card_that_goes_first(world: World) -> None:
    report_all(world, crowd(world, 7))

    assert cards(world) == ["ticket:1", "ticket:2", "ticket:3", "ticket:4", "outage:1"]
    text = messages(world, "staff")[-1].text
    assert text.splitlines()[:3] == [
        "⚠ 疑似共性故障：5 个工单报优先等级1",
        "客户（5 家）：第1客服中心、第2客服中心、第3客服中心、第4客服中心、第5客服中心",
        "工单：T1、T2、T3、T4、T5",
    ]
    assert "最早的响应期限：T1 今天 12:00 前" in text


def test_its_card_is_updated_in_place_and_not_at_every_report(world: World) -> None:
    chats = crowd(world, 30)
    report_all(world, chats[:5])
    first = messages(world, "staff")[-1]

    for chat in chats[5:]:
        world.customer(P1, who=chat)
        world.wait(seconds=5)

    updates = [m for m in messages(world, "staff") if m.card == "outage:1"][1:]
    assert 3 <= len(updates) <= 6
    assert {update.replaces for update in updates} == {str(first.id), *(str(u.id) for u in updates[:-1])}
    world.wait(seconds=30)
    assert "30 个工单" in messages(world, "staff")[-1].text
    count = len(messages(world, "staff"))
    world.wait(seconds=60)
    assert len(messages(world, "staff")) == count


def test_every_ticket_keeps_its_own_deadline_and_the_customer_is_answered(world: World) -> None:
    report_all(world, crowd(world, 6), every_s=30)

    dues = [ticket["response_due"] for ticket in world.tickets()]
    assert len(set(dues)) == 6
    assert "今天 12:0" in world.last("crowd5")
    assert not world.differences()


def test_alarms_of_its_tickets_ring_as_one(world: World) -> None:
    report_all(world, crowd(world, 8), every_s=5)

    for _ in range(18):
        world.wait(minutes=10)  # to 13:00

    rang = [text.splitlines()[0] for text in alarms(world)]
    assert all(text.startswith("⚠ 疑似共性故障（8 个工单）") for text in rang)
    assert any("响应期限已" in text for text in rang)
    assert len(rang) < 25  # eight tickets, two clocks, eight steps
    with world.app.store.read() as session:
        reached = session.execute(
            select(t.AlarmRow.ticket_id, func.max(t.AlarmRow.step))
            .where(t.AlarmRow.clock == "response")
            .group_by(t.AlarmRow.ticket_id)
        ).all()
    assert [ticket for ticket, _ in sorted(reached)] == list(range(1, 9))
    assert all(step > 100 for _, step in reached)
    assert alarms(world, "qian")


def test_its_alarms_can_be_acknowledged_for_all_its_tickets_and_one_clock(world: World) -> None:
    report_all(world, crowd(world, 6), every_s=5)
    world.staff("确认 T6 1")  # stands for itself
    for _ in range(6):
        world.wait(minutes=10)  # to the share of 50 %
    assert "响应时间已用 50%" in alarms(world)[-1]

    said = world.tap("知道了", who="li")

    assert "李工知道了，T1、T2、T3、T4、T5 的响应到期限或仍没有结果时再提醒；其他提醒照常" in said
    for _ in range(5):
        world.wait(minutes=10)
    warned = [text for text in alarms(world) if "响应时间已用 75%" in text or "响应时间已用 90%" in text]
    assert warned
    assert all(text.startswith("⚠ T6") for text in warned)
    world.wait(minutes=10)
    assert any(text.startswith("⚠ 疑似共性故障") and "响应期限已" in text for text in alarms(world))
    assert world.differences() == {}


@pytest.mark.parametrize("what", ["99 响应", "1 天气", ""])
def test_a_wrong_acknowledgement_says_how_to_write_it(world: World, what: str) -> None:
    report_all(world, crowd(world, 5), every_s=5)

    assert "正确写法：知道了故障 3 响应" in world.staff(f"知道了故障 {what}")
    assert world.staff("知道了故障 1 到场").endswith("没有在等到场的工单。")


def test_a_ticket_that_support_takes_stands_for_itself_again(world: World) -> None:
    report_all(world, crowd(world, 6), every_s=5)

    world.staff("认领 T6")
    world.staff("确认 T6 1")
    assert cards(world)[-1] == "ticket:6"

    world.wait(hours=2, minutes=11)
    assert any(text.startswith("⚠ T6 优先等级1 · 响应期限已超过") for text in alarms(world))
    assert not any(text.startswith("⚠ T5") for text in alarms(world))


def test_what_customers_add_is_folded_but_what_support_asks_for_is_shown(world: World) -> None:
    report_all(world, crowd(world, 6), every_s=5)
    count = len(messages(world, "staff"))

    world.customer("全部受影响", who="crowd5")
    assert len(messages(world, "staff")) == count

    world.staff("工单 T6")
    assert cards(world)[-1] == "ticket:6"


def test_lesser_faults_are_no_outage(world: World) -> None:
    report_all(world, crowd(world, 6), P2)

    assert "outage:1" not in cards(world)


def test_what_is_in_doubt_is_looked_at_by_itself(world: World) -> None:
    for chat in crowd(world, 6):
        world.customer(photo=True, who=chat)

    assert [ticket["held"] for ticket in world.tickets()] == [1] * 6
    assert "outage:1" not in cards(world)


def test_reports_that_are_far_apart_are_no_outage(world: World) -> None:
    report_all(world, crowd(world, 8), every_s=80)

    assert "outage:1" not in cards(world)


def test_a_report_after_the_storm_has_its_own_card(world: World) -> None:
    chats = crowd(world, 7)
    report_all(world, chats[:6], every_s=5)
    world.now += timedelta(minutes=6)

    world.customer(P1, who=chats[6])

    assert cards(world)[-1] == "ticket:7"


def test_messages_that_a_platform_delivers_hours_late_are_one_outage_too(world: World) -> None:
    chats = crowd(world, 6)
    earlier = world.now - timedelta(hours=3)

    for number, chat in enumerate(chats):
        world.customer(P1, who=chat, sent_at=earlier + timedelta(seconds=number))

    assert cards(world)[-1] == "outage:1"


def test_reports_in_many_threads_make_one_outage(world: World) -> None:
    chats = crowd(world, 12)
    report_all(world, chats[:4], every_s=1)
    inbound = [world.inbound(chat, Sender(chat, chat), P1) for chat in chats[4:]]
    start = threading.Barrier(len(inbound))

    def submit(number: int) -> None:
        start.wait()
        world.app.submit(inbound[number])

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(len(inbound))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.app.deliver()

    assert cards(world).count("outage:1") == 1
    with world.app.store.read() as session:
        assert session.scalar(select(func.count()).select_from(t.OutageRow)) == 1
        assert session.scalar(select(func.count()).select_from(t.OutageTicketRow)) == 12


class Platform(Phones):
    """A platform as it is: 25 messages a second at most, 20 a minute in a group."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.taken: list[tuple[datetime, Outbound]] = []

    def send(self, message: Outbound) -> Receipt:
        self._world.now += timedelta(seconds=0.04)
        now = self._world.now
        if message.address.chat == samples.STAFF_CHAT:
            lately = [at for at, m in self._to_staff() if now - at < timedelta(minutes=1)]
            if len(lately) >= 20:
                return Receipt(Outcome.LATER, retry_at=lately[0] + timedelta(minutes=1), error="429")
        self.taken.append((now, message))
        return super().send(message)

    def _to_staff(self) -> Iterator[tuple[datetime, Outbound]]:
        return ((at, m) for at, m in self.taken if m.address.chat == samples.STAFF_CHAT)


def test_with_200_reports_in_a_minute_alarms_are_at_the_platform_within_30_seconds(world: World) -> None:
    platform = Platform(world)
    world.app.channels["phone"] = world.phones = platform
    chats = crowd(world, 200)
    world.customer(P1, who="regular")
    world.staff("确认 T1 1")
    world.staff("认领 T1")
    world.now += timedelta(minutes=59, seconds=30)
    start, swept = world.now, world.now  # T1 has used 50 % in the middle of the minute

    for number, chat in enumerate(chats):
        world.now = max(world.now, start + timedelta(seconds=0.3 * number))
        world.app.submit(world.inbound(chat, Sender(chat, chat), P1))
        if world.now - swept >= timedelta(seconds=5):
            swept = world.now
            world.app.sweep()
        if number % 2:
            world.app.deliver()
    world.wait(seconds=5)

    to_staff = [(at, m) for at, m in platform.taken if m.address.chat == samples.STAFF_CHAT and at > start]
    outage = next(at for at, m in to_staff if m.card == "outage:1")
    half = next(at for at, m in to_staff if m.text.startswith("⚠ T1 ") and "50%" in m.text)
    fifth = start + timedelta(seconds=1.2)
    fell_due = world.tickets()[0]["reported_at"] + timedelta(hours=1)  # type: ignore[operator]
    print(f"alarm of the outage after {outage - fifth}, of T1 after {half - fell_due}")
    assert outage - fifth <= timedelta(seconds=30)
    assert half - fell_due <= timedelta(seconds=30)
    assert len(to_staff) < 20
    assert len(world.tickets()) == 201


def test_the_confirmation_of_an_outage_holds_back_no_warning_of_the_response(world: World) -> None:
    report_all(world, crowd(world, 6, like=1), every_s=5)
    for _ in range(31):  # at 30 minutes the confirmation climbs and half of the response's time is used
        world.wait(minutes=1)

    assert any("响应时间已用 50%" in text for text in alarms(world))
    assert any(text.splitlines()[-1].startswith("另外：T") for text in alarms(world))


def test_sweeps_at_the_same_moment_show_its_card_once(world: World) -> None:
    report_all(world, crowd(world, 6))
    world.wait_undelivered(minutes=2)
    before, sweeps = len(cards(world)), 4
    start = threading.Barrier(sweeps)

    def sweep() -> None:
        start.wait()
        world.app.sweep()

    threads = [threading.Thread(target=sweep) for _ in range(sweeps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.app.store.read() as session:
        edits = select(func.count()).where(t.OutboxRow.card == "outage:1", t.OutboxRow.note.is_not(None))
        assert session.scalar(edits) == 1
    world.app.deliver()
    assert cards(world)[before:] == ["outage:1"]

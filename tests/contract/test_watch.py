"""The watch as staff experience it, on both databases: who is alarmed when, and never twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.desk.case import Case
from bot.desk.terms import Role
from bot.messages import Outcome, Receipt
from bot.store import tables as t
from bot.watch import heartbeat
from bot.watch.alarms import Watch
from bot.watch.sweep import sweep
from tests.support.staffing import MANAGER, alarms, full_staff, hire, messages
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


@pytest.fixture(autouse=True)
def _staff(world: World) -> None:
    full_staff(world)


def settle(world: World) -> None:
    """Let support confirm, so that only the response is awaited."""
    world.staff("确认 T1 1")


def pass_time(world: World, minutes: int, step: int = 5) -> None:
    """Let time pass with a sweep every few minutes."""
    for _ in range(minutes // step):
        world.wait(minutes=step)


def test_a_clock_warns_at_50_75_and_90_percent_and_at_the_deadline(world: World) -> None:
    world.customer(P1)
    settle(world)

    pass_time(world, 115, step=1)
    assert [text.splitlines()[0] for text in alarms(world)] == [
        "⚠ T1 优先等级1 · 响应时间已用 50%，期限 今天 12:00 前，约 1 小时内",
        "⚠ T1 优先等级1 · 响应时间已用 75%，期限 今天 12:00 前，约 30 分钟内",
        "⚠ T1 优先等级1 · 响应时间已用 90%，期限 今天 12:00 前，约 10 分钟内",
    ]
    pass_time(world, 5, step=1)
    assert alarms(world)[-1].splitlines()[0] == "⚠ T1 优先等级1 · 响应期限已到（今天 12:00）"


def test_an_alarm_says_who_must_do_what_and_what_has_been_tried(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.staff("认领 T1", who="li")

    pass_time(world, 130)

    lines = alarms(world)[-1].splitlines()
    assert lines[1] == "请值班王工现在答复或致电客户：青禾保险客服中心 陈班长 010-5550-0101"
    assert lines[2] == f"故障：{P1}"
    assert (
        lines[3] == "已尝试：11:00 值班群、李工；11:30 值班群、李工；11:50 值班群、李工；12:00 值班群、李工"
    )


def test_after_the_deadline_it_climbs_to_assignee_on_call_lead_and_manager(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.staff("认领 T1", who="li")
    pass_time(world, 118, step=2)
    before = {who: len(alarms(world, who)) for who in ("li", "wang", "zhao", MANAGER)}

    called = []
    for _ in range(8):
        world.wait(minutes=5)
        now = {who: len(alarms(world, who)) for who in before}
        called.append([who for who in before if now[who] > before[who]])
        before = now

    assert called == [["li"], [], ["wang"], [], ["zhao"], [], [MANAGER], []]
    pass_time(world, 60)
    assert len(alarms(world, MANAGER)) == 3  # and every half hour from then on


def test_an_answer_that_reached_the_customer_ends_the_chain(world: World) -> None:
    world.customer(P1)
    settle(world)
    pass_time(world, 135)
    count = len(alarms(world))

    world.staff("回复 T1 正在处理")
    pass_time(world, 120, step=30)

    assert not any("响应" in text.splitlines()[0] for text in alarms(world)[count:])
    assert not world.differences()


@pytest.mark.parametrize("end", [("撤销", "确定撤销"), ("恢复了", "关闭工单")], ids=["withdrawn", "closed"])
def test_a_closed_or_withdrawn_ticket_does_not_escalate(world: World, end: tuple[str, str]) -> None:
    world.customer(P1)
    pass_time(world, 125)
    count = len(alarms(world))

    world.customer(end[0])
    world.tap(end[1])
    pass_time(world, 24 * 60, step=60)

    assert len(alarms(world)) == count
    assert world.tickets()[0]["next_alarm_at"] is None


def test_nothing_rings_again_at_midnight_or_after_a_restart(world: World) -> None:
    world.at("2026-03-02T16:00:00+08:00")
    world.customer(P1)
    settle(world)
    pass_time(world, 60)
    count = len(alarms(world))  # 50 % at 17:00, the close of service

    for _ in range(16):
        world.restart()
        world.wait(hours=1)  # to 09:00 and so over midnight

    assert len(alarms(world)) == count == 1


def test_after_downtime_one_alarm_comes_the_gravest_and_calls_everybody_it_stands_for(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.restart()

    world.wait(minutes=145)

    assert [text.splitlines()[0] for text in alarms(world)] == [
        "⚠ T1 优先等级1 · 响应期限已超过 25 分钟（今天 12:00）"
    ]
    assert [len(alarms(world, who)) for who in ("li", "wang", "zhao", MANAGER)] == [0, 1, 1, 0]


def test_a_restart_between_sweep_and_delivery_loses_nothing_and_doubles_nothing(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.restart()

    world.app.sweep()
    world.app.deliver()

    assert len(alarms(world)) == len(alarms(world, "wang")) == 1


def test_a_raise_recomputes_from_state_and_a_raise_past_due_rings_once(world: World) -> None:
    world.customer(P2)
    world.staff("确认 T1 2")
    pass_time(world, 150)
    assert "已用 50%，期限 今天 14:00 前" in alarms(world)[-1]
    count = len(alarms(world))

    world.staff("改级 T1 1 全部受影响")
    world.wait(seconds=5)

    assert len(alarms(world)) == count + 1
    assert "优先等级1 · 响应期限已超过 30 分钟（今天 12:00）" in alarms(world)[-1]
    assert not world.differences()


def test_an_overdue_flag_goes_with_its_cause(world: World) -> None:
    world.customer(P2)
    world.staff("改级 T1 1 疑似全部受影响")
    pass_time(world, 125)
    assert "响应期限已" in alarms(world)[-1]

    world.staff("改级 T1 2 只有两个座席")
    world.tap("同意")
    count = len(alarms(world))
    pass_time(world, 100)  # to 13:45; the deadline is 14:00 again

    assert "已超期" not in world.card().text
    assert all("超" not in text.splitlines()[0] for text in alarms(world)[count:])


def test_confirmation_has_its_own_chain_and_support_seeing_it_ends_only_that(world: World) -> None:
    world.customer(P1)
    pass_time(world, 10, step=1)
    assert "优先级确认期限已到（今天 10:10）" in alarms(world)[-1]
    assert "确认1" in [choice.label for choice in messages(world, "staff")[-1].choices]

    settle(world)
    pass_time(world, 55)

    assert "响应时间已用 50%" in alarms(world)[-1]
    assert not any("优先级确认" in text for text in alarms(world)[-1:])


def test_several_clocks_of_a_ticket_that_ring_at_once_make_one_message(world: World) -> None:
    world.customer(P1)

    world.wait(minutes=125)

    [text] = alarms(world)
    assert text.startswith("⚠ T1 优先等级1 · 响应期限已超过 5 分钟")  # what the customer waits for goes first
    assert "另外：优先级确认期限已超过 1 小时 55 分钟" in text


def test_the_manager_is_called_at_night(world: World) -> None:
    world.at("2026-03-02T22:00:00+08:00")
    world.customer(P1, who="enhanced")
    settle(world)

    pass_time(world, 90, step=1)

    text = alarms(world, MANAGER)[-1]
    assert "T1 优先等级1 · 响应期限已超过 30 分钟（今天 23:00）" in text
    assert "请钱经理现在答复或致电客户：远山银行信用卡中心 林主管 021-5550-0102" in text
    assert "23:20 值班群、赵主管" in text
    assert not alarms(world, "li")  # not on call, and has not taken it
    assert len(alarms(world, "wang")) == 5  # 50, 75, 90 %, the deadline as nobody has taken it, and on call


def test_warnings_of_lesser_faults_wait_for_the_morning_but_their_deadline_rings(world: World) -> None:
    world.at("2026-03-02T20:00:00+08:00")
    world.customer(P2, who="enhanced")
    world.staff("确认 T1 2")

    pass_time(world, 89, step=1)
    assert alarms(world) == []
    world.wait(minutes=1)  # it would be missed before the morning
    assert "响应时间已用 75%，期限 今天 22:00 前" in alarms(world)[-1]
    pass_time(world, 30, step=1)
    assert "响应期限已到（今天 22:00）" in alarms(world)[-1]


def test_what_is_due_at_once_alarms_at_once_and_again_when_nobody_takes_it(world: World) -> None:
    world.customer(P1, who="diamond")
    settle(world)
    world.wait(seconds=5)
    assert "响应：应立即进行" in alarms(world, "wang")[-1]

    world.wait(minutes=10)
    assert "响应：应立即进行，已过 10 分钟" in alarms(world, "wang")[-1]
    assert len(alarms(world)) == 2

    world.staff("认领 T1", who="li")
    world.wait(minutes=9)
    assert len(alarms(world)) == 2
    world.wait(minutes=1)  # taken, and nothing done
    assert "请李工现在答复或致电客户" in alarms(world, "li")[-1].replace("负责人", "")
    world.wait(minutes=10)
    assert "响应：应立即进行，已过 30 分钟" in alarms(world, "zhao")[-1]
    world.staff("回复 T1 正在恢复")
    count = len(alarms(world))
    pass_time(world, 25)
    assert len(alarms(world)) == count


def test_one_ticket_that_fails_holds_up_no_other_and_is_tried_again(world: World) -> None:
    world.customer(P1)
    world.customer(P1, who="enhanced")
    with world.app.store.begin(world.now) as unit:
        broken = unit.session.get_one(t.ContractRow, 1)
        good, broken.terms = broken.terms, {"level": "?"}
    world.now += timedelta(minutes=12)
    world.app.sweep()
    world.app.deliver()

    assert [text[2:4] for text in alarms(world)] == ["T2"]
    with world.app.store.begin(world.now) as unit:
        assert unit.alarms.count_failures() == 1
        unit.session.get_one(t.ContractRow, 1).terms = good
    world.wait(seconds=29)
    assert len(alarms(world)) == 1
    world.wait(seconds=1)
    assert [text[2:4] for text in alarms(world)] == ["T2", "T1"]
    with world.app.store.begin(world.now) as unit:
        assert unit.alarms.count_failures() == 0
    assert not world.differences()


def test_two_sweeps_at_once_ring_once(world: World) -> None:
    world.customer(P1)
    world.now += timedelta(minutes=60)
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        sweep(world.app.store, world.now)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.app.deliver()

    assert len(alarms(world)) == 1
    with world.app.store.read() as session:
        count = session.scalar(
            select(func.count()).select_from(t.AlarmRow).where(t.AlarmRow.name == "值班群")
        )
    assert count == 2  # confirmation and response, in one message


def test_an_alarm_overtakes_what_its_chat_has_not_been_sent_yet(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.now += timedelta(minutes=60)
    for number in range(30):
        world.app.submit(
            world.inbound("regular", world.inbound("regular", world.person("li")).sender, f"{number}")
        )
    world.app.sweep()
    before = len(messages(world, "staff"))

    world.app.deliver()

    assert messages(world, "staff")[before].text.startswith("⚠ T1")


def test_an_alarm_that_fails_goes_to_the_persons_second_channel(world: World) -> None:
    second = type(world.phones)()
    world.app.channels["mail"] = second
    hire(world, "wang@mail", "王工", Role.ENGINEER, channel="mail")
    with world.app.store.begin(world.now) as unit:
        person = unit.people.add("王工", Role.ENGINEER, None)
        for row in unit.session.scalars(select(t.ContactRow).where(t.ContactRow.name == "王工")):
            row.person_id = person.id
    world.customer(P1)
    settle(world)
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.phones.receipts = [
        Receipt(Outcome.SENT, external_id="1"),
        Receipt(Outcome.FAILED, error="blocked"),
    ]

    world.app.deliver()

    [lost] = second.delivered["wang@mail"]
    assert lost.text.startswith("⚠ T1")
    assert "发给王工没有送达，改由这里通知" in lost.text


def test_a_staff_chat_that_cannot_be_reached_does_not_alarm_itself_for_ever(world: World) -> None:
    world.customer(P1)
    settle(world)
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.phones.receipts = [Receipt(Outcome.FAILED, error="no_rights")] * 2

    attempts = world.app.deliver()

    assert attempts == 3  # the staff chat, 王工 who is on call, and the lead in the place of both
    assert "发给王工没有送达，改由这里通知" in alarms(world, "zhao")[-1]
    assert alarms(world) == []


def test_an_alarm_that_is_late_goes_another_way_once_and_its_own_way_when_that_opens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.query(t.RosterRow).delete()  # nobody is called by name
    world.customer(P1)
    settle(world)
    whole, refused = world.phones.send, Receipt(Outcome.LATER, error="unreachable")
    monkeypatch.setattr(world.phones, "send", lambda m: refused if m.address.chat == "staff" else whole(m))
    world.wait(hours=1)
    for _ in range(12):
        world.wait(minutes=2)
    elsewhere = [said for who in ("li", "wang", "zhao", MANAGER) for said in alarms(world, who)]
    assert len([said for said in elsewhere if "没有送达，改由这里通知" in said]) == 1
    assert alarms(world) == []

    monkeypatch.setattr(world.phones, "send", whole)
    world.wait_undelivered(minutes=2)
    world.app.deliver()
    assert "响应时间已用 50%" in alarms(world)[0]


def test_an_alarm_that_the_staff_chat_lost_goes_to_somebody_in_private(world: World) -> None:
    with world.app.store.begin(world.now) as unit:
        unit.session.query(t.RosterRow).delete()  # nobody is called by name
    world.customer(P1)
    settle(world)
    world.now += timedelta(minutes=60)
    world.app.sweep()
    world.phones.receipts = [Receipt(Outcome.FAILED, error="no_rights")] * 2

    world.app.deliver()

    assert [len(alarms(world, who)) for who in ("li", "wang", "zhao", MANAGER)] == [0, 0, 0, 1]
    assert "发给赵主管没有送达，改由这里通知" in alarms(world, MANAGER)[-1]


def test_with_no_private_chat_and_no_roster_the_whole_staff_chat_is_alarmed(world: World) -> None:
    with world.app.store.begin(world.now) as unit:
        for table in (t.RosterRow,):
            unit.session.query(table).delete()
    world.customer(P1)
    settle(world)

    world.wait(minutes=60)

    assert "请任何一位值班人员现在答复或致电客户" in alarms(world)[-1]


def test_the_heartbeat_tells_whether_the_sweep_runs(world: World) -> None:
    world.app.sweep()
    assert heartbeat.sweep_is_fresh(world.app.store, world.now + timedelta(seconds=29))
    assert not heartbeat.sweep_is_fresh(world.app.store, world.now + timedelta(seconds=30))


@pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_ticket_whose_row_somebody_holds_keeps_nobody_elses_alarms_waiting(world: World) -> None:
    world.customer(P1)
    for said in ("认领 T1", "解决 T1", "已解决 T1 重启"):
        world.staff(said)
    world.customer(P1, who="enhanced")
    world.now += timedelta(days=2)  # the silence after the question is over, and a response is late
    with world.app.store.engine.connect() as other:
        place = select(t.TicketChatRow.chat_id).where(t.TicketChatRow.ticket_id == 1).scalar_subquery()
        other.execute(select(t.ChatRow).where(t.ChatRow.id == place).with_for_update())
        world.app.sweep()
        world.app.deliver()
        assert alarms(world)[-1].startswith("⚠ T2")
        assert world.tickets()[0]["work"] == "resolved"
    world.wait(seconds=30)
    assert world.tickets()[0]["work"] == "closed"


def test_a_bug_that_looks_like_the_databases_trouble_keeps_nobody_elses_alarms_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Watch.ring

    def broken(watch: Watch, case: Case) -> None:
        if case.ticket.id == 1:
            watch._unit.session.execute(text("SELECT nothing FROM nowhere"))
        ring(watch, case)

    monkeypatch.setattr(Watch, "ring", broken)
    for who in ("regular", "enhanced"):
        world.customer(P1, who=who)
    world.wait(hours=3)
    assert [said[:4] for said in alarms(world)] == ["⚠ T2"]

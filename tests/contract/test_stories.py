"""Stories end to end in chat, with a clock that is set; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

from bot.desk.calendar import SHANGHAI
from bot.desk.case import Case
from bot.desk.clocks import clocks
from bot.desk.events import Kind
from bot.desk.terms import Zone
from bot.messages import Inbound
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席听不到录音"


def case_of(world: World, ticket: int) -> Case:
    with world.app.store.begin(world.now) as unit:
        case = unit.tickets.get(ticket)
    assert case is not None
    return case


def open_clocks(world: World, ticket: int = 1) -> set[str]:
    found = clocks(case_of(world, ticket), world.app.store.workdays)
    return {clock.name.value for clock in found if clock.is_open}


def views(world: World, ticket: int = 1) -> list[dict[str, object]]:
    with world.app.store.begin(world.now) as unit:
        return [dict(e.data) for e in unit.tickets.events(ticket) if e.kind is Kind.VIEW]


def test_ten_to_five_on_a_7x8_contract_before_a_holiday(world: World) -> None:
    world.at("2026-09-30T16:50:00+08:00")  # the evening before the National Day

    told = world.customer(P1)

    assert "明天（周四）10:50 前" in told
    assert "因服务时段为每天 09:00–17:00" in told
    receipt = world.customer("为什么")
    assert "16:50–17:00 计 10 分钟" in receipt
    assert "09:00–10:50 计 1 小时 50 分钟，累计 2 小时" in receipt

    world.at("2026-10-01T10:50:00+08:00")
    world.staff("回复 T1 正在恢复登录服务")
    assert "已响应：10:50" in world.card().text
    assert "超期" not in world.card().text
    assert world.differences() == {}


def test_an_objection_is_raised_talked_over_and_agreed(world: World) -> None:
    world.customer(P2)
    world.wait(minutes=5)
    world.tap("确认2", who="li")
    world.tap("有异议")
    world.tap("全部受影响")
    assert world.tickets()[0]["standing"] == "disputed"
    assert "T1 双方判断不同：" in world.last("staff")
    assert "有分歧，按较严计时" in world.card().text
    world.wait(minutes=10)

    world.staff("改级 T1 1 与客户通话，录音全部受影响", who="zhao")

    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["standing"]) == (1, "agreed")
    assert str(ticket["response_due"]) == "2026-03-02 04:00:00+00:00"
    assert "与您的判断一致" in world.last()
    assert [(v["side"], v["held_before"], v["held_after"]) for v in views(world)] == [
        ("vendor", 2, 2),
        ("customer", 2, 1),
        ("vendor", 1, 1),
    ]


def test_a_downgrade_with_one_side_silent_never_takes_effect(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2 只有一个组")
    due = world.tickets()[0]["response_due"]

    world.wait(hours=5)

    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["standing"], ticket["response_due"]) == (1, "proposed", due)
    world.staff("回复 T1 来晚了")
    assert "（超期）" in world.card().text


def test_a_raise_that_is_already_past_due_says_so_and_can_be_met_only_late(world: World) -> None:
    world.customer(P2)
    world.wait(hours=3)

    told = world.tap("全部受影响")

    assert "响应期限：今天 12:00 前（因服务时段为每天 09:00–17:00），现已超过" in told
    assert views(world)[-1]["past_due"] is True
    assert "（新期限已过）" in str(world.phones.delivered["staff"][-1].note)
    world.staff("回复 T1 马上处理")
    assert "已响应：13:00（超期）" in world.card().text


def test_two_staff_press_at_once_and_one_is_told_who_was_first(world: World) -> None:
    world.customer(P1)
    card = world.card()
    one, two = (world.choice("staff", label, card).id for label in ("确认1", "确认2"))
    pressed = [
        world.inbound("staff", world.person("li"), choice=one),
        world.inbound("staff", world.person("wang"), choice=two),
    ]
    together = threading.Barrier(len(pressed))

    def press(message: Inbound) -> None:
        together.wait()
        world.app.submit(message)

    threads = [threading.Thread(target=press, args=(message,)) for message in pressed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.app.deliver()

    assert len(views(world)) == 1
    assert len([text for text in world.heard("staff") if "已于 10:00 确认 T1 为" in text]) == 1
    assert world.differences() == {}


def test_two_colleagues_report_at_once_from_two_chats_and_one_ticket_is_opened(world: World) -> None:
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")
    together = threading.Barrier(2)
    reports = [
        world.inbound(who, world.person("li").__class__(who, who), P1) for who in ("regular", "visitor")
    ]

    def report(message: Inbound) -> None:
        together.wait()
        world.app.submit(message)

    threads = [threading.Thread(target=report, args=(message,)) for message in reports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.tickets()) == 1


def test_on_site_for_an_enhanced_customer_outside_the_ring(world: World) -> None:
    world.change_terms("DEMO-ENHANCED", zone=Zone.BEYOND)
    world.at("2026-03-02T22:00:00+08:00")
    world.customer(P1, who="enhanced")
    world.staff("回复 T1 正在远程查看")
    world.wait(minutes=40)

    world.staff("不能远程 T1 交换机电源烧了")

    told = world.last("enhanced")
    assert "到场期限：明天（周二）10:40 前" in told
    assert "合同未约定北京五环以外的到场时间，这是我方的目标时间" in told
    assert open_clocks(world) >= {"onsite"}

    world.staff("约定 T1 到场 明天 8:00 林主管 电话")
    assert str(world.tickets()[0]["onsite_due"]) == "2026-03-03 00:00:00+00:00"
    world.wait(hours=9)
    world.staff("到场 T1")
    assert "onsite" not in open_clocks(world)
    world.staff("解决 T1 更换电源")
    world.tap("已恢复", who="enhanced")
    assert open_clocks(world) == set()
    assert world.differences() == {}


def test_three_colleagues_report_one_outage_in_their_own_words(world: World) -> None:
    world.staff("绑定码 青禾保险客服中心")
    code = world.last("staff").split("绑定码：")[1].splitlines()[0]
    world.customer(f"绑定 {code}", who="visitor")
    world.customer(P2)
    world.wait(minutes=3)
    world.customer("IVR 打不进来，全部受影响", who="visitor")
    world.wait(minutes=3)
    world.customer("呼入排队报表打不开", who="visitor")

    world.staff("合并 T2 到 T1")
    world.staff("合并 T3 到 T1")
    world.staff("解决 T1 中继已恢复")

    assert "请问恢复了吗" in world.last("regular")
    assert "请问恢复了吗" in world.last("visitor")
    assert {n: open_clocks(world, n) for n in (1, 2, 3)} == {1: set(), 2: set(), 3: set()}
    world.tap("已恢复", who="visitor")
    assert [t["work"] for t in world.tickets()] == ["closed", "merged", "merged"]


def test_a_closed_ticket_is_reopened_within_the_set_time(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    world.wait(days=6)

    told = world.customer("没恢复")

    assert "工单 T1 已重开" in told
    (ticket,) = world.tickets()
    assert (ticket["work"], ticket["responded_at"]) == ("open", None)
    assert "今天 12:00 前" in told


def test_after_the_set_time_it_becomes_a_new_ticket_that_refers_to_the_old_one(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    world.wait(days=8)

    told = world.customer("没恢复")

    assert "已按新的故障受理，工单号 T2（参照 T1）" in told
    old, new = world.tickets()
    assert (old["work"], new["work"], new["held"]) == ("closed", "open", 1)
    assert new["reported_at"] == world.now
    assert case_of(world, 2).ticket.refers_to == 1


def test_the_contract_expired_yesterday(world: World) -> None:
    today = world.now.astimezone(SHANGHAI).date()
    world.change_terms("DEMO-REGULAR", ends_on=today - timedelta(days=1))

    told = world.customer(P1)

    assert "工单号 T1" in told
    assert "合同服务期已于 2026年3月1日 届满" in told
    assert "400-818-1110" in told
    assert world.tickets()[0]["response_due"] is None
    world.staff("确认 T1 1")
    world.wait(hours=2)
    assert "响应（内部目标）期限已到" in world.last("staff")  # no deadline of the contract: our own rings
    world.staff("不能远程 T1 硬件")
    assert "届满" in world.last()
    assert world.tickets()[0]["onsite_due"] is None


def test_the_last_day_of_the_term_is_inside_it(world: World) -> None:
    world.change_terms("DEMO-REGULAR", ends_on=world.now.astimezone(SHANGHAI).date())

    assert "今天 12:00 前" in world.customer(P1)


def test_a_thank_you_after_resolving_restarts_no_clock(world: World) -> None:
    world.customer(P1)
    world.staff("解决 T1 已重启")
    before = world.tickets()

    world.customer("好的，谢谢，辛苦了")

    assert world.tickets() == before
    assert open_clocks(world) == set()


def test_what_is_finished_has_no_clock_and_rings_no_more(world: World) -> None:
    world.customer(P1)
    world.customer("关闭")
    world.tap("确定关闭")
    world.customer(P1, who="enhanced")
    world.customer("撤销", who="enhanced")
    world.tap("确定撤销", who="enhanced")
    count = len(world.heard("staff"))

    for _ in range(20):
        world.wait(hours=3)

    assert [t["next_alarm_at"] for t in world.tickets()] == [None, None]
    assert open_clocks(world, 1) == open_clocks(world, 2) == set()
    assert len(world.heard("staff")) == count


def test_an_overdue_flag_does_not_outlive_its_cause(world: World) -> None:
    world.customer(P1)
    world.wait(hours=3)
    world.staff("工单 T1")
    assert "（已超期）" in world.card().text

    world.staff("改级 T1 2 客户只有一个组")
    world.tap("同意")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 06:00:00+00:00"
    assert "超期" not in world.card().text

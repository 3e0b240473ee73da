"""What a review of the desk found, told as it happens in chat; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from bot.desk.case import Case
from bot.desk.clocks import clocks
from bot.desk.sla import ClockName
from bot.errors import UnknownYear
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def case_of(world: World, number: int = 1) -> Case:
    """Return a ticket as it is stored."""
    with world.app.store.begin(world.now) as unit:
        case = unit.tickets.get(number)
    assert case is not None
    return case


# --- a bare yes answers what was asked last


@pytest.mark.parametrize("yes", ["同意", "可以", "同意。", "同意 T1"])
def test_a_yes_after_the_question_of_a_pause_is_no_consent_to_a_lower_priority(
    world: World, yes: str
) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")
    world.staff("暂停 T1 等客户重启服务器")

    told = world.customer(yes)

    assert "已暂停工单 T1 的计时" in told
    assert (case_of(world).ticket.held, case_of(world).ticket.agreement.customer) == (1, None)


def test_a_yes_long_after_the_question_asks_which_of_two_was_meant(world: World) -> None:
    world.customer(P1)
    for command in ("确认 T1 2", "暂停 T1 等客户重启服务器", "回复 T1 在看", "回复 T1 还在看"):
        world.wait(seconds=20)
        world.staff(command)
    world.wait(seconds=20)

    told = world.customer("同意")

    assert told == "请问“同意”是指哪一个？"
    asked = [choice.label for choice in world.phones.delivered["regular"][-1].choices]
    assert asked == ["同意暂停", "同意优先等级2"]
    assert case_of(world).ticket.agreement.customer is None
    assert "同意暂停 T1" in world.customer("同意")  # which of the two is not said yet
    assert case_of(world).ticket.agreement.customer is None
    assert "已暂停工单 T1 的计时" in world.customer("同意暂停 T1")


def test_a_yes_to_the_engineers_view_alone_is_consent_to_it(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")
    world.staff("回复 T1 在看")
    world.staff("回复 T1 还在看")

    world.customer("同意")

    assert case_of(world).ticket.held == 2


# --- binding


def test_a_ticket_closed_before_its_chat_was_bound_is_the_customers_and_has_a_deadline_when_reopened(
    world: World,
) -> None:
    world.customer(P1, who="visitor")
    world.staff("解决 T1 已重启")
    world.customer("已恢复", who="visitor")
    issued = world.staff("绑定码 青禾保险客服中心")
    code = issued.split("绑定码：")[1].splitlines()[0]

    world.customer(f"绑定 {code}", who="visitor")
    told = world.customer("没恢复", who="visitor")

    assert "工单 T1 已重开" in told
    assert "今天 12:00 前" in told
    assert world.tickets()[0]["customer_id"] == 1
    assert world.differences() == {}


# --- reopening what was no fault


@pytest.mark.parametrize("said", [P1, "有点奇怪，你们看看，按故障处理"])
def test_what_was_no_fault_and_is_reopened_has_a_clock_again_and_asks_for_the_effect(
    world: World, said: str
) -> None:
    world.customer(f"报修 {said}")
    world.staff("不是故障 T1")
    world.customer("只是咨询")
    world.staff("关闭 T1")
    assert case_of(world).ticket.held == 3

    told = world.customer("没恢复")

    assert "工单 T1 已重开" in told
    assert "今天 12:00 前" in told
    assert "影响" in told
    ticket = case_of(world).ticket
    assert (ticket.held, ticket.agreement.vendor, ticket.agreement.customer) == (1, None, None)
    assert ticket.vendor_view_at is None
    world.tap("部分受影响")
    assert case_of(world).ticket.agreement.customer == 2
    assert world.differences() == {}


def test_who_says_that_an_agreed_no_fault_is_still_there_is_asked_for_the_effect(world: World) -> None:
    world.customer(P1)
    world.staff("不是故障 T1 是培训")
    world.tap("同意")

    told = world.customer("没恢复")

    assert "可以关闭" not in told
    assert "请问影响多大" in told
    world.tap("全部受影响")
    assert case_of(world).ticket.held == 1


# --- the confirmation


class NoCalendar:
    """A calendar without a single year."""

    def is_workday(self, day: date) -> bool:
        """Know nothing."""
        raise UnknownYear(f"no data for {day.year}")


def test_the_confirmation_is_counted_around_the_clock_where_the_calendar_ends(world: World) -> None:
    world.customer(P1, who="diamond")

    states = clocks(case_of(world), NoCalendar())

    confirmation = next(state for state in states if state.name is ClockName.CONFIRMATION)
    assert (confirmation.deadline.due - world.now).total_seconds() == 600


# --- merging


def test_an_answered_ticket_is_not_merged_into_one_that_waits_for_an_answer(world: World) -> None:
    world.customer("录音听不到声音")
    world.customer("报表导不出来")
    world.staff("回复 T1 在看")

    told = world.staff("合并 T1 到 T2")

    assert "T1 已响应，请反过来合并：合并 T2 到 T1" in told
    assert [t["work"] for t in world.tickets()] == ["responded", "open"]
    world.staff("合并 T2 到 T1")
    assert world.tickets()[0]["responded_at"] is not None
    assert world.tickets()[1]["work"] == "merged"


def test_a_ticket_with_an_agreed_pause_is_not_merged_into_one_without(world: World) -> None:
    world.customer("录音听不到声音")
    world.customer("报表导不出来")
    world.staff("暂停 T1 等客户重启服务器")
    world.tap("同意暂停")
    world.staff("继续 T1")

    told = world.staff("合并 T1 到 T2")

    assert "T1 有双方同意的暂停，请反过来合并：合并 T2 到 T1" in told
    assert [t["work"] for t in world.tickets()] == ["open", "open"]

"""New facts make both sides judge anew (contract 2.1), told as it happens in chat; on both databases."""

from __future__ import annotations

import pytest

from tests.contract.test_review_desk import P1, case_of
from tests.support.world import World

GRAVER = "现在所有坐席的电话都打不进来了"


@pytest.mark.parametrize("first", ["电话打不进来了", "有两个座席打不进来", "有问题"])
def test_what_the_customer_said_of_the_effect_counts_no_more_once_they_report_something_graver(
    world: World, first: str
) -> None:
    world.customer(first)
    world.customer("部分受影响")
    world.wait(minutes=2)

    told = world.customer(GRAVER)

    assert "您先前答“部分受影响”，请按现在的情况再答一次" in told
    assert case_of(world).ticket.agreement.customer is None
    world.staff("确认 T1 2")
    ticket = case_of(world).ticket
    assert (ticket.held, ticket.agreement.standing.value) == (1, "proposed")
    assert "您同意之前仍按优先等级1计时" in world.last()
    world.tap("同意")  # now they have judged what they know now
    assert case_of(world).ticket.held == 2
    assert world.differences() == {}


def test_a_priority_that_both_had_agreed_on_is_raised_by_a_graver_report_and_judged_anew(
    world: World,
) -> None:
    world.customer(P1)
    world.customer("部分受影响")
    world.staff("确认 T1 2")
    assert case_of(world).ticket.held == 2
    world.wait(minutes=4)

    told = world.customer(GRAVER)

    assert "工单 T1 已提高为优先等级1" in told
    ticket = case_of(world).ticket
    assert (ticket.held, ticket.agreement.customer, ticket.agreement.vendor) == (1, None, None)
    assert "请重新确认优先级" in (world.card().note or "") + world.last("staff")
    assert world.differences() == {}


def test_support_has_the_time_of_the_confirmation_anew_when_its_view_counts_no_more(world: World) -> None:
    world.customer("有两个座席听不到录音")
    world.staff("确认 T1 2")
    world.wait(minutes=60)
    world.customer("现在录音全部听不到了，所有坐席都不能用")
    before = len(world.heard("staff"))

    world.wait(minutes=8)
    assert not any("优先级确认期限" in text for text in world.heard("staff")[before:])
    world.wait(minutes=3)
    assert "优先级确认期限已超过 1 分钟" in world.last("staff")


@pytest.mark.parametrize("graver", [GRAVER, "全部受影响"])
def test_a_consent_by_telephone_that_is_older_than_what_the_customer_said_since_lowers_nothing(
    world: World, graver: str
) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")
    world.wait(minutes=5)
    world.customer("部分受影响")
    world.wait(minutes=4)
    world.customer(graver)
    world.wait(minutes=5)

    told = world.staff("客户同意 T1 2 王经理 电话 10:04", who="zhao")

    assert "客户 03-02 10:09 在聊天里另有表示，晚于这次同意（03-02 10:04）" in told
    assert case_of(world).ticket.held == 1
    world.staff("客户同意 T1 2 王经理 电话 10:12", who="zhao")
    assert case_of(world).ticket.agreement.customer == 2


def test_a_report_that_is_as_grave_as_what_holds_is_a_word_too(world: World) -> None:
    """It changes nothing by itself, and yet a consent from before it is not the customer's latest word."""
    world.customer(P1)
    world.staff("确认 T1 2")
    world.wait(minutes=9)
    world.customer("现在所有坐席都登不上")
    world.wait(minutes=5)

    assert "晚于这次同意" in world.staff("客户同意 T1 2 王经理 电话 10:04", who="zhao")
    assert case_of(world).ticket.held == 1
    assert world.differences() == {}


def test_what_the_customer_judged_themselves_takes_the_place_of_what_they_reported(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=5)
    world.customer("现在所有坐席都登不上")
    world.wait(minutes=1)
    world.customer("部分受影响")
    world.wait(minutes=5)

    world.staff("确认 T1 2")
    world.staff("客户同意 T1 2 王经理 电话 10:04", who="zhao")

    assert "王经理 10:04 电话同意优先等级2" in str(world.card().note)


def test_an_unconfirmed_ticket_that_is_raised_has_the_time_of_the_confirmation_anew(world: World) -> None:
    world.customer("有两个座席听不到录音")
    world.wait(minutes=20)
    world.tap("全部受影响")
    count = len(world.heard("staff"))

    world.wait(minutes=9)
    assert not any("优先级确认期限" in text for text in world.heard("staff")[count:])
    world.wait(minutes=2)
    assert "优先级确认期限已超过 1 分钟" in world.last("staff")


def test_a_few_words_are_the_new_answer_to_the_question_of_the_effect(world: World) -> None:
    world.customer(P1)
    world.customer("部分受影响")
    world.staff("确认 T1 2")

    told = world.customer("全都打不进来了")

    assert "优先等级1" in told
    assert case_of(world).ticket.held == 1


def test_details_that_name_no_graver_fault_leave_what_was_said_of_the_effect(world: World) -> None:
    world.customer(P1)
    world.customer("部分受影响")
    world.customer("我的分机是 8001，在三楼")

    assert case_of(world).ticket.agreement.customer == 2

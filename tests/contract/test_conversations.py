"""Conversations as people have them, and what was unclear or untrue in them once."""

from __future__ import annotations

import pytest

from tests.support.staffing import alarms, full_staff
from tests.support.world import World

P1 = "所有坐席都登不上系统了"
P2 = "有两个座席听不到录音"


def test_what_a_customer_answers_to_an_engineers_question_belongs_to_that_ticket(world: World) -> None:
    world.customer(P2)
    world.staff("回复 T1 请提供工号")
    world.wait(minutes=5)

    told = world.customer("工号8001")

    assert "补充内容已转给工程师" in told
    assert "原话：有两个座席听不到录音；工号8001" in world.card().text
    world.wait(hours=3)  # long after it is spoken of
    assert "按故障报修" in world.customer("工号8002")


def test_of_two_tickets_it_is_the_one_that_the_engineer_spoke_of_last(world: World) -> None:
    world.customer(P2)
    world.wait(minutes=6)
    world.customer("IVR 打不进来，全部受影响")
    world.staff("回复 T2 在查")
    world.wait(minutes=6)
    world.staff("回复 T1 请提供工号")
    world.wait(minutes=6)

    world.customer("工号8001")

    assert "原话：有两个座席听不到录音；工号8001" in world.card().text


@pytest.mark.parametrize("asked", ["为什么要等到明天", "期限怎么算的", "为什么没有期限"])
def test_why_is_answered_in_whatever_words_it_is_asked(world: World, asked: str) -> None:
    world.customer(P1)
    assert "工单 T1 的期限是这样算的" in world.customer(asked)


def test_what_is_late_is_said_to_be_late(world: World) -> None:
    world.customer(P1)
    world.staff("回复 T1 在查")
    world.staff("下次进展 T1 11:00")
    world.wait(minutes=30)
    assert "现已超过" not in world.customer("查进度")
    world.wait(minutes=50)
    assert "下次进展：今天 11:00 前，现已超过" in world.customer("查进度")
    assert "已请工程师答复您" in world.customer("催单")  # who has answered is not still being looked for


def test_the_card_tells_of_urging_until_the_customer_has_been_answered(world: World) -> None:
    world.customer(P1)
    world.customer("催单")
    assert "客户催单 1 次，请答复" in world.card().text
    world.staff("回复 T1 在查")
    assert "请答复" not in world.card().text
    world.wait(minutes=10)
    world.customer("催单")
    assert "客户催单 2 次，请答复" in world.card().text
    assert world.differences() == {}


def test_a_proposed_time_is_refused_in_a_sentence_too(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 明天 9:00")

    told = world.customer("不行，太晚了")

    assert "已记录：您不同意改响应时间" in told
    assert "待客户同意" not in world.card().text
    assert "今天 12:00 前" in told


def test_a_refusal_with_a_reason_refuses_no_priority(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")

    assert "已记录：全部受影响" in world.customer("不同意，全部都受影响")


def test_the_contracts_deadline_is_called_for_before_what_only_we_have_set(world: World) -> None:
    full_staff(world)
    world.customer(P1, who="enhanced")
    world.staff("确认 T1 1")
    world.staff("不能远程 T1 硬盘坏了")
    world.staff("约定 T1 到场 11:30")
    world.customer("同意时间 T1", who="enhanced")

    world.wait(minutes=95)

    assert "到场期限已超过" in alarms(world)[-1].splitlines()[0]
    assert "另外：进展通报期限" in alarms(world)[-1]

"""What support is told when a command is not possible, or was written wrongly; on both databases."""

from __future__ import annotations

import pytest

from bot.dialogue import customer, staff, staff_office
from bot.dialogue.commands import CUSTOMER_VERBS, STAFF_VERBS
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def test_a_refusal_of_state_says_it_once_and_offers_no_form(world: World) -> None:
    world.customer(P1, who="enhanced")
    world.staff("不能远程 T1 硬件坏了")

    told = world.staff("不能远程 T1 又坏了")

    assert told.startswith("工单 T1 转现场处理，不能转现场（已经转现场）。现在可以：")
    assert "正确写法" not in told
    world.staff("解决 T1 已更换")
    told = world.staff("暂停 T1 等客户")
    assert told.startswith("工单 T1 待客户确认恢复，不能暂停。现在可以：")
    assert "正确写法" not in told


def test_a_refusal_of_role_offers_no_form(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")

    told = world.staff("客户同意 T1 2 王经理 电话")

    assert "主管" in told
    assert "正确写法" not in told


@pytest.mark.parametrize("command", ["确认 T1 5", "改级 T1 9 原因", "合并 T1 那个", "约定 T1 天气", "确认"])
def test_a_command_written_wrongly_is_answered_with_its_form(world: World, command: str) -> None:
    world.customer(P1)

    assert "正确写法：" in world.staff(command)


def test_merging_with_a_ticket_that_is_not_there_names_it(world: World) -> None:
    world.customer(P1)

    told = world.staff("合并 T1 T9")

    assert "没有工单 T9" in told
    assert "正确写法" not in told


@pytest.mark.parametrize("typed", ["T1", "t1", "T 1。"])
def test_a_tickets_number_alone_shows_its_card(world: World, typed: str) -> None:
    world.customer(P1)

    assert world.staff(typed).startswith("【T1】")
    assert "没有工单 T8" in world.staff("T8")


@pytest.mark.parametrize("typed", ["撤销", "撤销 T1", "撤单 1"])
def test_support_is_told_who_withdraws_and_what_it_can_do_instead(world: World, typed: str) -> None:
    world.customer(P1)

    told = world.staff(typed)

    assert "报修只能由客户撤销" in told
    for word in ("解决 T", "不是故障 T", "合并 T"):
        assert word in told
    assert world.tickets()[0]["work"] == "open"


def test_every_word_that_can_be_typed_has_somebody_who_does_it() -> None:
    assert set(STAFF_VERBS) == {*staff.ON_TICKET, *staff_office.PLAIN}
    assert {meaning.partition(" ")[0] for meaning in CUSTOMER_VERBS} <= set(customer.HANDLERS)

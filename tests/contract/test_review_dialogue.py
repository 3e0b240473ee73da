"""What a reader of the dialogue stumbled over: who is told what, in which words, on both databases."""

from __future__ import annotations

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


def staff_lines(world: World, word: str) -> list[str]:
    return [text for text in world.heard("staff") if word in text]


def test_a_lead_is_called_when_the_customer_s_view_makes_the_dispute(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("全部受影响")

    (line,) = staff_lines(world, "请主管联系客户商定")
    assert "客户认为是优先等级1，我方认为是优先等级2" in line


def test_a_lead_is_called_when_the_engineer_s_view_makes_the_dispute(world: World) -> None:
    world.customer(P2)
    world.tap("全部受影响")
    world.tap("确认2", who="li")

    assert len(staff_lines(world, "请主管联系客户商定")) == 1


def test_a_view_that_changes_nothing_calls_nobody_again(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("全部受影响")
    world.tap("全部受影响")

    assert len(staff_lines(world, "请主管联系客户商定")) == 1


def test_no_fault_is_said_so_that_nobody_reads_whether(world: World) -> None:
    world.customer(P1)
    world.staff("不是故障 T1 客户测试")
    assert "李工认为不是故障" in world.last()

    world.tap("同意")
    receipt = world.customer("为什么")
    assert "不按故障计时" in receipt
    assert "您认为不是故障，工程师认为不是故障" in receipt
    assert "是不是故障" not in "".join(world.heard("regular"))
    assert "按不是故障" not in "".join(world.heard("regular"))

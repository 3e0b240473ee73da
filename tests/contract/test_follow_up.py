"""What is answered and not solved is brought to its owner's mind, and to nobody else's."""

from __future__ import annotations

from tests.contract.test_metrics import figure
from tests.support.staffing import MANAGER, alarms, full_staff
from tests.support.world import World

P2 = "有两个座席听不到录音"


def answered(world: World) -> int:
    """Bring T1 to where nothing is due any more; return how many alarms rang until then."""
    full_staff(world)
    world.customer(P2)
    world.staff("确认 T1 2")
    world.staff("认领 T1")
    world.staff("回复 T1 在查")
    return len(alarms(world))


def test_an_answered_fault_of_priority_2_is_not_forgotten(world: World) -> None:
    count = answered(world)

    world.wait(hours=23)
    assert len(alarms(world)) == count
    world.wait(hours=1)
    assert "已响应，之后 24 小时没有跟进（内部提醒）" in alarms(world, "li")[-1]
    assert "请负责人李工现在跟进：告诉客户进展，处理好了请发“解决”" in alarms(world)[-1]
    world.wait(hours=24)
    world.wait(hours=24)

    assert len(alarms(world)) == count + 3
    assert not alarms(world, "zhao") + alarms(world, MANAGER)  # a reminder climbs to nobody
    assert "跟进" not in "".join(world.heard("regular"))
    assert world.differences() == {}
    assert figure(world, "deadlines_missed_total", clock="follow_up") is None  # it is no deadline


def test_whatever_support_does_puts_the_follow_up_off(world: World) -> None:
    count = answered(world)
    world.wait(hours=24)

    world.tap("知道了", who="li")

    assert "知道了：跟进（9 小时（只计白天）后再提醒）" in str(world.phones.delivered["staff"][-1].note)
    world.wait(hours=23)
    world.staff("回复 T1 还在查")  # at nine in the morning
    world.wait(hours=8)
    assert len(alarms(world)) == count + 1
    world.wait(hours=1)
    assert len(alarms(world)) == count + 2

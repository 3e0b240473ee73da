"""知道了 silences no clock for good: the deadline rings, and so does a customer who urges; in chat."""

from __future__ import annotations

from tests.contract.test_review_desk import P1
from tests.support.world import World


def alarms(world: World) -> list[str]:
    """Return the alarms that the staff chat heard."""
    return [text for text in world.heard("staff") if text.startswith("⚠")]


def test_notice_before_anything_rang_leaves_the_deadline_to_ring(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")

    world.staff("知道了 T1 响应")

    assert "到期限 今天 12:00 再提醒" in (world.card().note or "")
    world.wait(minutes=119)
    assert not any("响应" in text.splitlines()[0] for text in alarms(world))
    world.wait(minutes=1)
    assert "响应期限已到（今天 12:00）" in alarms(world)[-1]


def test_notice_of_the_deadline_gives_ten_minutes_and_then_it_climbs(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")
    world.wait(minutes=120)

    world.tap("知道了", who="li")
    assert "仍没有结果会再逐级提醒" in (world.card().note or "")
    count = len(alarms(world))
    world.wait(minutes=9)
    assert len(alarms(world)) == count
    world.wait(minutes=2)
    assert "响应期限已超过 11 分钟" in alarms(world)[-1]
    world.wait(minutes=10)
    assert "请赵主管现在答复" in alarms(world)[-1]


def test_a_card_asks_for_an_answer_to_who_urged_until_one_was_given(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("回复 T1 在查了")
    world.customer("催单")
    assert "客户催单 1 次，请答复" in world.card().text

    world.staff("回复 T1 马上好")
    assert "客户催单 1 次\n" in f"{world.card().text}\n"
    world.customer("催单")
    world.staff("解决 T1 已重启")
    assert "客户催单 2 次\n" in f"{world.card().text}\n"
    assert world.differences() == {}


def test_a_customer_who_urges_is_heard_by_a_new_card_and_the_clock_rings_again(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 1")
    world.staff("知道了 T1 响应")

    world.customer("催单")

    assert "客户催单 1 次，请答复" in world.last("staff")
    assert world.card().replaces is None  # at the end of the chat, where it is seen
    world.wait(minutes=90)
    assert "响应时间已用 75%" in alarms(world)[-1]
    assert world.differences() == {}

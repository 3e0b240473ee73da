"""Who binds a chat to a customer's contract is known to support, who can take it back (contract 5.2)."""

from __future__ import annotations

import re

from tests.support.world import World

P1 = "所有坐席都登录不上，业务全停了"


def bound(world: World, who: str) -> str:
    """Let somebody use a code of a customer who has a ticket; return the chat's number."""
    world.customer(P1)
    code = re.search(r"绑定 ([A-Z2-9]+)", world.staff("绑定码 青禾"))
    assert code is not None
    world.customer(f"绑定 {code[1]}", who=who)
    number = re.search(r"解绑 (C\d+)", world.last("staff"))
    assert number is not None
    return number[1]


def test_support_is_told_who_used_a_code(world: World) -> None:
    place = bound(world, "stranger")

    assert world.last("staff").startswith("stranger 用绑定码绑定了 青禾保险客服中心")
    assert f"解绑 {place}" in world.last("staff")


def test_a_chat_that_is_unbound_sees_and_hears_nothing_of_the_customer(world: World) -> None:
    bound(world, "stranger")
    assert "T1" in world.customer("查进度", who="stranger")

    assert "已解绑：青禾保险客服中心" in world.tap("解绑", who="li")

    assert "绑定已解除" in world.last("stranger")
    heard = len(world.heard("stranger"))
    world.staff("回复 T1 正在处理")
    assert world.last("regular") == "李工（工单 T1）：正在处理"
    assert len(world.heard("stranger")) == heard
    assert "T1" not in world.customer("查进度", who="stranger")
    assert "还没有绑定合同" in world.customer("我的合同", who="stranger")


def test_what_a_stranger_reported_stays_the_customers_and_is_told_by_telephone(world: World) -> None:
    place = bound(world, "stranger")
    world.customer("个别座席录音听不到", who="stranger")
    world.staff(f"解绑 {place}")

    world.staff("回复 T2 录音服务已恢复")

    assert "T2 请打电话告诉客户" in world.last("staff")
    assert "录音服务已恢复" not in "\n".join(world.heard("stranger"))
    assert world.differences() == {}


def test_only_a_bound_chat_can_be_unbound_and_only_by_support(world: World) -> None:
    place = bound(world, "stranger")

    assert "没有绑定客户" in world.staff("解绑 C999999")
    assert "请写明对话号" in world.staff("解绑 那个人")
    assert "请写明对话号" in world.staff(f"解绑 C{'9' * 30}")
    world.customer(f"解绑 {place}", who="stranger")
    assert "T1" in world.customer("查进度", who="stranger")

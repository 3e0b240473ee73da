"""Customer and vendor determine the priority jointly (contract 2.1), in chat, on both databases."""

from __future__ import annotations

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


def views(world: World, ticket: int = 1) -> list[dict[str, object]]:
    with world.app.store.begin(world.now) as unit:
        return [dict(e.data) for e in unit.tickets.events(ticket) if e.kind.value == "view"]


def test_both_sides_agree_with_one_tap_each(world: World) -> None:
    world.customer(P1)
    world.tap("全部受影响")

    world.tap("确认1", who="li")

    assert world.tickets()[0]["standing"] == "agreed"
    assert "李工确认优先等级1，与您的判断一致" in world.last("regular")
    assert "优先等级1（双方已确认）" in world.card().text


def test_the_second_presser_is_told_who_was_first_and_nothing_changes(world: World) -> None:
    world.customer(P1)
    card = world.card()
    world.tap("确认1", who="li", message=card)

    answer = world.tap("确认2", who="wang", message=card)

    assert "李工已于 10:00 确认 T1 为优先等级1" in answer
    assert "改级 T1 2 原因" in answer
    assert len(views(world)) == 1


def test_lowering_needs_both_and_until_then_the_stricter_deadline_holds(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2 只有一个组")

    assert world.tickets()[0]["held"] == 1
    assert "您同意之前仍按优先等级1计时" in world.last("regular")

    world.tap("同意")

    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["standing"]) == (2, "agreed")
    assert "今天 14:00 前" in world.last("regular")


def test_raising_needs_one_side_only(world: World) -> None:
    world.customer(P2)
    assert world.tickets()[0]["held"] == 2

    world.tap("全部受影响")

    assert world.tickets()[0]["held"] == 1
    assert "今天 12:00 前" in world.last("regular")


def test_a_customer_who_objects_holds_the_stricter_deadline_and_a_lead_is_called(world: World) -> None:
    world.customer(P2)
    world.tap("确认2", who="li")
    world.tap("有异议")
    told = world.tap("全部受影响")

    assert "与您不一致，商定前按优先等级1计时" in told
    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["standing"]) == (1, "disputed")


def test_not_a_fault_is_a_lowering_that_the_customer_must_share(world: World) -> None:
    world.customer(P2)
    world.tap("不是故障", who="li")
    assert world.tickets()[0]["held"] == 2

    world.tap("只是咨询")

    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["response_due"]) == (3, None)
    assert "没有合同期限" in world.last("regular")
    assert world.staff("关闭 T1")
    assert world.tickets()[0]["work"] == "closed"


def test_every_view_records_reason_and_the_deadlines_before_and_after(world: World) -> None:
    world.customer(P2)
    world.staff("改级 T1 1 客户来电说全停了")

    (view,) = views(world)
    assert view["reason"] == "客户来电说全停了"
    assert (view["held_before"], view["held_after"]) == (2, 1)
    assert (view["due_before"], view["due_after"]) == (
        "2026-03-02T06:00:00+00:00",
        "2026-03-02T04:00:00+00:00",
    )
    assert view["past_due"] is False


def test_a_raise_that_is_already_past_due_is_flagged_for_what_it_is(world: World) -> None:
    world.customer(P2)
    world.wait(hours=3)

    world.tap("全部受影响")

    assert views(world)[0]["past_due"] is True
    assert "已超期" in world.card().text
    assert "（新期限已过）" in str(world.phones.delivered["staff"][-1].note)


def test_a_change_of_priority_needs_a_reason(world: World) -> None:
    world.customer(P2)

    assert "要写原因" in world.staff("改级 T1 1")
    assert "正确写法：改级 T1 2 原因" in world.last("staff")


def test_an_old_agreement_is_not_given_to_a_view_that_has_changed(world: World) -> None:
    world.customer(P1)
    world.staff("确认 T1 2")
    old = world.phones.delivered["regular"][-1]
    world.staff("改级 T1 1 又有人报")

    told = world.tap("同意", message=old)

    assert "已把判断改为优先等级1" in told
    assert world.tickets()[0]["standing"] == "proposed"


def test_the_effect_can_be_answered_by_number(world: World) -> None:
    world.customer(P1)

    assert "已记录：部分受影响" in world.customer("2")
    assert views(world)[0]["side"] == "customer"


def test_support_can_ask_the_customer(world: World) -> None:
    world.customer(P1)
    world.tap("问客户", who="li")

    assert "李工想确认一下" in world.last("regular")
    assert "已记录：全部受影响" in world.tap("全部受影响")


def test_only_staff_may_confirm(world: World) -> None:
    world.customer(P1)
    card = world.card()
    intruder = world.inbound("staff", world.person("li").__class__("x", "路人"), choice=card.choices[0].id)

    world.app.submit(intruder)
    world.app.deliver()

    assert "只有值班人员可以操作" in world.last("staff")
    assert views(world) == []


def test_a_choice_of_another_chat_is_worth_nothing(world: World) -> None:
    world.customer(P1)
    card = world.card()

    told = world._submit(
        world.inbound("enhanced", world.person("li").__class__("enhanced", "e"), choice=card.choices[0].id),
        "enhanced",
    )

    assert "这个按钮已过期" in told
    assert views(world) == []

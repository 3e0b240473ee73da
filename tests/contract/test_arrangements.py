"""Times that both sides agree on, promised updates, acknowledgements (contract 2.1), on both databases."""

from __future__ import annotations

import pytest

from bot.desk.clocks import clocks
from bot.desk.events import Kind
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def last_event(world: World, kind: Kind, ticket: int = 1) -> dict[str, object]:
    with world.app.store.begin(world.now) as unit:
        return next(dict(e.data) for e in reversed(unit.tickets.events(ticket)) if e.kind is kind)


def acknowledged(world: World, ticket: int = 1) -> dict[str, bool]:
    with world.app.store.begin(world.now) as unit:
        case = unit.tickets.get(ticket)
        assert case is not None
        found = clocks(case, world.app.store.workdays)
    return {clock.name.value: clock.acknowledged_at is not None for clock in found}


def test_a_proposed_time_holds_once_the_customer_agreed(world: World) -> None:
    world.customer(P1)

    world.staff("约定 T1 响应 15:00")
    assert "李工建议响应时间为 今天 15:00 前（现在的期限：今天 12:00 前）。您同意吗" in world.last()
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"

    told = world.tap("同意")

    assert "已约定：工单 T1 的响应时间为 今天 15:00 前" in told
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 07:00:00+00:00"
    assert last_event(world, Kind.TIME_AGREED)["due_before"] == "2026-03-02T04:00:00+00:00"
    receipt = world.customer("为什么")
    assert "约定：响应时间 15:00：陈班长 10:00 聊天同意，原期限 12:00" in receipt
    assert world.differences() == {}


def test_agreeing_and_refusing_can_be_typed_as_what_was_just_asked(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 15:00")
    assert "不同意改响应时间" in world.customer("不同意")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"

    world.staff("约定 T1 响应 16:00")
    assert "已约定" in world.customer("1")


def test_staff_record_who_agreed_by_telephone_and_the_customer_can_contradict(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=20)

    assert "由主管记录电话里的同意" in world.staff("约定 T1 响应 15:00 王经理 电话 10:15")
    world.staff("约定 T1 响应 15:00 王经理 电话 10:15", who="zhao")

    assert "赵主管记录，王经理已电话同意响应时间为 今天 15:00 前" in world.last()
    event = last_event(world, Kind.TIME_AGREED)
    assert (event["who"], event["how"], event["agreed_at"]) == (
        "王经理",
        "电话",
        "2026-03-02T02:15:00+00:00",
    )

    world.tap("不符")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"
    assert "客户不同意响应时间" in str(world.phones.delivered["staff"][-1].note)


def test_an_engineer_records_by_telephone_what_loosens_no_deadline(world: World) -> None:
    world.customer(P1)

    world.staff("约定 T1 响应 11:00 王经理 电话")
    world.staff("约定 T1 行动 17:00 王经理 电话")

    ticket = world.tickets()[0]
    assert str(ticket["response_due"]) == "2026-03-02 03:00:00+00:00"
    assert str(ticket["action_due"]) == "2026-03-02 09:00:00+00:00"


def test_a_time_that_was_agreed_and_kept_is_not_revoked(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 15:00 王经理 电话", who="zhao")
    recorded = world.phones.delivered["regular"][-1]
    world.wait(hours=3)
    world.staff("回复 T1 正在处理")

    assert "约定的时间已经履行" in world.tap("不符", message=recorded)

    assert "超期" not in world.card().text
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 07:00:00+00:00"


def test_what_the_customer_agreed_to_by_their_own_hand_holds_until_both_agree_anew(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 15:00")
    world.tap("同意")

    assert "您方在聊天里同意的，要改请与工程师另约" in world.customer("不同意时间")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 07:00:00+00:00"
    world.staff("约定 T1 响应 14:00")
    world.tap("同意")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 06:00:00+00:00"
    assert world.differences() == {}


def test_a_stale_agreement_is_worth_nothing(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 15:00")
    old = world.phones.delivered["regular"][-1]
    world.staff("约定 T1 响应 16:00")

    assert "工程师已改了建议的时间" in world.tap("同意", message=old)


def test_a_missed_deadline_is_not_agreed_away(world: World) -> None:
    world.customer(P1)
    world.wait(hours=3)

    assert "原期限已过，约定不能改掉" in world.staff("约定 T1 响应 15:00 王经理")
    world.staff("约定 T1 行动 15:00 王经理")

    ticket = world.tickets()[0]
    assert str(ticket["response_due"]) == "2026-03-02 04:00:00+00:00"
    assert str(ticket["action_due"]) == "2026-03-02 07:00:00+00:00"


def test_a_raise_after_the_agreement_brings_the_computed_time_back(world: World) -> None:
    world.customer("有两个座席登不上")
    world.staff("约定 T1 响应 16:30 王经理", who="zhao")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 08:30:00+00:00"

    world.tap("全部受影响")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"


def test_a_raise_never_moves_an_agreed_response_later(world: World) -> None:
    world.customer("有两个座席登不上")
    world.staff("约定 T1 响应 10:30 王经理", who="zhao")

    world.tap("全部受影响")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 02:30:00+00:00"
    assert world.differences() == {}


def test_action_is_recorded_apart_from_the_response(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 行动 11:00 王经理 电话")
    world.staff("回复 T1 马上看")
    assert "约定行动：今天 11:00 前" in world.card().text
    world.wait(minutes=30)

    world.staff("行动 T1 10:25 已重启登录服务器")

    assert "李工 10:25 已行动：已重启登录服务器" in world.last()
    assert "约定的行动：已采取" in world.card().text


def test_an_arrival_time_is_agreed_in_the_place_of_the_contracts(world: World) -> None:
    world.customer(P1, who="enhanced")
    assert "还没有转现场" in world.staff("约定 T1 到场 明天 9:00")
    world.staff("不能远程 T1 硬件")

    world.staff("约定 T1 到场 明天 9:00 林主管 电话", who="zhao")

    assert str(world.tickets()[0]["onsite_due"]) == "2026-03-03 01:00:00+00:00"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("约定 T1 下班 15:00", "请写约定哪个时间"),
        ("约定 T1 响应", "请写约定哪个时间"),
        ("下次进展 T1 早点", "请写几点"),
        ("知道了 T1 天气", "请写哪个时钟"),
        ("行动 T1 10:00", "请写明做了什么"),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_right(world: World, said: str, answer: str) -> None:
    world.customer(P1)

    told = world.staff(said)

    assert answer in told
    assert "正确写法：" in told


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("约定 T1 响应 9:30", "已经过了"),
        ("下次进展 T1 9:30", "已经过了"),
        ("知道了 T1 到场", "没有在等，在等的是：确认、响应"),
        ("下次进展 T1 3月10日 9:00", "最多写到 7 天之内"),
        ("约定 T1 行动 5月1日 9:00", "最多约到 30 天之内"),
        ("客户同意 T1 2", "需要主管或以上"),
        ("约定 T1 响应 15:00 王经理 电话 9:30", "这个时间早于报修时间"),
    ],
)
def test_what_is_not_possible_is_said_without_a_form_that_was_right(
    world: World, said: str, answer: str
) -> None:
    world.customer(P1)

    told = world.staff(said)

    assert answer in told
    assert "正确写法" not in told


def test_a_promised_update_is_kept_by_the_next_message_that_arrives(world: World) -> None:
    world.customer("有两个座席登不上")
    world.staff("回复 T1 在看")

    world.staff("下次进展 T1 15:00")
    assert "李工会在 今天 15:00 前告诉您进展" in world.last()
    assert str(world.tickets()[0]["update_due"]) == "2026-03-02 07:00:00+00:00"
    world.wait(minutes=30)
    world.staff("回复 T1 找到原因了")

    assert world.tickets()[0]["update_due"] is None
    assert world.differences() == {}


def test_after_the_response_to_a_priority_1_the_customer_hears_every_hour(world: World) -> None:
    world.customer(P1)
    assert world.tickets()[0]["update_due"] is None

    world.staff("回复 T1 在看")
    assert str(world.tickets()[0]["update_due"]) == "2026-03-02 03:00:00+00:00"
    world.wait(minutes=40)
    world.staff("回复 T1 找到原因了")

    assert str(world.tickets()[0]["update_due"]) == "2026-03-02 03:40:00+00:00"
    assert "每" not in world.last()


def test_a_time_for_the_answer_is_offered_no_more_once_the_answer_is_there(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 15:00")
    world.staff("回复 T1 在看")

    told = world.tap("同意")

    assert "没有待您同意的时间" in told
    assert "约定 T1" not in told  # that is how support writes


def test_an_acknowledgement_ends_only_its_own_clocks_alarms(world: World) -> None:
    world.customer(P1)

    said = world.staff("知道了 T1 响应")

    assert acknowledged(world) == {"confirmation": False, "response": True}
    assert "确认" in said
    world.staff("知道了 T1")
    assert acknowledged(world) == {"confirmation": True, "response": True}
    world.customer("撤销")
    world.tap("确定撤销")
    assert "没有在等的时钟" in world.staff("知道了 T1")


def test_a_raise_alarms_anew(world: World) -> None:
    world.customer("有两个座席登不上")
    world.staff("知道了 T1 响应")

    world.tap("全部受影响")

    assert acknowledged(world)["response"] is False


def test_a_lead_records_the_customers_consent_with_who_how_and_when(world: World) -> None:
    world.customer(P1)
    world.tap("全部受影响")
    world.staff("确认 T1 2 只有一个组")
    assert world.tickets()[0]["standing"] == "disputed"
    assert "需要主管或以上角色" in world.staff("客户同意 T1 2 王经理 电话 10:00")
    world.wait(days=1)
    told = world.staff("客户同意 T1 2 王经理 电话 14:05", who="zhao")
    assert "这个时间还没到" in told
    assert "昨天的请写：昨天 14:05" in told  # never taken for yesterday's by itself
    world.wait(minutes=30)

    world.staff("客户同意 T1 2 王经理 电话 昨天 10:20", who="zhao")

    ticket = world.tickets()[0]
    assert (ticket["held"], ticket["standing"]) == (2, "agreed")
    view = last_event(world, Kind.VIEW)
    assert view["side"] == "customer"
    assert view["consent"] == {"who": "王经理", "how": "电话", "at": "2026-03-02T02:20:00+00:00"}
    assert (view["held_before"], view["held_after"]) == (1, 2)
    assert "赵主管记录，王经理 3月2日 10:20 电话同意优先等级2" in world.last()
    assert "有异议" in [choice.label for choice in world.phones.delivered["regular"][-1].choices]


def test_a_refused_record_leaves_what_the_customer_had_agreed_to(world: World) -> None:
    world.customer(P1)
    world.staff("约定 T1 响应 10:40")
    world.customer("同意时间")
    world.staff("约定 T1 响应 11:20 王经理 电话", who="zhao")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 03:20:00+00:00"

    world.customer("不符")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 02:40:00+00:00"
    assert "约定：响应时间 10:40" in world.customer("为什么")
    assert world.differences() == {}


def test_an_earlier_time_that_support_recorded_does_not_hide_the_customers_own(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=30)
    world.staff("约定 T1 响应 11:30")
    world.customer("同意时间")
    world.wait(minutes=5)
    world.staff("约定 T1 响应 11:00 王经理 电话 10:32")
    world.wait(minutes=5)

    said = world.staff("约定 T1 响应 12:30 王经理 电话 10:20", who="zhao")

    assert "客户 03-02 10:30 在聊天里另有表示，晚于这次同意（03-02 10:20）" in said
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 03:00:00+00:00"


def test_a_call_before_the_customers_refusal_does_not_move_the_deadline(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=30)
    world.staff("约定 T1 响应 14:00")
    world.customer("不同意")
    world.wait(minutes=10)

    said = world.staff("约定 T1 响应 14:00 王经理 电话 10:05", who="zhao")

    assert "客户 03-02 10:30 在聊天里另有表示，晚于这次同意（03-02 10:05）" in said
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 04:00:00+00:00"
    world.staff("约定 T1 响应 14:00 王经理 电话 10:35", who="zhao")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 06:00:00+00:00"

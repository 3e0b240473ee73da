"""What support says counts when the customer has heard it: a solution whose words never arrived."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from bot.delivery.outcomes import LATE_ATTEMPTS
from bot.messages import Outcome, Receipt
from bot.store.tables import OutboxRow
from tests.support.staffing import alarms
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
LOST = Receipt(Outcome.FAILED, error="blocked by the customer")


def resolve_unheard(world: World, priority: int = 1) -> None:
    """Let support solve it while nothing reaches the customer."""
    world.staff(f"确认 T1 {priority}")
    card = Receipt(Outcome.SENT, external_id="card")
    world.phones.receipts = [card, LOST]  # the staff chat's card first, then the customer's question
    world.staff("解决 T1 已重启")


def test_the_response_clock_runs_on_until_the_customer_has_heard(world: World) -> None:
    world.customer(P1)
    resolve_unheard(world)
    assert world.tickets()[0]["work"] == "resolved"
    assert "有消息送不到客户" in "".join(world.heard("staff"))

    world.wait(hours=1)
    assert "响应时间已用 50%" in alarms(world)[-1]
    world.wait(hours=1)
    assert "响应期限已到" in alarms(world)[-1]
    world.wait(hours=49)

    ticket = world.tickets()[0]
    assert (ticket["work"], ticket["responded_at"]) == ("resolved", None)  # silence closes nothing unasked
    world.staff("工单 T1")
    assert "⚠ 响应超期 2 天 1 小时" in world.card().text
    assert "请先打电话并记录：响应 T1" in world.staff("关闭 T1")
    assert world.differences() == {}


def test_a_call_takes_the_place_of_the_words_that_did_not_arrive(world: World) -> None:
    world.customer(P1)
    resolve_unheard(world)
    world.wait(minutes=30)
    world.staff("响应 T1 王经理，已恢复")
    count = len(alarms(world))

    world.wait(hours=23)
    assert world.tickets()[0]["work"] == "resolved"
    assert len(alarms(world)) == count
    world.wait(hours=1)

    assert world.tickets()[0]["work"] == "closed"
    assert world.differences() == {}


def test_a_solution_that_was_not_heard_is_brought_to_mind_though_the_fault_was_answered(world: World) -> None:
    world.customer("有两个座席听不到录音")
    world.staff("回复 T1 正在看")
    resolve_unheard(world, 2)
    count = len(alarms(world))

    world.wait(minutes=29)
    assert len(alarms(world)) == count
    world.wait(minutes=31)
    assert "进展通报期限已到" in alarms(world)[-1]
    world.staff("响应 T1 王经理，已恢复")
    count = len(alarms(world))
    world.wait(hours=5)
    assert len(alarms(world)) == count
    assert world.differences() == {}


def test_the_silence_counts_from_the_arrival_of_the_question(world: World) -> None:
    world.customer(P1)
    world.staff("回复 T1 正在看")
    world.staff("确认 T1 1")
    later = Receipt(Outcome.LATER, retry_at=None)
    world.phones.receipts = [Receipt(Outcome.SENT, external_id="card"), later]
    world.staff("解决 T1 已重启")
    world.wait(hours=20)  # now it arrives
    assert "请问恢复了吗" in world.last()

    world.wait(hours=23)
    assert world.tickets()[0]["work"] == "resolved"
    world.wait(hours=1)
    assert world.tickets()[0]["work"] == "closed"


def test_an_unbound_report_rings_until_somebody_answers(world: World) -> None:
    world.customer(P1, who="visitor")
    world.staff("确认 T1 1")

    world.wait(hours=2)
    assert "T1 优先等级1 · 响应（内部目标）期限已到" in alarms(world)[-1]
    assert "期限：" not in world.last("visitor")  # our own target is nobody else's business
    world.staff("回复 T1 正在看")
    count = len(alarms(world))
    world.wait(minutes=25)
    assert len(alarms(world)) == count


def test_a_diamond_fault_in_a_year_without_a_calendar_rings_after_the_confirmation(world: World) -> None:
    world.change_terms("DEMO-DIAMOND", ends_on=date(2030, 12, 31))
    world.at("2030-03-04T10:00:00+08:00")  # no package knows that year's holidays yet
    world.customer(P1, who="diamond")
    world.staff("确认 T1 1")
    assert world.tickets()[0]["response_due"] is None

    world.wait(minutes=12)

    assert "响应（内部目标）：应立即进行，已过 12 分钟" in alarms(world)[-1]


def answer_without_a_ticket(world: World, *receipts: Receipt) -> str:
    world.customer("录音文件怎么下载")
    card = next(m for m in world.phones.delivered["staff"] if "咨询" in m.text)
    world.phones.receipts = list(receipts)
    place = card.choices[0].typed.split()[1]
    world.staff(f"答复 {place} 在管理工具里导出")
    return next(text for text in reversed(world.heard("staff")) if "正在发给客户" not in text)


def test_words_to_a_chat_without_a_ticket_that_do_not_arrive_are_told_at_once(world: World) -> None:
    told = answer_without_a_ticket(world, LOST)
    assert told.startswith("⚠ 给青禾保险客服中心（C")
    assert "没有送到" in told
    assert "请打电话" in told
    with world.app.store.read() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.text == told)).one()
        assert row.urgent


def test_words_to_a_chat_without_a_ticket_that_wait_are_told(world: World) -> None:
    told = answer_without_a_ticket(world, Receipt(Outcome.HELD, error="window"))
    assert "的答复在排队（客户超过 48 小时没有发言）" in told


def test_words_to_a_chat_without_a_ticket_that_are_late_are_told(world: World) -> None:
    answer_without_a_ticket(world, Receipt(Outcome.LATER, error="unreachable"))
    for _ in range(LATE_ATTEMPTS - 1):
        world.phones.receipts = [Receipt(Outcome.LATER, error="unreachable")]
        world.wait(minutes=2)
    assert "的答复一直没送到，还在重发（连不上平台）" in world.last("staff")

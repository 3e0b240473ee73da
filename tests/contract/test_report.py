"""A customer reports a fault: what becomes of it, on both databases."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.tables import ContractRow
from tests.support.world import World

HOTLINE = "400-818-1110 / 010-62283281"
P1 = "所有坐席都登不上系统了，电话全打不进来"
P2 = "有两个座席登不上"


def test_a_grave_fault_gets_ticket_priority_words_deadline_and_hotline(world: World) -> None:
    lines = world.customer(P1).splitlines()

    assert lines[0] == "已收到，工单号 T1。"
    assert lines[1].startswith("优先级1") or lines[1].startswith("优先等级1：您提到“所有”")
    assert "合同 2.1 优先等级1 (D)" in lines[1]
    assert lines[2] == "响应期限：今天 12:00 前，约 2 小时内（因服务时段为每天 09:00–17:00）。"
    assert lines[-1] == f"24 小时服务热线：{HOTLINE}"
    assert len(lines) <= 6


def test_support_gets_a_card_with_the_customers_words_evidence_and_four_choices(world: World) -> None:
    world.customer(P1)
    card = world.card()

    assert P1 in card.text
    assert "命中：" in card.text
    assert "优先等级1 (D)" in card.text
    assert "青禾保险客服中心（常规级，每天 09:00–17:00）" in card.text
    assert "响应期限：今天 12:00 前" in card.text
    assert "客户答：未答" in card.text
    assert [choice.label for choice in card.choices] == ["确认1", "确认2", "不是故障", "问客户"]


def test_a_lesser_fault_of_an_enhanced_customer_is_due_in_two_hours_day_and_night(world: World) -> None:
    world.at("2026-03-02T23:30:00+08:00")

    text = world.customer(P2, who="enhanced")

    assert "优先等级2" in text
    assert "响应期限：明天（周二）01:30 前，约 2 小时内（因服务时段为全天 24 小时）" in text


def test_off_hours_a_regular_customer_is_told_when_the_clock_runs(world: World) -> None:
    world.at("2026-03-02T20:00:00+08:00")

    assert "响应期限：明天（周二）11:00 前" in world.customer(P1)


def test_an_unclear_report_opens_a_ticket_in_doubt_and_asks_one_question(world: World) -> None:
    text = world.customer("有问题")

    assert "工单号 T1" in text
    assert "优先级待工程师确认，确认前按优先等级1计时" in text
    assert [c.label for c in world.phones.delivered["regular"][-1].choices] == [
        "全部受影响",
        "部分受影响",
        "只是咨询",
    ]
    assert world.tickets()[0]["held"] == 1


def test_fragments_become_one_ticket_whose_clock_starts_at_the_first(world: World) -> None:
    world.customer("在吗")
    world.wait(seconds=20)
    world.customer("系统")
    first = world.now
    world.wait(seconds=20)
    world.customer("登不上了")
    world.wait(seconds=20)
    world.customer(photo=True)

    (ticket,) = world.tickets()
    assert ticket["reported_at"] == first
    assert ticket["held"] == 1
    assert "附件 1 个" in world.card().text


def test_a_graver_follow_up_raises_the_ticket_and_counts_from_the_first_report(world: World) -> None:
    world.customer("有两个座席登不上")
    world.wait(minutes=3)

    text = world.customer("现在所有座席都登不上了")

    (ticket,) = world.tickets()
    assert ticket["held"] == 1
    assert "已提高为优先等级1" in text
    assert "今天 12:00 前" in text
    assert "从首次报修起算" in text
    assert world.phones.delivered["staff"][-1].note == "T1 已提高为优先等级1"


def test_a_picture_alone_opens_an_unclear_ticket(world: World) -> None:
    text = world.customer(photo=True)

    assert "工单号 T1" in text
    assert "优先级待工程师确认" in text


def test_the_same_fault_reported_again_joins_the_open_ticket(world: World) -> None:
    world.customer("IVR挂了")
    world.wait(minutes=40)

    text = world.customer("IVR还是挂的")

    assert len(world.tickets()) == 1
    assert "已在工单 T1 中" in text


def test_another_fault_opens_another_ticket(world: World) -> None:
    world.customer("IVR挂了")
    world.wait(minutes=40)
    world.customer("有两个座席的录音听不到声音")

    assert len(world.tickets()) == 2


def test_the_clock_starts_at_the_platforms_timestamp_when_it_delivers_late(world: World) -> None:
    sent = world.now
    world.wait(minutes=30)

    world.customer(P1, sent_at=sent)

    assert world.tickets()[0]["reported_at"] == sent


def test_a_timestamp_from_the_future_does_not_delay_the_clock(world: World) -> None:
    received = world.now
    future = world.now.replace(hour=15)

    world.customer(P1, sent_at=future)

    assert world.tickets()[0]["reported_at"] == received


def test_an_unbound_chat_gets_number_hotline_and_how_to_bind_and_the_deadline_after_binding(
    world: World,
) -> None:
    text = world.customer(P1, who="visitor")
    assert "工单号 T1" in text
    assert "还没有绑定合同" in text
    assert "绑定 绑定码" in text
    assert HOTLINE in text
    world.wait(minutes=30)

    issued = world.staff("绑定码 青禾保险客服中心")
    code = issued.split("绑定码：")[1].splitlines()[0]
    told = world.customer(f"绑定 {code}", who="visitor")

    assert "已绑定：青禾保险客服中心" in told
    assert "今天 12:00 前" in told
    assert "绑定码不对" in world.customer(f"绑定 {code}", who="visitor")


def test_support_binds_an_unbound_reporter_from_the_card(world: World) -> None:
    world.customer(P1, who="visitor")

    assert "客户名称或合同号" in world.tap("绑定客户", who="li")
    world.staff("DEMO-ENHANCED")

    assert "已绑定：远山银行信用卡中心" in world.last("visitor")
    assert "今天 11:00 前" in world.last("visitor")
    assert "远山银行信用卡中心（增强级" in world.card().text


def test_five_wrong_codes_block_further_attempts(world: World) -> None:
    for _ in range(5):
        world.customer("绑定 WRONGCOD", who="visitor")

    assert "次数过多" in world.customer("绑定 WRONGCOD", who="visitor")


def test_a_customer_never_sees_another_customers_ticket(world: World) -> None:
    world.customer(P1)

    assert "没有找到您的工单 T1" in world.customer("查进度 T1", who="enhanced")
    assert "没有未结的工单" in world.customer("查进度", who="enhanced")
    assert "没有未结的工单" in world.customer("为什么", who="visitor")


def test_report_anyway_opens_a_ticket_with_the_time_of_the_original_message(world: World) -> None:
    world.customer("我们这边的情况你们看看吧")
    original = world.now
    world.wait(minutes=10)

    world.tap("按故障报修")

    (ticket,) = world.tickets()
    assert ticket["reported_at"] == original
    assert ticket["held"] == 1


def test_the_ticket_keeps_the_versions_it_was_opened_under(world: World) -> None:
    world.customer(P1)

    (ticket,) = world.tickets()
    assert ticket["contract_number"] == "DEMO-REGULAR"
    assert ticket["contract_version"] == 1
    assert ticket["knowledge_version"] == world.app.classifier.base.version


def test_a_report_in_a_year_that_the_calendar_does_not_know_opens_a_ticket_for_a_person_to_date(
    world: World,
) -> None:
    world.at("2031-03-03T10:00:00+08:00")
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(ContractRow).filter_by(number="DEMO-DIAMOND")).one()
        row.terms = {**row.terms, "ends_on": "2039-12-31"}

    text = world.customer(P1, who="diamond")

    assert "工单号 T1" in text
    assert "贵方工作日 09:00–18:00 内立即响应；从哪一天起算，由工程师核对工作日安排后告诉您" in text
    assert "⚠ 响应期限没有算出：缺那一年的工作日历。" in world.card().text


def test_a_contract_that_has_run_out_is_told_plainly_and_the_ticket_is_opened_all_the_same(
    world: World,
) -> None:
    world.at("2027-03-03T10:00:00+08:00")

    text = world.customer(P1)

    assert "工单号 T1" in text
    assert "合同服务期已于 2026年11月22日 届满" in text
    assert "中断后首次续费按合同费率为每年 25,000.00 元" in text
    assert "400-818-1110" in text
    assert "届满" in world.card().text

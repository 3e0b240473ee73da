"""What a raised priority means for what was done before it; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.dialogue.replies import priority_line
from bot.store.tables import TicketEventRow
from tests.contract.test_review_desk import P1, case_of
from tests.support.world import World

P2 = "有两个座席听不到录音"


def last_view(world: World) -> dict[str, object]:
    """Return what the latest view on record says."""
    with world.app.store.read() as session:
        rows = session.scalars(
            select(TicketEventRow).filter_by(kind="view").order_by(TicketEventRow.seq.desc())
        ).first()
        assert rows is not None
        return dict(rows.data)


def raised_after_the_answer(world: World) -> None:
    """A lesser fault is answered after an hour and raised after three."""
    world.customer(P2)
    world.wait(minutes=60)
    world.staff("回复 T1 在看")
    world.wait(minutes=120)
    world.tap("全部受影响")


def test_a_raise_whose_deadline_was_kept_by_the_answer_is_not_past_due(world: World) -> None:
    raised_after_the_answer(world)

    assert last_view(world)["past_due"] is False
    assert "期限已过" not in (world.card().note or "")


def test_a_raise_whose_deadline_passed_before_the_answer_is_past_due(world: World) -> None:
    world.customer(P2)
    world.wait(minutes=180)
    world.staff("回复 T1 在看")
    world.tap("全部受影响")

    assert last_view(world)["past_due"] is True


def test_after_the_answer_nobody_is_told_a_deadline_that_has_passed(world: World) -> None:
    raised_after_the_answer(world)

    assert "工程师已于 11:00 响应（响应期限 12:00）" in world.last()
    assert "响应期限：" not in world.last()
    world.staff("确认 T1 1")
    assert "工程师已于 11:00 响应" in world.last()
    assert "响应期限：" not in world.last()


def test_the_hourly_update_counts_from_the_raise_and_not_backwards(world: World) -> None:
    raised_after_the_answer(world)

    assert str(world.tickets()[0]["update_due"]) == "2026-03-02 06:00:00+00:00"  # 14:00, raised at 13:00
    world.wait(minutes=1)
    assert not any("进展通报期限" in text for text in world.heard("staff"))


def test_the_receipt_names_the_clause_of_what_was_found_at_first_as_such(world: World) -> None:
    world.customer(P2)
    world.tap("全部受影响")

    told = world.customer("为什么")

    assert "按优先等级1计时，最初认为是优先等级2，依据您的话" in told
    assert "（合同 2.1 优先等级2 (A)），您认为是优先等级1。" in told
    assert "2 小时内响应" in told


@pytest.mark.parametrize(("by", "whose"), [("customer", "按您的判断"), ("staff", "按工程师的判断")])
def test_a_priority_that_nobody_found_in_the_words_is_said_to_be_whose_view_it_is(
    world: World, by: str, whose: str
) -> None:
    world.customer(P2)
    if by == "customer":
        world.tap("全部受影响")
    else:
        world.staff("确认 T1 1")

    assert priority_line(case_of(world)) == f"优先等级1：{whose}"


def test_the_receipt_after_the_answer_says_when_that_was(world: World) -> None:
    world.customer(P1)
    world.wait(minutes=30)
    world.staff("回复 T1 在看")

    assert "工程师已于 10:30 响应（响应期限 12:00）" in world.customer("为什么")

"""What customers are told of hours and money; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-03-02T20:00:00+08:00", "从明天（周二）09:00 起算"),
        ("2026-03-02T07:00:00+08:00", "从今天 09:00 起算"),
        ("2026-10-31T18:00:00+08:00", "从明天（周日）09:00 起算"),
    ],
)
def test_off_hours_a_customer_is_told_on_which_day_the_clock_starts(world: World, at: str, said: str) -> None:
    world.at(at)

    assert said in world.customer(P1)


def test_within_the_hours_nothing_is_said_of_a_start(world: World) -> None:
    assert "起算" not in world.customer(P1)


def test_who_asks_what_a_renewal_costs_is_told(world: World) -> None:
    told = world.customer("续费多少钱")

    assert "服务期至" in told
    assert "连续续费按合同费率为每年 18,000.00 元" in told
    assert "会与您联系" in told


def test_who_asks_after_the_contract_has_ended_is_told_the_price_after_a_break(world: World) -> None:
    world.change_terms("DEMO-REGULAR", starts_on=date(2025, 3, 1), ends_on=date(2026, 3, 1))

    told = world.customer("续费多少钱")

    assert "中断后首次续费按合同费率为每年 25,000.00 元" in told
    assert "400-818-1110" in told


def test_who_has_not_paid_is_told_what_is_due_and_what_a_year_costs(world: World) -> None:
    world.change_terms("DEMO-REGULAR", paid_on=None)

    told = world.customer("续费多少钱")

    assert "尚未收到本期服务费（18,000.00 元）" in told
    assert "连续续费按合同费率为每年" in told

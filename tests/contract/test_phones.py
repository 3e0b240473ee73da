"""Whom support can phone: from the contract's record, or asked for in chat; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.contract_files.importing import import_rows
from bot.contract_files.reading import Row
from bot.messages import Outcome, Receipt
from bot.store import tables as t
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
ASKED = "请回复一个联系电话"


def forget_number(world: World) -> None:
    """Take the reporter's own number off the record."""
    with world.app.store.begin(world.now) as unit:
        unit.session.execute(update(t.ContactRow).where(t.ContactRow.user == "regular").values(phone=None))


def test_a_reporter_without_a_number_is_asked_for_one_and_support_sees_it(world: World) -> None:
    world.customer(P1, who="visitor")
    world.staff("认领 T1")
    assert ASKED in world.last("visitor")

    assert world.customer("13800000000", who="visitor") == "已记下联系电话 13800000000。"

    assert "13800000000" in world.card().text
    world.staff("接手 T1", who="wang")
    assert ASKED not in world.last("visitor")


def test_who_has_a_number_on_record_is_not_asked(world: World) -> None:
    world.customer(P1)
    world.staff("认领 T1")

    assert ASKED not in world.last()


@pytest.mark.parametrize(
    "said",
    ["电话 010-62283281转12", "我的电话是13900000000", "手机号：139 0000 0000", "１３９００００００００"],
)
def test_what_is_taken_for_a_number(world: World, said: str) -> None:
    forget_number(world)
    taken = "已记下联系电话" in world.customer(said)

    assert taken == ("139 " not in said)


@pytest.mark.parametrize("said", ["13900000000 打不进来", "13900000000", "12345", "2026"])
def test_a_number_that_may_be_about_a_fault_is_left_to_the_rules(world: World, said: str) -> None:
    assert "已记下" not in world.customer(said)


def test_without_a_number_of_their_own_the_contracts_persons_are_named(world: World) -> None:
    cells = {"contract_number": "DEMO-REGULAR", "contact_persons": "王经理", "contact_phones": "13700000000"}
    world.app.store.transact(lambda unit: import_rows(unit, [Row(2, cells)], partial=False), world.now)
    forget_number(world)

    world.customer(P1)
    assert "王经理 13700000000" in world.card().text

    world.app.submit(world.inbound("staff", world.person("li"), "回复 T1 马上处理"))
    world.phones.receipts = [Receipt(Outcome.FAILED, error="blocked")]
    world.app.deliver()
    assert any("请打电话：王经理 13700000000" in text for text in world.heard("staff"))

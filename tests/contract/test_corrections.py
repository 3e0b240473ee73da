"""A corrected calendar or term reaches open tickets, a new version does not; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.commands.tickets import tickets as tickets_command
from bot.corrections import recompute_open
from bot.desk.contract import Terms
from bot.desk.events import Kind
from bot.store.tables import ContractRow
from bot.workdays import PrcWorkdays
from tests.support.world import World

P1 = "所有坐席都登不上系统了，电话全打不进来"
SUNDAY = date(2026, 3, 1)


def correct(world: World, number: str, **changes: object) -> None:
    """Put terms right that had been entered wrongly: the same version."""
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(ContractRow).filter_by(number=number)).one()
        row.terms = replace(Terms.from_dict(row.terms), **changes).to_dict()  # type: ignore[arg-type]


def corrections(world: World, ticket: int = 1) -> list[dict[str, object]]:
    with world.app.store.begin(world.now) as unit:
        return [dict(e.data) for e in unit.tickets.events(ticket) if e.kind is Kind.CORRECTED]


def test_corrected_hours_reach_an_open_ticket_with_before_and_after_on_record(world: World) -> None:
    world.at("2026-03-02T16:30:00+08:00")
    world.customer(P1)
    assert str(world.tickets()[0]["response_due"]) == "2026-03-03 02:30:00+00:00"

    correct(world, "DEMO-REGULAR", service_hours=(time(9), time(20)))
    found = recompute_open(world.app.store, "服务时段登记有误", world.now)
    world.app.deliver()

    assert [c.ticket for c in found] == [1]
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 10:30:00+00:00"
    (event,) = corrections(world)
    assert event["before"] == {"response_due": "2026-03-03T02:30:00+00:00"}
    assert event["after"] == {"response_due": "2026-03-02T10:30:00+00:00"}
    assert "工单 T1 的期限已更正：服务时段登记有误" in world.last()
    assert "今天 18:30 前" in world.last()
    assert "期限已更正" in str(world.phones.delivered["staff"][-1].note)
    assert world.differences() == {}


def test_a_calendar_edit_reaches_open_tickets(world: World) -> None:
    world.at("2026-02-28T19:00:00+08:00")  # a Saturday evening; the Sunday after it is off
    world.customer(P1, who="diamond")
    due = world.tickets()[0]["response_due"]
    assert str(due) == "2026-03-02 01:00:00+00:00"

    world.app.store.workdays = PrcWorkdays(days={SUNDAY: True})
    recompute_open(world.app.store, "3月1日为调休工作日", world.now)
    world.app.deliver()

    assert str(world.tickets()[0]["response_due"]) == "2026-03-01 01:00:00+00:00"
    assert "期限已更正：3月1日为调休工作日" in world.last("diamond")
    assert world.differences() == {}


def test_a_new_version_does_not_reach_tickets_opened_under_the_old_one(world: World) -> None:
    world.customer(P1)
    with world.app.store.begin(world.now) as unit:
        row = unit.session.scalars(select(ContractRow).filter_by(number="DEMO-REGULAR")).one()
        newer = replace(Terms.from_dict(row.terms), version=2, service_hours=(time(0), time(8)))
        unit.session.add(
            ContractRow(
                customer_id=row.customer_id,
                number=row.number,
                version=2,
                starts_on=newer.starts_on,
                ends_on=newer.ends_on,
                terms=newer.to_dict(),
                created_at=world.now,
            )
        )

    assert recompute_open(world.app.store, "新版合同", world.now) == []
    assert world.tickets()[0]["contract_version"] == 1


def test_nothing_wrong_nothing_said(world: World) -> None:
    world.customer(P1)
    count = len(world.heard("regular"))

    assert recompute_open(world.app.store, "例行", world.now) == []
    world.app.deliver()

    assert len(world.heard("regular")) == count


def test_closed_tickets_are_corrected_only_when_asked_and_in_silence(world: World) -> None:
    world.at("2026-03-02T16:30:00+08:00")
    world.customer(P1)
    world.customer("关闭")
    world.tap("确定关闭")
    correct(world, "DEMO-REGULAR", service_hours=(time(9), time(20)))
    assert recompute_open(world.app.store, "登记有误", world.now) == []
    count = len(world.heard("regular"))

    assert len(recompute_open(world.app.store, "登记有误", world.now, closed=True)) == 1
    world.app.deliver()

    assert len(world.heard("regular")) == count
    assert world.differences() == {}


def test_the_command_says_what_it_corrected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.customer(P1)
    correct(world, "DEMO-REGULAR", service_hours=(time(9), time(11)))
    monkeypatch.setattr("bot.clock.now", world.read_clock)

    result = CliRunner().invoke(
        tickets_command,
        ["recompute", "--reason", "登记有误", "--db", world.url],
        standalone_mode=False,
        catch_exceptions=False,
    )

    assert "T1 response_due: 2026-03-02 04:00:00+00:00 -> 2026-03-03 02:00:00+00:00" in result.output
    assert "1 tickets corrected" in result.output

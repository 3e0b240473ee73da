"""A corrected calendar or term reaches open tickets, a new version does not; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot import samples
from bot.commands.tickets import tickets as tickets_command
from bot.desk.contract import Terms
from bot.desk.events import Kind
from bot.store.tables import ContractRow
from bot.watch import correction
from bot.watch.correction import recompute_open
from bot.workdays import FILE_NAME
from tests.support.world import CHANNEL, World

P1 = "所有坐席都登不上系统了，电话全打不进来"


def corrections(world: World, ticket: int = 1) -> list[dict[str, object]]:
    with world.app.store.begin(world.now) as unit:
        return [dict(e.data) for e in unit.tickets.events(ticket) if e.kind is Kind.CORRECTED]


def test_corrected_hours_reach_an_open_ticket_with_before_and_after_on_record(world: World) -> None:
    world.at("2026-03-02T16:30:00+08:00")
    world.customer(P1)
    assert str(world.tickets()[0]["response_due"]) == "2026-03-03 02:30:00+00:00"

    world.change_terms("DEMO-REGULAR", service_hours=(time(9), time(20)))
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


def edit_calendar(world: World, text: str) -> None:
    """Edit the local calendar; the running service sees it at its next round."""
    (world.data / FILE_NAME).write_text(text, "utf-8")
    world.wait(seconds=5)


def test_a_calendar_edit_reaches_open_tickets_of_the_running_service(world: World) -> None:
    world.at("2026-02-28T19:00:00+08:00")  # a Saturday evening; the Sunday after it is off
    world.customer(P1, who="diamond")
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 01:00:00+00:00"

    edit_calendar(world, "2026:\n  workdays: [2026-03-01]\n")

    assert str(world.tickets()[0]["response_due"]) == "2026-03-01 01:00:00+00:00"
    assert "工单 T1 的期限已更正：工作日历有更新" in world.last("diamond")
    assert "明天（周日）09:00 前" in world.last("diamond")
    assert "工作日历已更新。" in world.heard("staff")
    assert world.differences() == {}
    count = len(world.heard("diamond"))
    world.wait(seconds=5)
    assert len(world.heard("diamond")) == count


def test_a_broken_calendar_edit_is_refused_and_said_once(world: World) -> None:
    world.at("2026-02-28T19:00:00+08:00")
    world.customer(P1, who="diamond")

    edit_calendar(world, "2026: [nonsense]\n")
    world.wait(seconds=5)

    assert len([text for text in world.heard("staff") if "工作日历的修改有误，仍用旧版" in text]) == 1
    assert str(world.tickets()[0]["response_due"]) == "2026-03-02 01:00:00+00:00"


def test_a_calendar_that_was_edited_while_the_program_did_not_run_reaches_open_tickets(world: World) -> None:
    world.at("2030-03-04T10:00:00+08:00")  # no package knows that year's holidays yet
    world.change_terms("DEMO-DIAMOND", ends_on=date(2030, 12, 31))
    world.customer(P1, who="diamond")
    assert "由工程师核对工作日安排后告诉您" in world.last("diamond")
    (world.data / FILE_NAME).write_text("2030: {holidays: [2030-01-01]}", "utf-8")

    world.restart()
    world.wait(seconds=5)

    assert str(world.tickets()[0]["response_due"]) == "2030-03-04 02:00:00+00:00"
    assert "期限已更正" in world.last("diamond")
    assert world.differences() == {}


def test_new_years_eve_before_the_package_knows_the_new_year(world: World) -> None:
    """Told plainly, dated by a person, filled by the file; no clock is silent and nothing loops."""
    world.at("2026-12-31T19:00:00+08:00")  # the next opening lies in 2027
    world.change_terms("DEMO-DIAMOND", ends_on=date(2027, 11, 22))
    world.customer(P1, who="diamond")
    assert "⚠ 响应期限没有算出" in world.card().text
    assert "约定 T1 响应 1月4日 9:00" in world.card().text
    world.staff("确认 T1 1")
    before = len(world.heard("staff"))
    for _ in range(30):
        world.wait(minutes=30)
    rang = [text for text in world.heard("staff")[before:] if "响应（内部目标）：应立即进行" in text]
    assert len(rang) == 3  # at nine in the morning of a day that may be worked, and then every half hour

    world.staff("约定 T1 响应 1月4日 9:00")
    world.customer("同意时间 T1", who="diamond")
    assert str(world.tickets()[0]["response_due"]) == "2027-01-04 01:00:00+00:00"
    world.staff("回复 T1 在看")
    assert world.tickets()[0]["update_due"] == world.now + timedelta(hours=1)  # our own rule never waits
    told = len(world.heard("diamond"))

    edit_calendar(world, "2027: {holidays: [2027-01-01..2027-01-03]}")

    assert len(world.heard("diamond")) == told  # nothing that they were told has changed
    assert str(world.tickets()[0]["response_due"]) == "2027-01-04 01:00:00+00:00"
    assert world.differences() == {}


def test_many_open_tickets_are_corrected_a_page_a_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correction, "PAGE", 1)
    world.at("2026-02-28T19:00:00+08:00")
    world.customer(P1, who="diamond")
    world.wait(minutes=10)
    world.customer("报表导不出来", who="diamond")
    world.wait(seconds=5)
    world.wait(seconds=5)  # the program has applied the calendar that it started with

    edit_calendar(world, "2026:\n  workdays: [2026-03-01]\n")
    sunday = "2026-03-01 01:00:00+00:00"
    assert [str(ticket["response_due"]) == sunday for ticket in world.tickets()] == [True, False]
    world.wait(seconds=5)
    assert [str(ticket["response_due"]) == sunday for ticket in world.tickets()] == [True, True]
    assert world.differences() == {}


def test_one_ticket_that_can_not_be_corrected_holds_up_no_other(world: World) -> None:
    world.at("2026-03-02T16:30:00+08:00")
    world.customer(P1, who="enhanced")
    world.customer(P1)
    world.change_terms("DEMO-REGULAR", service_hours=(time(9), time(20)))
    with world.app.store.begin(world.now) as unit:
        unit.session.scalars(select(ContractRow).filter_by(number="DEMO-ENHANCED")).one().terms = {
            "level": "?"
        }

    found = recompute_open(world.app.store, "服务时段登记有误", world.now)

    assert [correction.ticket for correction in found] == [2]


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
    world.change_terms("DEMO-REGULAR", service_hours=(time(9), time(20)))
    assert recompute_open(world.app.store, "登记有误", world.now) == []
    count = len(world.heard("regular"))

    assert len(recompute_open(world.app.store, "登记有误", world.now, closed=True)) == 1
    world.app.deliver()

    assert len(world.heard("regular")) == count
    assert world.differences() == {}


def test_the_command_says_what_it_corrected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.customer(P1)
    world.change_terms("DEMO-REGULAR", service_hours=(time(9), time(11)))
    monkeypatch.setattr("bot.clock.now", world.read_clock)

    result = CliRunner().invoke(
        tickets_command,
        ["recompute", "--reason", "登记有误", "--db", world.url],
        standalone_mode=False,
        catch_exceptions=False,
    )

    assert "T1 response_due: 2026-03-02 04:00:00+00:00 -> 2026-03-03 02:00:00+00:00" in result.output
    assert "1 tickets corrected" in result.output


def test_support_is_told_once_in_december_that_the_calendar_ends(world: World) -> None:
    ends = "还没有 2041 年的工作日安排"

    def told(instant: str) -> int:
        world.at(f"{instant}:00+08:00")
        world.app.look_ahead()
        world.app.deliver()
        return sum(ends in text for text in world.heard("staff"))

    assert told("2040-11-30T17:00") == 0
    assert told("2040-12-01T07:00") == 0  # nobody is woken for it
    assert told("2040-12-01T10:00") == 1
    assert told("2040-12-01T10:10") == 1
    world.restart()
    assert told("2040-12-02T10:00") == 1
    assert told("2041-01-04T10:00") == 1  # for the same reason


def test_a_calendar_that_knows_the_next_year_is_no_news(world: World) -> None:
    world.at("2040-12-01T10:00:00+08:00")
    edit_calendar(world, "2041: {holidays: [2041-01-01]}")
    count = len(world.heard("staff"))

    world.app.look_ahead()
    world.app.deliver()

    assert len(world.heard("staff")) == count


def test_the_end_of_the_calendar_is_told_once_there_is_a_staff_chat(
    migrated_url: str, tmp_path: Path
) -> None:
    world = World(migrated_url, staff=False, data=tmp_path)
    world.at("2040-12-01T10:00:00+08:00")
    world.app.look_ahead()
    with world.app.store.begin(world.now) as unit:
        samples.add_staff(unit.session, CHANNEL)

    world.app.look_ahead()
    world.app.deliver()

    assert "还没有 2041 年的工作日安排" in world.last("staff")
    world.app.close()
